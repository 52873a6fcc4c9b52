package com.bearlumen

import com.bearlumen.core.TrackResult
import java.math.BigDecimal

/** What one tracked call used and cost. */
class Tracked internal constructor(private val core: TrackResult) {
    /** The event's id at the service, `evt_…`. */
    val eventId: String get() = core.eventId

    /** The key that makes sending it again harmless. */
    val idempotencyKey: String get() = core.idempotencyKey

    /** Who answered; null when unknown. */
    val provider: String? get() = core.provider

    /** Null when unknown. */
    val model: String? get() = core.model

    /** Tokens sent, cached ones included. */
    val inputTokens: Long get() = core.inputTokens.toLong()

    /** Tokens received, reasoning included. */
    val outputTokens: Long get() = core.outputTokens.toLong()

    /** Both. */
    val totalTokens: Long get() = core.totalTokens.toLong()

    /** US dollars; null when unknown, never 0. */
    val cost: BigDecimal? get() = core.costNanos?.let { BigDecimal.valueOf(it, 9) }

    /** `reported`, `exact`, `estimated` or `unpriced`. */
    val costBasis: String get() = core.costBasis

    /** The stream ended early, or the response said nothing: what is known is not all. */
    val isIncomplete: Boolean get() = core.incomplete

    /** Codes of what was odd, such as `option_ignored`, with a sentence each. */
    val warnings: Map<String, String> get() = core.warnings.associate { it.code to it.message }

    /** All of it as JSON, with usage by bucket and the cost's lines. */
    val json: String get() = core.json

    override fun toString() = "Tracked($provider/$model, $inputTokens in, $outputTokens out, $costBasis ${cost ?: "unknown"})"
}

/** Counts of every event: `tracked == sent + dropped + pending`, always. */
data class Stats(val tracked: Long, val sent: Long, val dropped: Long, val pending: Long)
