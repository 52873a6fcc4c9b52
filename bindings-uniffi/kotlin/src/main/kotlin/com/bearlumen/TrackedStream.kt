package com.bearlumen

import com.bearlumen.core.StreamRecorder
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * A stream on its way through. Every chunk passes unchanged; one event is recorded at its end, whether it ends, breaks
 * off, or is left. Close it (`use`) when you may leave it early; a coroutine's [asFlow] does so itself.
 */
class TrackedStream<T> internal constructor(
    private val source: Iterator<T>,
    private val recorder: StreamRecorder,
    private val toJson: (Any) -> String,
    private val notice: () -> Unit,
) : Iterator<T>, AutoCloseable {
    private var unread = false
    private var ended: Tracked? = null

    /** What it used and cost, once it has ended. */
    val result: Tracked? get() = ended

    override fun hasNext(): Boolean {
        val more = try {
            source.hasNext()
        } catch (error: Throwable) {
            end(cutShort = true)
            throw error
        }
        if (!more) end(cutShort = false)
        return more
    }

    override fun next(): T {
        val chunk = try {
            source.next()
        } catch (error: Throwable) {
            end(cutShort = true)
            throw error
        }
        read(chunk)
        return chunk
    }

    /** Ends the recording; a stream that was left before its end is marked incomplete. */
    override fun close() {
        end(cutShort = true)
        (source as? AutoCloseable)?.close()
    }

    /** The rest of the stream as a flow, closed whichever way its collector ends. */
    fun asFlow(): Flow<T> = flow {
        use { stream -> for (chunk in stream) emit(chunk) }
    }

    internal fun read(chunk: T) {
        try {
            when (chunk) {
                is ByteArray -> recorder.feed(chunk)
                // Lines of server-sent events come without their ends.
                is CharSequence -> recorder.feed("$chunk\n".toByteArray())
                null -> Unit
                else -> recorder.feed("data: ${toJson(chunk as Any)}\n\n".toByteArray())
            }
        } catch (_: Exception) {
            // The caller's stream goes on; the event says that it is not all.
            unread = true
        }
    }

    private fun end(cutShort: Boolean) {
        if (ended != null) return
        ended = Tracked(recorder.finish(cutShort || unread, Clock.wallMs(), Clock.nowMs()))
        notice()
    }
}
