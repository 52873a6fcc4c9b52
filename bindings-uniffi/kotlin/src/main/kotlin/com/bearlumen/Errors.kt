package com.bearlumen

import com.bearlumen.core.ApiFailure
import com.bearlumen.core.FailureKind
import java.time.Duration

/**
 * Why a request was not answered with what it asked for.
 *
 * @property code such as `rate_limit_exceeded`
 * @property status the HTTP status; null where no server answered
 * @property correlationId for support
 * @property retryAfter how long to wait, where the service asks for it
 */
open class BearLumenException internal constructor(
    message: String,
    val code: String,
    val status: Int? = null,
    val correlationId: String? = null,
    val retryAfter: Duration? = null,
    cause: Throwable? = null,
) : RuntimeException(message, cause)

/** The request must change first. */
class InvalidRequestException internal constructor(message: String, code: String, status: Int? = null, correlationId: String? = null) :
    BearLumenException(message, code, status, correlationId)

/** The key is missing, wrong, revoked, or lacks a scope. */
class AuthenticationException internal constructor(message: String, code: String, status: Int?, correlationId: String?) :
    BearLumenException(message, code, status, correlationId)

/** No such thing. */
class NotFoundException internal constructor(message: String, code: String, status: Int?, correlationId: String?) :
    BearLumenException(message, code, status, correlationId)

/** Too many requests; see [retryAfter]. */
class RateLimitException internal constructor(message: String, code: String, status: Int?, correlationId: String?, retryAfter: Duration?) :
    BearLumenException(message, code, status, correlationId, retryAfter)

/** The service could not be reached, or cannot take the request now. */
class NetworkException internal constructor(message: String, code: String, status: Int? = null, correlationId: String? = null, retryAfter: Duration? = null, cause: Throwable? = null) :
    BearLumenException(message, code, status, correlationId, retryAfter, cause)

/**
 * Events that were given up, and why: what an error handler gets.
 *
 * @property code such as `unauthorized` or `queue_full`
 * @property status the HTTP status; 0 where no server was asked
 * @property events how many
 */
data class Lost(val code: String, val message: String, val correlationId: String, val status: Int, val events: Long)

internal fun exceptionOf(failure: ApiFailure, status: Int): BearLumenException {
    val wait = failure.retryAfterMs?.let(Duration::ofMillis)
    return with(failure) {
        when (kind) {
            FailureKind.INVALID_REQUEST, FailureKind.INVALID_EMAIL, FailureKind.DUPLICATE_CUSTOMER ->
                InvalidRequestException(message, code, status, correlationId)
            FailureKind.AUTHENTICATION -> AuthenticationException(message, code, status, correlationId)
            FailureKind.NOT_FOUND -> NotFoundException(message, code, status, correlationId)
            FailureKind.RATE_LIMIT -> RateLimitException(message, code, status, correlationId, wait)
            FailureKind.NETWORK -> NetworkException(message, code, status, correlationId, wait)
            FailureKind.OTHER -> BearLumenException(message, code, status, correlationId, wait)
        }
    }
}
