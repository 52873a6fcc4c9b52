package com.bearlumen

import com.bearlumen.core.Answer
import com.bearlumen.core.Step
import com.bearlumen.core.Tracker
import com.fasterxml.jackson.databind.JsonNode
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory

/** The scripts of delivery, step by step with the clock they name. */
class DeliveryVectorsTest {
    @TestFactory
    fun scripts() = vectors("delivery").map { (name, script) ->
        dynamicTest(name) {
            val run = Run(Tracker(script["policy"]?.toString()))
            script["steps"].forEachIndexed { index, step -> run.step(step, "step ${index + 1}: $step") }
        }
    }

    private class Run(private val tracker: Tracker) {
        private var batch = 0UL

        fun step(step: JsonNode, where: String) {
            val now = step["at"].asLong()
            val kind = KINDS.single { step.has(it) }
            when (kind) {
                "enqueue" -> {
                    val event = "{\"idempotencyKey\":\"${step[kind].asText()}\"}".padEnd(step["size"]?.asInt() ?: 0)
                    assertEquals(step["expect"].asText(), tracker.enqueue(event.toByteArray(), now) ?: "queued", where)
                }
                "next" -> assertEquals(step[kind], next(now), where)
                "report" -> report(step, now, where)
                "flush" -> tracker.flush()
                "close" -> tracker.seal()
                "flushed" -> assertEquals(step[kind].asBoolean(), tracker.isFlushed(), where)
                "stats" -> with(tracker.stats()) {
                    val found = mapOf("tracked" to tracked, "sent" to sent, "dropped" to dropped, "pending" to pending)
                    step[kind].properties().forEach { (name, count) -> assertEquals(count.asLong().toULong(), found[name], where) }
                }
            }
            with(tracker.stats()) { assertEquals(tracked, sent + dropped + pending, where) }
        }

        private fun next(now: Long): JsonNode = when (val step = tracker.nextStep(now)) {
            is Step.Send -> {
                batch = step.batch.id
                val keys = mapper.readTree(step.batch.body)["events"].map { it["idempotencyKey"].asText() }
                mapper.valueToTree(mapOf("send" to keys))
            }
            is Step.WaitUntil -> mapper.readTree("{\"waitUntil\": ${step.atMs}}")
            is Step.Idle -> mapper.readTree("\"idle\"")
        }

        private fun report(step: JsonNode, now: Long, where: String) {
            val jitter = minOf(((step["jitter"]?.asDouble() ?: 0.0) * 4294967296.0).toLong(), 4294967295L).toUInt()
            val said = step["report"]
            val answer = if (said.isTextual) {
                Answer.Unreachable
            } else {
                val body = said["body"]?.let { if (it.isTextual) it.asText() else it.toString() }.orEmpty()
                Answer.Answered(said["status"].asInt().toUShort(), said["retryAfter"]?.asText(), body.toByteArray())
            }
            val lost = tracker.report(batch, answer, now, jitter).map { mapOf("code" to it.code, "events" to it.events.toLong()) }
            step["problems"]?.let { assertEquals(it.toString(), mapper.writeValueAsString(lost), where) }
        }
    }

    private companion object {
        val KINDS = listOf("enqueue", "next", "report", "flush", "close", "flushed", "stats")
    }
}
