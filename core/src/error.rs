//! The closed list of errors, with what each means for HTTP, for a retry and for the SDKs.

/// Who may try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The same request fails again: it must change first.
    Never,
    /// The same request may succeed later.
    Later,
}

/// Every error the API answers. The text form is part of the public contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// A parameter or field is missing or wrong; the message names it.
    ValidationError,
    /// The e-mail address is malformed.
    InvalidEmail,
    /// No key, or one that is malformed, forged, unknown or revoked.
    Unauthorized,
    /// The plan's limit is reached.
    PaymentRequired,
    /// The key lacks the scope the route needs.
    Forbidden,
    /// No such route, end user or resource.
    NotFound,
    /// The route exists, the method does not.
    MethodNotAllowed,
    /// Something with this external id exists already.
    DuplicateCustomer,
    /// The idempotency key was used for different content; the first event is unchanged.
    IdempotencyConflict,
    /// The body is larger than the route accepts.
    PayloadTooLarge,
    /// The key's request rate is used up.
    RateLimitExceeded,
    /// A defect or a broken database on the server's side.
    InternalError,
    /// The server cannot take the request now: overloaded, full or stopping.
    ServiceUnavailable,
}

impl ErrorCode {
    /// All codes, for tables and tests.
    pub const ALL: [Self; 13] = [
        Self::ValidationError,
        Self::InvalidEmail,
        Self::Unauthorized,
        Self::PaymentRequired,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::DuplicateCustomer,
        Self::IdempotencyConflict,
        Self::PayloadTooLarge,
        Self::RateLimitExceeded,
        Self::InternalError,
        Self::ServiceUnavailable,
    ];

    /// The code as the REST API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ValidationError => "VALIDATION_ERROR",
            Self::InvalidEmail => "INVALID_EMAIL",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::PaymentRequired => "PAYMENT_REQUIRED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::DuplicateCustomer => "DUPLICATE_CUSTOMER",
            Self::IdempotencyConflict => "IDEMPOTENCY_CONFLICT",
            Self::PayloadTooLarge => "PAYLOAD_TOO_LARGE",
            Self::RateLimitExceeded => "RATE_LIMIT_EXCEEDED",
            Self::InternalError => "INTERNAL_ERROR",
            Self::ServiceUnavailable => "SERVICE_UNAVAILABLE",
        }
    }

    /// The code that `text` spells in either case, if any.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|code| code.as_str().eq_ignore_ascii_case(text))
    }

    /// The HTTP status the code travels with.
    pub const fn http_status(self) -> u16 {
        match self {
            Self::ValidationError | Self::InvalidEmail => 400,
            Self::Unauthorized => 401,
            Self::PaymentRequired => 402,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::DuplicateCustomer | Self::IdempotencyConflict => 409,
            Self::PayloadTooLarge => 413,
            Self::RateLimitExceeded => 429,
            Self::InternalError => 500,
            Self::ServiceUnavailable => 503,
        }
    }

    /// Whether the same request may succeed later.
    pub const fn retry(self) -> Retry {
        match self {
            Self::RateLimitExceeded | Self::InternalError | Self::ServiceUnavailable => {
                Retry::Later
            }
            Self::ValidationError
            | Self::InvalidEmail
            | Self::Unauthorized
            | Self::PaymentRequired
            | Self::Forbidden
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::DuplicateCustomer
            | Self::IdempotencyConflict
            | Self::PayloadTooLarge => Retry::Never,
        }
    }

    /// The code an HTTP status stands for when the body does not say.
    pub const fn from_http_status(status: u16) -> Self {
        match status {
            401 => Self::Unauthorized,
            402 => Self::PaymentRequired,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            409 => Self::IdempotencyConflict,
            413 => Self::PayloadTooLarge,
            429 => Self::RateLimitExceeded,
            502..=504 => Self::ServiceUnavailable,
            400..=499 => Self::ValidationError,
            _ => Self::InternalError,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_in_both_cases() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::parse(code.as_str()), Some(code));
            assert_eq!(ErrorCode::parse(&code.as_str().to_lowercase()), Some(code));
        }
    }

    #[test]
    fn only_what_may_pass_later_is_retried() {
        for code in ErrorCode::ALL {
            let later = code.retry() == Retry::Later;
            assert_eq!(
                later,
                code.http_status() == 429 || code.http_status() >= 500,
                "{code:?}"
            );
        }
    }
}
