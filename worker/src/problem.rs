//! What goes wrong in the host itself, before the service could answer.

use serde_json::json;
use wasm_bindgen::JsValue;
use worker::{Response, ResponseBuilder, Result, console_error, web_sys};

use crate::exchange;

/// A failure of the host, in the service's error envelope.
pub(crate) struct Problem {
    status: u16,
    code: &'static str,
    message: String,
    retryable: bool,
}

impl Problem {
    /// A setting is missing or unusable. The message names it and never holds its value.
    pub(crate) fn misconfigured(message: String) -> Self {
        Self {
            status: 500,
            code: "SERVER_MISCONFIGURED",
            message,
            retryable: false,
        }
    }

    /// The request cannot be expressed as HTTP.
    pub(crate) fn malformed(reason: impl std::fmt::Display) -> Self {
        Self {
            status: 400,
            code: "VALIDATION_ERROR",
            message: format!("The request is not well-formed HTTP: {reason}"),
            retryable: false,
        }
    }

    /// The organisation's object could not be reached or died on the way.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the shape that map_err hands over"
    )]
    pub(crate) fn unreachable(reason: worker::Error) -> Self {
        console_error!(
            "{}",
            json!({ "level": "error", "event": "organization_unreachable", "reason": reason.to_string() })
        );
        Self {
            status: 503,
            code: "SERVICE_UNAVAILABLE",
            message: "The organisation's storage is not reachable at the moment".to_owned(),
            retryable: true,
        }
    }

    /// The organisation's database cannot be opened or brought up to date.
    pub(crate) fn storage(reason: impl std::fmt::Debug) -> Self {
        console_error!(
            "{}",
            json!({ "level": "error", "event": "storage_failed", "reason": format!("{reason:?}") })
        );
        Self {
            status: 500,
            code: "INTERNAL_ERROR",
            message: "The organisation's storage failed".to_owned(),
            retryable: true,
        }
    }

    /// The answer to give.
    pub(crate) fn into_response(self, request: &web_sys::Request) -> Result<Response> {
        let response = ResponseBuilder::new().with_status(self.status);
        let response = if self.retryable {
            response.with_header("retry-after", "1")?
        } else {
            response
        };
        response.from_json(&json!({
            "error": {
                "code": self.code,
                "message": self.message,
                "details": { "retryable": self.retryable },
            },
            "meta": { "path": exchange::path(request), "method": request.method() },
        }))
    }
}

impl From<worker::Error> for Problem {
    fn from(error: worker::Error) -> Self {
        Self::platform(&error.to_string())
    }
}

impl From<JsValue> for Problem {
    fn from(thrown: JsValue) -> Self {
        Self::platform(&format!("{thrown:?}"))
    }
}

impl Problem {
    fn platform(reason: &str) -> Self {
        console_error!(
            "{}",
            json!({ "level": "error", "event": "platform_failed", "reason": reason })
        );
        Self {
            status: 500,
            code: "INTERNAL_ERROR",
            message: "The platform refused an operation".to_owned(),
            retryable: true,
        }
    }
}
