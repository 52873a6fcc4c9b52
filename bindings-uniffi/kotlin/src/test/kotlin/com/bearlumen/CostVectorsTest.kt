package com.bearlumen

import com.bearlumen.core.Hints
import com.fasterxml.jackson.databind.JsonNode
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.assertThrows
import java.time.Instant

/** What a call cost, by the vectors that every language reads. */
class CostVectorsTest {
    @TestFactory
    fun cost() = tests("cost") { given, hints, at -> BearLumen.costOf(given, hints, at) }

    @TestFactory
    fun streams() = tests("streams") { given, hints, at -> BearLumen.costOfStream(given, hints, at) }

    /** The JSON is every language's, byte for byte. */
    @TestFactory
    fun bytes() = vectors("bytes").map { (name, vector) ->
        dynamicTest(name) {
            val input = vector["input"]
            val at = Instant.parse(input["at"].asText())
            assertEquals(vector["expect"].asText(), BearLumen.costOf(input["text"].asText(), hints(input), at))
        }
    }

    private fun tests(folder: String, price: (String, Hints, Instant) -> String): List<DynamicTest> =
        vectors(folder).map { (name, vector) ->
            dynamicTest(name) {
                val input = vector["input"]
                val expected = vector["expect"]
                val given = (input["text"] ?: input["stream"] ?: input["response"]).let { if (it.isTextual) it.asText() else it.toString() }
                val at = input["at"]?.let { Instant.parse(it.asText()) } ?: Instant.now()
                val error = expected["error"]
                if (error == null) {
                    assertEquals(expected, mapper.readTree(price(given, hints(input), at)))
                } else {
                    val thrown = assertThrows<InvalidRequestException> { price(given, hints(input), at) }
                    assertTrue(thrown.message.orEmpty().contains(error.asText()), thrown.message)
                }
            }
        }

    private fun hints(input: JsonNode): Hints {
        fun text(name: String) = input[name]?.asText()
        val headers = input["headers"]?.properties()?.associate { (name, value) -> name to value.asText() }.orEmpty()
        return Hints(provider = text("provider"), model = text("model"), url = text("url"), headers = headers)
    }
}
