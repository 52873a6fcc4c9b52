package com.bearlumen

import com.fasterxml.jackson.databind.JsonNode
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.math.BigDecimal
import java.time.Duration
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import java.util.function.Consumer
import kotlin.concurrent.thread

/** The client against a server that misbehaves as told. */
class ClientTest {
    private val soon: Duration = Duration.ofSeconds(10)

    private fun client(url: String, onError: Consumer<Lost>? = null) =
        BearLumen("sk_test_secret", url, onError = onError, toJson = mapper::writeValueAsString, delivery = """{"firstBackoffMs": 10}""")

    @Test
    fun `tracks and delivers`() = runBlocking {
        Stub(Stub.store).use { stub ->
            val bear = client(stub.url)
            val options = TrackOptions(userId = "user_1", feature = "chat", dimensions = mapOf("team" to "search", "score" to 0.5))
            val tracked = bear.track(RESPONSE, options)
            assertEquals(listOf("openai", "gpt-4o-2024-08-06", 1000L, 100L, "exact"), with(tracked) { listOf(provider, model, inputTokens, outputTokens, costBasis) })
            assertEquals(0, BigDecimal("0.0035").compareTo(tracked.cost))
            assertEquals(Stats(1, 1, 0, 0), bear.shutdown(soon))
            val event = stub.body()["events"][0]
            assertEquals("user_1", event["userId"].asText())
            assertEquals(mapper.readTree("""{"score": 0.5, "team": "search"}"""), event["dimensions"])
            assertFalse(event.toString().contains("SECRET-TEXT"))
        }
    }

    @Test
    fun `retries under one key`() {
        Stub({ Reply(503, retryAfter = "0") }, { Reply(429) }, Stub.store).use { stub ->
            val bear = client(stub.url)
            bear.track(RESPONSE)
            assertEquals(Stats(1, 1, 0, 0), bear.shutdownBlocking(soon))
            assertEquals(1, List(3) { stub.body()["events"][0]["idempotencyKey"] }.toSet().size)
        }
    }

    @Test
    fun `what is refused is told once and counted`() {
        val told = LinkedBlockingQueue<Lost>()
        Stub({ Reply(401, """{"error":{"code":"UNAUTHORIZED","message":"Invalid API key"}}""") }).use { stub ->
            val bear = client(stub.url) { told.add(it) }
            repeat(3) { bear.track(RESPONSE) }
            assertEquals(Stats(3, 0, 3, 0), bear.shutdownBlocking(soon))
            assertEquals(Lost("unauthorized", "Invalid API key", "", 401, 3), told.poll(10, TimeUnit.SECONDS))
            assertNull(told.poll())
        }
    }

    @Test
    fun `a stream passes unchanged and is one event`() {
        Stub(Stub.store).use { stub ->
            val bear = client(stub.url)
            val stream = bear.trackStream(SSE.lineSequence().iterator())
            assertEquals(SSE, stream.asSequence().joinToString("\n"))
            assertEquals(listOf(10L, 5L, false), with(stream.result!!) { listOf(inputTokens, outputTokens, isIncomplete) })
            stream.close()
            assertEquals(Stats(1, 1, 0, 0), bear.shutdownBlocking(soon))
        }
    }

    @Test
    fun `a stream that is left or breaks is incomplete`() = runBlocking {
        val bear = client("http://127.0.0.1:9")
        val left = bear.trackStream(SSE.lineSequence().iterator())
        assertEquals(1, left.asFlow().take(1).toList().size)
        assertTrue(left.result!!.isIncomplete)
        val broken = bear.trackStream(iterator<String> { error("the provider's own") })
        assertEquals("the provider's own", assertThrows<IllegalStateException> { broken.forEach { _ -> } }.message)
        assertTrue(broken.result!!.isIncomplete)
        assertEquals(2, bear.stats().tracked)
    }

    @Test
    fun `options of a context reach every thread of a coroutine`() = runBlocking {
        Stub(Stub.store).use { stub ->
            val bear = client(stub.url)
            bear.withOptions(TrackOptions(userId = "outer", feature = "a")) {
                bear.withOptions(TrackOptions(feature = "b")) {
                    delay(5)
                    withContext(Dispatchers.IO) { bear.track(RESPONSE) }
                }
                bear.track(RESPONSE, TrackOptions(userId = "own"))
            }
            bear.context(TrackOptions(feature = "plain")) { bear.track(RESPONSE) }
            bear.track(RESPONSE)
            bear.shutdown(soon)
            val found = stub.body()["events"].map { it["userId"]?.asText() to it["feature"]?.asText() }
            assertEquals(listOf("outer" to "b", "own" to "a", null to "plain", null to null), found)
        }
    }

