package com.bearlumen

import com.bearlumen.core.Answer
import com.bearlumen.core.Step
import com.bearlumen.core.Tracker
import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.ReentrantLock
import java.util.function.Consumer
import kotlin.concurrent.withLock
import com.bearlumen.core.Lost as CoreLost

/** The loop that carries bytes: it asks the core what to do, does it, and reports. Nothing is decided here. */
internal class Delivery(val tracker: Tracker, private val transport: Transport, private val onError: Consumer<Lost>?) {
    private val lock = ReentrantLock()
    private val changed = lock.newCondition()
    private var sleepsUntil = Long.MIN_VALUE
    private var stopping = false
    private var worker: Thread? = null

    /** Called after an event was queued. */
    fun notice() {
        val due = tracker.dueAt() ?: return
        lock.withLock {
            start()
            if (due < sleepsUntil) changed.signalAll()
        }
    }

    /** Sends what is queued; true when all of it was settled before [timeoutMs] went by. */
    fun flush(timeoutMs: Long?): Boolean {
        val deadline = timeoutMs?.let { Clock.nowMs() + it }
        val flush = tracker.flush()
        lock.withLock {
            start()
            changed.signalAll()
            while (!tracker.isSettled(flush)) {
                val left = deadline?.let { it - Clock.nowMs() } ?: MAX_WAIT_MS
                if (left <= 0) return false
                changed.await(minOf(left, MAX_WAIT_MS), TimeUnit.MILLISECONDS)
            }
        }
        return true
    }

    fun stop() {
        lock.withLock {
            stopping = true
            changed.signalAll()
        }
    }

    private fun start() {
        if (worker?.isAlive == true || stopping) return
        // A daemon: the program's end does not wait for it. The shutdown hook does, for a while.
        worker = Thread({ run() }, "bearlumen").apply {
            isDaemon = true
            start()
        }
    }

    private fun run() {
        while (!lock.withLock { stopping }) {
            when (val step = tracker.nextStep(Clock.nowMs())) {
                is Step.Send -> send(step)
                is Step.WaitUntil -> rest(step.atMs)
                is Step.Idle -> rest(Long.MAX_VALUE)
            }
            tell(tracker.takeLosses())
        }
    }

    private fun send(step: Step.Send) {
        val answer = try {
            val got = transport.request("POST", "/v1/usage/events/batch", step.batch.body)
            Answer.Answered(got.status.toUShort(), got.retryAfter, got.body)
        } catch (_: Exception) {
            // Whatever went wrong, the batch is accounted for: it is kept and sent again.
            Answer.Unreachable
        }
        val lost = tracker.report(step.batch.id, answer, Clock.nowMs(), null)
        lock.withLock { changed.signalAll() }
        tell(lost)
    }

    private fun rest(until: Long) = lock.withLock {
        sleepsUntil = until
        // Something may have come due between the question and the nap.
        val due = tracker.dueAt()
        if (!stopping && (due == null || due >= until)) {
            val wait = if (until == Long.MAX_VALUE) Long.MAX_VALUE else maxOf(until - Clock.nowMs(), 0)
            changed.await(wait, TimeUnit.MILLISECONDS)
        }
        sleepsUntil = Long.MIN_VALUE
    }

    private fun tell(losses: List<CoreLost>) {
        for (lost in losses) {
            val told = Lost(lost.code.lowercase(), lost.message, lost.correlationId, lost.status.toInt(), lost.events.toLong())
            try {
                onError?.accept(told)
            } catch (error: Exception) {
                System.getLogger("com.bearlumen").log(System.Logger.Level.WARNING, "the error handler failed", error)
            }
        }
    }

    private companion object {
        /** A signal that was missed costs no more than this. */
        const val MAX_WAIT_MS = 50L
    }
}
