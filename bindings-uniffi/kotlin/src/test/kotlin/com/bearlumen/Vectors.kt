package com.bearlumen

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import java.io.File

internal val mapper = ObjectMapper()

/** The vectors that every language reads. */
internal fun vectors(folder: String): List<Pair<String, JsonNode>> {
    val root = File(System.getenv("BEARLUMEN_VECTORS") ?: "../../tests/vectors", folder)
    val files = root.walk().filter { it.extension == "json" }.sorted().toList()
    check(files.isNotEmpty()) { "no vectors in $root" }
    return files.map { it.nameWithoutExtension to mapper.readTree(it) }
}