    @Test
    fun `nothing of a response throws`() {
        val bear = client("http://127.0.0.1:9")
        val loop = mutableMapOf<String, Any>().apply { put("self", this) }
        for (odd in listOf(null, "", "{", 1, emptyList<Any>(), loop, Any(), byteArrayOf(-1, -2))) bear.track(odd)
        assertEquals(8, bear.stats().tracked)
    }

    @Test
    fun `threads lose nothing`() {
        Stub(Stub.store).use { stub ->
            val bear = client(stub.url)
            List(8) { thread { repeat(100) { bear.track(RESPONSE) } } }.forEach(Thread::join)
            assertEquals(Stats(800, 800, 0, 0), bear.shutdownBlocking(soon))
        }
    }

    @Test
    fun `a process that ends delivers what it can`() {
        Stub(Stub.store).use { stub ->
            val java = ProcessHandle.current().info().command().get()
            val program = ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), "com.bearlumen.LastWordsKt", stub.url)
            assertEquals(0, program.inheritIO().start().waitFor())
            assertEquals("last", stub.body()["events"][0]["userId"].asText())
        }
    }

    @Test
    fun `errors are typed and the key is never shown`() {
        val body = """{"success":false,"error":{"code":"RATE_LIMIT_EXCEEDED","message":"slow down","correlationId":"OLIVE-OWL-1b2fE4"}}"""
        Stub({ Reply(429, body, "7") }).use { stub ->
            val thrown = assertThrows<RateLimitException> { client(stub.url).ping() }
            assertEquals(listOf("rate_limit_exceeded", 429, "OLIVE-OWL-1b2fE4", Duration.ofSeconds(7)), with(thrown) { listOf(code, status, correlationId, retryAfter) })
        }
        assertThrows<NetworkException> { client("http://127.0.0.1:9").ping() }
        assertFalse(client("http://127.0.0.1:9").toString().contains("secret"))
        assertThrows<IllegalArgumentException> { client("localhost:80") }
    }

    @Test
    fun `a flush ends though others track and flush without end`() {
        lateinit var bear: BearLumen
        val batches = AtomicInteger()
        val store: (JsonNode?) -> Reply = { body ->
            if (batches.incrementAndGet() < 300) {
                bear.track(RESPONSE)
                bear.flushBlocking(Duration.ZERO)
            }
            Stub.store(body)
        }
        Stub(store).use { stub ->
            bear = client(stub.url)
            bear.track(RESPONSE)
            bear.flushBlocking(Duration.ofSeconds(30))
            assertTrue(batches.get() < 50) { "$batches batches went by" }
            bear.shutdownBlocking(soon)
        }
    }

    @Test
    fun `what is tracked is reported by the real service`() = runBlocking {
        val url = System.getenv("BEARLUMEN_TEST_BASE_URL")
        org.junit.jupiter.api.Assumptions.assumeTrue(url != null, "no BEARLUMEN_TEST_BASE_URL")
        val bear = BearLumen(System.getenv("BEARLUMEN_TEST_API_KEY"), url)
        assertTrue(mapper.readTree(bear.ping())["ok"].asBoolean())
        val user = "kotlin-${ProcessHandle.current().pid()}"
        val tracked = bear.track(RESPONSE, TrackOptions(userId = user))
        assertEquals(1, bear.flush(soon).sent)
        val report = mapper.readTree(bear.get("/v1/cost-data/by-end-user", mapOf("time_window" to "last-7-days")))
        val found = report["items"].single { it["endUser"].asText() == user }
        assertEquals(tracked.cost!!.movePointRight(9).toBigInteger().toString(), found["totalCostNanos"].asText())
        assertEquals("validation_error", assertThrows<InvalidRequestException> { bear.get("/v1/cost-data/summary", mapOf("time_window" to "weekly")) }.code)
        bear.close()
    }

    companion object {
        const val RESPONSE = """{"id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-4o-2024-08-06",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "SECRET-TEXT"}}],
            "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}}"""
        val SSE = """
            |data: {"id":"c","object":"chat.completion.chunk","model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{"content":"Hi"}}]}
            |
            |data: {"id":"c","object":"chat.completion.chunk","model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}
            |
            |data: [DONE]
            |
        """.trimMargin()
    }
}
