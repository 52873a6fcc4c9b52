//! Errors on their way to the caller: the documented envelope.

use super::answer::json;
use super::correlation::CorrelationId;
use crate::costlens;
use crate::sql::{SqlError, SqlErrorKind};
use bearlumen_core::error::{ErrorCode, Retry};
use bearlumen_core::event::FieldError;
use bearlumen_core::timestamp::format_ms;
use http::{Request, Response, StatusCode};
use serde::Serialize;

/// Why a request was not answered with what it asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
    /// The parameter or field at fault.
    pub(crate) field: Option<String>,
    /// For the log only.
    pub(crate) cause: Option<String>,
}

impl Problem {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: None,
            cause: None,
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
                method: request.method().as_str(),
            },
        };
        json(status, &envelope)
    }

    /// The error alone, for one event of a batch.
    pub(crate) fn body(&self, id: Option<&CorrelationId>) -> ErrorBody<'_> {
        ErrorBody {
            code: self.code.as_str(),
            message: &self.message,
            correlation_id: id.map(|id| id.as_str().to_owned()),
            details: Details {
                retryable: self.code.retry() == Retry::Later,
                field: self.field.as_deref(),
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

#[derive(Serialize)]
struct Envelope<'a> {
    success: bool,
    error: ErrorBody<'a>,
    meta: Meta<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorBody<'a> {
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<String>,
    details: Details<'a>,
}

#[derive(Serialize)]
struct Details<'a> {
    retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

#[derive(Serialize)]
struct Meta<'a> {
    timestamp: String,
    path: &'a str,
    method: &'a str,
}
