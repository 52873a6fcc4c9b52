//! Errors on their way to the caller: the documented envelope.

use super::answer::json;
use super::correlation::CorrelationId;
use super::method::answered_as;
use crate::costlens;
use crate::sql::{SqlError, SqlErrorKind};
use bearlumen_core::error::{ErrorCode, Retry};
use bearlumen_core::event::FieldError;
use bearlumen_core::timestamp::format_ms;
use http::header::{ALLOW, HeaderValue, RETRY_AFTER};
use http::{Request, Response, StatusCode};
use serde::Serialize;

/// Why a request was not answered with what it asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
    /// The parameter or field at fault.
    pub(crate) field: Option<String>,
    /// Seconds to wait before trying again.
    pub(crate) retry_after_s: Option<u64>,
    /// The methods that the path answers, where the request has another.
    pub(crate) allow: Option<String>,
    /// For the log only.
    pub(crate) cause: Option<String>,
}

impl Problem {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: None,
            retry_after_s: None,
            allow: None,
            cause: None,
        }
    }

    /// The path answers other methods.
    pub(crate) fn not_allowed(methods: &[&str], message: impl Into<String>) -> Self {
        Self {
            allow: Some(methods.join(", ")),
            ..Self::new(ErrorCode::MethodNotAllowed, message)
        }
    }

    pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self {
            field: Some(field.to_owned()),
            ..Self::new(ErrorCode::ValidationError, message)
        }
    }

    /// The documented envelope.
    pub(crate) fn response<B>(
        &self,
        request: &Request<B>,
        now_ms: i64,
        id: &CorrelationId,
    ) -> Response<Vec<u8>> {
        let mut response = self.said(request, now_ms, id);
        let allow = self.allow.as_deref().map(HeaderValue::from_str);
        if let Some(Ok(allow)) = allow {
            response.headers_mut().insert(ALLOW, allow);
        }
        response
    }

    fn said<B>(&self, request: &Request<B>, now_ms: i64, id: &CorrelationId) -> Response<Vec<u8>> {
        if costlens::speaks(request.uri().path()) {
            return costlens::problem_response(self);
        }
        let status = StatusCode::from_u16(self.code.http_status())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let envelope = Envelope {
            success: false,
            error: self.body(Some(id)),
            meta: Meta {
                timestamp: format_ms(now_ms),
                path: request.uri().path(),
                method: answered_as(request.method()),
            },
        };
        let mut response = json(status, &envelope);
        if let Some(seconds) = self.retry_after_s {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    /// The error alone, for one event of a batch.
    pub(crate) fn body(&self, id: Option<&CorrelationId>) -> ErrorBody<'_> {
        ErrorBody {
            code: self.code.as_str(),
            message: &self.message,
            correlation_id: id.map(|id| id.as_str().to_owned()),
            details: ErrorDetails {
                retryable: self.code.retry() == Retry::Later,
                field: self.field.as_deref(),
                retry_after: self.retry_after_s,
            },
        }
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        let field = Some(error.field).filter(|field| !field.is_empty());
        Self {
            code: error.code,
            message: error.message,
            field,
            retry_after_s: None,
            allow: None,
            cause: None,
        }
    }
}

impl From<SqlError> for Problem {
    fn from(error: SqlError) -> Self {
        let (code, message) = match error.kind {
            SqlErrorKind::Busy => (
                ErrorCode::ServiceUnavailable,
                "The database is busy; try again",
            ),
            SqlErrorKind::Full => (
                ErrorCode::ServiceUnavailable,
                "The storage is full; nothing was recorded",
            ),
            SqlErrorKind::Constraint | SqlErrorKind::Other => (
                ErrorCode::InternalError,
                "Something went wrong on our end; nothing was recorded",
            ),
        };
        Self {
            cause: Some(error.message),
            ..Self::new(code, message)
        }
    }
}

/// How every error is answered.
#[derive(Serialize)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "Error")
)]
pub(crate) struct Envelope<'a> {
    /// Always false.
    success: bool,
    error: ErrorBody<'a>,
    meta: Meta<'a>,
}

/// What went wrong.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct ErrorBody<'a> {
    /// One of a closed list of codes; each has one HTTP status.
    code: &'static str,
    /// What was wrong and what was expected, for a person.
    message: &'a str,
    /// Names the request in the server's log. Not within a batch, whose answer has one for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<String>,
    details: ErrorDetails<'a>,
}

/// What a program may want to know of an error.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct ErrorDetails<'a> {
    /// The same request may succeed later.
    retryable: bool,
    /// The parameter or field at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    /// Seconds to wait before trying again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

/// The request that was answered so.
#[derive(Serialize)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "ErrorMeta")
)]
struct Meta<'a> {
    /// ISO 8601.
    timestamp: String,
    /// Without the query.
    path: &'a str,
    method: &'a str,
}
