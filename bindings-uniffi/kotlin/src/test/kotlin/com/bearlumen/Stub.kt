package com.bearlumen

import com.fasterxml.jackson.databind.JsonNode
import com.sun.net.httpserver.HttpServer
import java.net.InetSocketAddress
import java.util.concurrent.Executors
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

internal class Reply(val status: Int, val body: String = "", val retryAfter: String? = null)

/** A server that answers what it is told to, in turn; the last answer for ever. */
internal class Stub(vararg replies: (JsonNode?) -> Reply) : AutoCloseable {
    private val script = ArrayDeque(replies.toList())
    private val bodies = LinkedBlockingQueue<JsonNode>()
    private val pool = Executors.newCachedThreadPool()
    private val server = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 0).apply {
        createContext("/") { exchange ->
            val text = exchange.requestBody.readAllBytes()
            val body = if (text.isEmpty()) null else mapper.readTree(text)
            if (body != null) bodies.add(body)
            val reply = synchronized(script) { if (script.size > 1) script.removeFirst() else script.first() }
            val answer = reply(body)
            answer.retryAfter?.let { exchange.responseHeaders.add("Retry-After", it) }
            val bytes = answer.body.toByteArray()
            exchange.sendResponseHeaders(answer.status, if (bytes.isEmpty()) -1 else bytes.size.toLong())
            exchange.responseBody.use { it.write(bytes) }
        }
        executor = pool
        start()
    }
    val url = "http://127.0.0.1:${server.address.port}"

    fun body(): JsonNode = checkNotNull(bodies.poll(10, TimeUnit.SECONDS)) { "nothing was sent" }

    override fun close() {
        server.stop(0)
        pool.shutdownNow()
    }

    companion object {
        val store: (JsonNode?) -> Reply = { body ->
            val results = body!!["events"].mapIndexed { index, _ -> mapOf("index" to index, "recorded" to true) }
            Reply(201, mapper.writeValueAsString(mapOf("results" to results)))
        }
    }
}
