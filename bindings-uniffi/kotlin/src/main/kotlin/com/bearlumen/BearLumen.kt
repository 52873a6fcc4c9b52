package com.bearlumen

import com.bearlumen.core.CostException
import com.bearlumen.core.Hints
import com.bearlumen.core.Tracker
import com.bearlumen.core.readFailure
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asContextElement
import kotlinx.coroutines.runInterruptible
import kotlinx.coroutines.withContext
import java.io.IOException
import java.net.URLEncoder
import java.net.http.HttpResponse
import java.time.Duration
import java.time.Instant
import java.util.concurrent.Callable
import java.util.function.Consumer
import java.util.function.Function
import kotlin.text.Charsets.UTF_8

/**
 * Tracks what AI calls cost and delivers it in the background.
 *
 * ```
 * val bear = BearLumen(apiKey = System.getenv("BEARLUMEN_API_KEY"))
 * bear.track(responseJson, TrackOptions(userId = "user_123"))
 * ```
 *
 * [track] never throws into the caller's request, never blocks it, and counts everything it cannot deliver. One client
 * serves all threads and coroutines.
 *
 * @param apiKey required; no environment variable is read
 * @param baseUrl of the service
 * @param timeout of one request
 * @param onError gets what was given up, and why
 * @param toJson turns a provider library's own objects into JSON, such as `mapper::writeValueAsString`
 * @param delivery a JSON object of the delivery policy's numbers that differ from the defaults
 */
