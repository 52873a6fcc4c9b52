//! The core's error codes as JavaScript callers see them.

use bearlumen_core::error::ErrorCode;
use bearlumen_core::timestamp::retry_after_ms;

/// The `code` of a `BearLumenApiError`.
const fn js_code(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::ValidationError => "validation_error",
        ErrorCode::InvalidEmail => "invalid_email",
        ErrorCode::Unauthorized => "unauthorized",
        ErrorCode::PaymentRequired => "payment_required",
        ErrorCode::Forbidden => "forbidden",
        ErrorCode::NotFound => "not_found",
        ErrorCode::MethodNotAllowed => "method_not_allowed",
        ErrorCode::DuplicateCustomer => "duplicate_customer",
        ErrorCode::IdempotencyConflict => "idempotency_conflict",
        ErrorCode::PayloadTooLarge => "payload_too_large",
        ErrorCode::RateLimitExceeded => "rate_limit_exceeded",
        ErrorCode::InternalError => "internal_error",
        ErrorCode::ServiceUnavailable => "service_unavailable",
    }
}

/// The code for what a service answered. A code that a newer service made up is passed on as it is; an answer
/// without one goes by its status.
pub(crate) fn code_for(text: &str, status: u16) -> String {
    match ErrorCode::parse(text) {
        Some(code) => js_code(code).to_owned(),
        None if text.is_empty() => js_code(ErrorCode::from_http_status(status)).to_owned(),
        None => text.to_ascii_lowercase(),
    }
}

/// The `code` of an error that the service answered with, from its own code (or none) and the HTTP status; 0
/// where no answer came.
pub fn error_code(code: &str, status: u16) -> String {
    match status {
        0 if code.is_empty() => js_code(ErrorCode::ServiceUnavailable).to_owned(),
        _ => code_for(code, status),
    }
}

/// How many seconds a `Retry-After` header asks to wait, rounded up; nothing when it cannot be read.
pub fn retry_after_seconds(header: &str, now_ms: i64) -> Option<i64> {
    retry_after_ms(header, now_ms).map(|wait| wait.saturating_add(999) / 1_000)
}
