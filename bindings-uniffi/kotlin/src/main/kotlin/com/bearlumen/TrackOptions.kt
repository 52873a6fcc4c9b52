package com.bearlumen

import com.bearlumen.core.Dimension
import java.math.BigDecimal
import java.time.Instant
import com.bearlumen.core.TrackOptions as CoreOptions

/**
 * Who used it, for what, and what the response does not say. All may be absent; what is stated here counts before
 * what [BearLumen.context] says.
 *
 * @property userId the end user, by your own id
 * @property url of the request; its host names the provider
 * @property headers of the HTTP response
 * @property timestamp when the call was made; now when absent
 * @property idempotencyKey makes two calls of `track` one event; made up when absent
 * @property dimensions your own, texts or numbers
 * @property metadata your own JSON object, as text, up to 10 KB
 * @property units quantities beyond tokens, such as `characters`
 * @property cost what the call cost in US dollars, when you know
 */
data class TrackOptions @JvmOverloads constructor(
    val userId: String? = null,
    val feature: String? = null,
    val agentId: String? = null,
    val workflowId: String? = null,
    val sessionId: String? = null,
    val sessionType: String? = null,
    val subscriptionId: String? = null,
    val provider: String? = null,
    val model: String? = null,
    val url: String? = null,
    val headers: Map<String, String> = emptyMap(),
    val timestamp: Instant? = null,
    val idempotencyKey: String? = null,
    val dimensions: Map<String, Any> = emptyMap(),
    val metadata: String? = null,
    val units: Map<String, Number> = emptyMap(),
    val cost: BigDecimal? = null,
) {
    /** These options where they say something, else [around]'s. */
    internal fun over(around: TrackOptions) = TrackOptions(
        userId = userId ?: around.userId,
        feature = feature ?: around.feature,
        agentId = agentId ?: around.agentId,
        workflowId = workflowId ?: around.workflowId,
        sessionId = sessionId ?: around.sessionId,
        sessionType = sessionType ?: around.sessionType,
        subscriptionId = subscriptionId ?: around.subscriptionId,
        provider = provider ?: around.provider,
        model = model ?: around.model,
        url = url ?: around.url,
        headers = headers.ifEmpty { around.headers },
        timestamp = timestamp ?: around.timestamp,
        idempotencyKey = idempotencyKey,
        dimensions = around.dimensions + dimensions,
        metadata = metadata ?: around.metadata,
        units = units.ifEmpty { around.units },
        cost = cost ?: around.cost,
    )

    internal fun core() = CoreOptions(
        userId = userId, feature = feature, agentId = agentId, workflowId = workflowId, sessionId = sessionId,
        sessionType = sessionType, subscriptionId = subscriptionId, provider = provider, model = model, url = url,
        headers = headers, timestamp = timestamp?.toString(), idempotencyKey = idempotencyKey,
        dimensions = dimensions.mapValues { (_, value) ->
            if (value is Number) Dimension.Number(value.toDouble()) else Dimension.Text(value.toString())
        },
        metadata = metadata, units = units.mapValues { (_, amount) -> decimal(amount) }, cost = cost?.toPlainString(),
    )

    /** For Java: `TrackOptions.builder().userId("user_123").build()`. */
    class Builder internal constructor(private var options: TrackOptions) {
        fun userId(value: String?) = apply { options = options.copy(userId = value) }
        fun feature(value: String?) = apply { options = options.copy(feature = value) }
        fun agentId(value: String?) = apply { options = options.copy(agentId = value) }
        fun workflowId(value: String?) = apply { options = options.copy(workflowId = value) }
        fun sessionId(value: String?) = apply { options = options.copy(sessionId = value) }
        fun sessionType(value: String?) = apply { options = options.copy(sessionType = value) }
        fun subscriptionId(value: String?) = apply { options = options.copy(subscriptionId = value) }
        fun provider(value: String?) = apply { options = options.copy(provider = value) }
        fun model(value: String?) = apply { options = options.copy(model = value) }
        fun url(value: String?) = apply { options = options.copy(url = value) }
        fun header(name: String, value: String) = apply { options = options.copy(headers = options.headers + (name to value)) }
        fun timestamp(value: Instant?) = apply { options = options.copy(timestamp = value) }
        fun idempotencyKey(value: String?) = apply { options = options.copy(idempotencyKey = value) }
        fun dimension(name: String, value: Any) = apply { options = options.copy(dimensions = options.dimensions + (name to value)) }
        fun metadata(json: String?) = apply { options = options.copy(metadata = json) }
        fun unit(name: String, amount: Number) = apply { options = options.copy(units = options.units + (name to amount)) }
        fun cost(usd: BigDecimal?) = apply { options = options.copy(cost = usd) }
        fun build() = options
    }

    companion object {
        @JvmStatic
        fun builder() = Builder(TrackOptions())

        private fun decimal(amount: Number): String = if (amount is BigDecimal) amount.toPlainString() else amount.toString()
    }
}
