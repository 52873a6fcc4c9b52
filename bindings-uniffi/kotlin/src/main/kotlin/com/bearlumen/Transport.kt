package com.bearlumen

import java.io.IOException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.time.Duration

/** HTTP by the JDK's own client, with its proxy and certificate settings. */
internal class Transport(baseUrl: String, private val apiKey: String, private val timeout: Duration) {
    internal class Answer(val status: Int, val retryAfter: String?, val body: ByteArray)

    private val base: URI = runCatching { URI.create(baseUrl.trimEnd('/')) }.getOrNull()
        ?.takeIf { (it.scheme == "http" || it.scheme == "https") && it.host != null }
        ?: throw IllegalArgumentException("baseUrl is no http(s) url: $baseUrl")

    private val client: HttpClient = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(timeout)
        .build()

    /** @throws IOException when no whole answer came */
    fun request(method: String, path: String, body: ByteArray? = null): Answer {
        val publisher = if (body == null) HttpRequest.BodyPublishers.noBody() else HttpRequest.BodyPublishers.ofByteArray(body)
        val request = HttpRequest.newBuilder(URI.create("$base$path"))
            .timeout(timeout)
            .header("Authorization", "Bearer $apiKey")
            .header("Content-Type", "application/json")
            .header("User-Agent", "bearlumen-kotlin/${com.bearlumen.core.version()}")
            .method(method, publisher)
            .build()
        val answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray())
        return Answer(answer.statusCode(), answer.headers().firstValue("retry-after").orElse(null), answer.body())
    }

    override fun toString() = base.toString()
}
