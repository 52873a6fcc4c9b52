//! What the service's error answers mean.

use bearlumen_core::error::{ErrorCode, Retry};
use bearlumen_core::timestamp::retry_after_ms;
use serde::Deserialize;

/// The kinds of failure that languages have exception classes for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FailureKind {
    /// The request must change first.
    InvalidRequest,
    /// The e-mail address is malformed.
    InvalidEmail,
    /// The key is missing, wrong, revoked, or lacks a scope.
    Authentication,
    /// No such thing.
    NotFound,
    /// Something with this external id exists already.
    DuplicateCustomer,
    /// Too many requests.
    RateLimit,
    /// The service cannot be reached or cannot take the request now.
    Network,
    /// Anything else.
    Other,
}

/// An error answer, read.
#[derive(Debug, Clone, uniffi::Record)]
pub struct ApiFailure {
    /// The kind.
    pub kind: FailureKind,
    /// The code in lower snake case, such as `rate_limit_exceeded`.
    pub code: String,
    /// What the service said.
    pub message: String,
    /// For support; absent when the service gave none.
    pub correlation_id: Option<String>,
    /// The milliseconds to wait that the service asks for.
    pub retry_after_ms: Option<i64>,
    /// Whether the same request may succeed later.
    pub retryable: bool,
}

#[derive(Deserialize, Default)]
struct Envelope {
    error: Body,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    code: String,
    message: String,
    correlation_id: Option<String>,
}

/// Reads an answer whose status is 400 or above. `now_ms` is the wall clock, for a `Retry-After` that is a date.
#[uniffi::export]
pub fn read_failure(
    status: u16,
    retry_after: Option<String>,
    body: Vec<u8>,
    now_ms: i64,
) -> ApiFailure {
    let said = serde_json::from_slice::<Envelope>(&body)
        .unwrap_or_default()
        .error;
    let code = ErrorCode::parse(&said.code).unwrap_or_else(|| ErrorCode::from_http_status(status));
    let stated = if said.code.is_empty() {
        code.as_str()
    } else {
        &said.code
    };
    ApiFailure {
        kind: kind_of(code),
        code: stated.to_ascii_lowercase(),
        message: if said.message.is_empty() {
            format!("the server answered {status}")
        } else {
            said.message
        },
        correlation_id: said.correlation_id,
        retry_after_ms: retry_after.and_then(|header| retry_after_ms(&header, now_ms)),
        retryable: code.retry() == Retry::Later,
    }
}

const fn kind_of(code: ErrorCode) -> FailureKind {
    match code {
        ErrorCode::ValidationError
        | ErrorCode::MethodNotAllowed
        | ErrorCode::IdempotencyConflict
        | ErrorCode::PayloadTooLarge => FailureKind::InvalidRequest,
        ErrorCode::InvalidEmail => FailureKind::InvalidEmail,
        ErrorCode::Unauthorized | ErrorCode::Forbidden => FailureKind::Authentication,
        ErrorCode::NotFound => FailureKind::NotFound,
        ErrorCode::DuplicateCustomer => FailureKind::DuplicateCustomer,
        ErrorCode::RateLimitExceeded => FailureKind::RateLimit,
        ErrorCode::ServiceUnavailable => FailureKind::Network,
        ErrorCode::PaymentRequired | ErrorCode::InternalError => FailureKind::Other,
    }
}