class BearLumen @JvmOverloads constructor(
    apiKey: String,
    baseUrl: String = "https://api.bearlumen.com",
    timeout: Duration = Duration.ofSeconds(30),
    onError: Consumer<Lost>? = null,
    private val toJson: Function<Any, String>? = null,
    delivery: String? = null,
) : AutoCloseable {
    private val transport: Transport
    private val delivery: Delivery
    private val ambient = ThreadLocal<TrackOptions?>()
    private val hook = Thread({ flushAtExit() }, "bearlumen-exit")

    init {
        require(apiKey.isNotBlank()) { "apiKey is required: the key of your organisation, sk_live_… or sk_test_…" }
        transport = Transport(baseUrl, apiKey, timeout)
        this.delivery = Delivery(Tracker(delivery), transport, onError)
        Runtime.getRuntime().addShutdownHook(hook)
    }

    /**
     * Records a response: its JSON as text or bytes, an [HttpResponse] of either (its headers and url are then known),
     * or an object that `toJson` understands. Null with `model` and `units` or `cost` records a call by hand.
     */
    @JvmOverloads
    fun track(response: Any?, options: TrackOptions = TrackOptions()): Tracked {
        var asked = ambient.get()?.let(options::over) ?: options
        var body = response
        if (response is HttpResponse<*>) {
            body = response.body()
            asked = asked.over(TrackOptions(url = response.uri().toString(), headers = headersOf(response)))
        }
        val tracked = delivery.tracker.track(bytesOf(body), asked.core(), Clock.wallMs(), Clock.nowMs())
        delivery.notice()
        return Tracked(tracked)
    }

    /** Wraps a provider's stream: text of server-sent events, line by line or cut anywhere as bytes, or objects. */
    @JvmOverloads
    fun <T> trackStream(stream: Iterator<T>, options: TrackOptions = TrackOptions()): TrackedStream<T> {
        val asked = ambient.get()?.let(options::over) ?: options
        val recorder = delivery.tracker.openStream(asked.core(), Clock.wallMs())
        return TrackedStream(stream, recorder, ::json, delivery::notice)
    }

    /** Options for every [track] inside [block], in this thread. Blocks nest. */
    fun <T> context(options: TrackOptions, block: Callable<T>): T {
        val around = ambient.get()
        ambient.set(around?.let(options::over) ?: options)
        try {
            return block.call()
        } finally {
            ambient.set(around)
        }
    }

    /** The same for a coroutine, whichever threads it runs on. */
    suspend fun <T> withOptions(options: TrackOptions, block: suspend () -> T): T {
        val here = ambient.get()?.let(options::over) ?: options
        return withContext(ambient.asContextElement(here)) { block() }
    }

    /** Sends what is queued and waits for it, at most [timeout]. */
    suspend fun flush(timeout: Duration? = null): Stats = runInterruptible(Dispatchers.IO) { flushBlocking(timeout) }

    /** The same for callers without coroutines. */
    @JvmOverloads
    fun flushBlocking(timeout: Duration? = null): Stats {
        delivery.flush(timeout?.toMillis())
        return stats()
    }

    /** Sends what is queued and takes no more. */
    suspend fun shutdown(timeout: Duration? = null): Stats = runInterruptible(Dispatchers.IO) { shutdownBlocking(timeout) }

    /** The same for callers without coroutines. */
    @JvmOverloads
    fun shutdownBlocking(timeout: Duration? = null): Stats {
        delivery.tracker.seal()
        delivery.flush(timeout?.toMillis())
        delivery.stop()
        // Fails while the process is ending already, when the hook has nothing to do either.
        runCatching { Runtime.getRuntime().removeShutdownHook(hook) }
        return stats()
    }

    /** [shutdownBlocking], for at most the delivery's own time at the end of a process. */
    override fun close() {
        shutdownBlocking(Duration.ofMillis(delivery.tracker.exitFlushMs()))
    }

    /** Counts of every event. */
    fun stats(): Stats = with(delivery.tracker.stats()) {
        Stats(tracked.toLong(), sent.toLong(), dropped.toLong(), pending.toLong())
    }

    /**
     * Checks the key; the answer's JSON names the organisation.
     *
     * @throws BearLumenException
     */
    fun ping(): String = get("/v1/ping")

    /**
     * Any read of the API, as JSON: `get("/v1/cost-data/by-model", mapOf("time_window" to "last-7-days"))`.
     *
     * @throws BearLumenException
     */
    @JvmOverloads
    fun get(path: String, parameters: Map<String, String> = emptyMap()): String {
        val query = parameters.entries.joinToString("&") { (name, value) -> "${encoded(name)}=${encoded(value)}" }
        val answer = try {
            transport.request("GET", if (query.isEmpty()) path else "$path?$query")
        } catch (error: IOException) {
            throw NetworkException("$transport: ${error.message ?: error}", "network_error", cause = error)
        }
        if (answer.status >= 400) {
            val failure = readFailure(answer.status.toUShort(), answer.retryAfter, answer.body, Clock.wallMs())
            throw exceptionOf(failure, answer.status)
        }
        return answer.body.toString(UTF_8)
    }

    override fun toString() = "BearLumen($transport)"

    private fun bytesOf(body: Any?): ByteArray? = when (body) {
        null -> null
        is ByteArray -> body
        is CharSequence -> body.toString().toByteArray()
        else -> try {
            json(body).toByteArray()
        } catch (error: Exception) {
            // The event says that the response could not be read.
            "not JSON: $error".toByteArray()
        }
    }

    private fun json(value: Any): String = toJson?.apply(value)
        ?: throw IllegalArgumentException("a ${value.javaClass.name} needs the client's toJson")

    private fun flushAtExit() {
        if (stats().pending > 0) delivery.flush(delivery.tracker.exitFlushMs())
    }

    companion object {
        /**
         * What a response used and cost, as JSON that is the same in every language; nothing is recorded.
         *
         * @throws InvalidRequestException when it is no response of a provider that is known
         */
        @JvmStatic
        @JvmOverloads
        fun costOf(response: String, hints: Hints = Hints(), at: Instant = Instant.now()): String =
            priced { com.bearlumen.core.costOf(response.toByteArray(), hints, at.toEpochMilli()) }

        /** The same of a stream: its text as it came, or a JSON list of its chunks. */
        @JvmStatic
        @JvmOverloads
        fun costOfStream(stream: String, hints: Hints = Hints(), at: Instant = Instant.now()): String =
            priced { com.bearlumen.core.costOfStream(stream.toByteArray(), hints, at.toEpochMilli()) }

        private fun priced(price: () -> String): String = try {
            price()
        } catch (error: CostException.UnreadableResponse) {
            throw InvalidRequestException(error.reason, "unreadable_response")
        } catch (error: CostException.UnknownResponse) {
            throw InvalidRequestException(error.reason, "unknown_response")
        }

        private fun encoded(text: String) = URLEncoder.encode(text, UTF_8)

        private fun headersOf(response: HttpResponse<*>) =
            response.headers().map().mapValues { (_, values) -> values.joinToString(", ") }
    }
}
