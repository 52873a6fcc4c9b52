//! What goes wrong before the service can be asked: it would need settings and a request that parses.

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
            code: "INTERNAL_ERROR",
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

    /// The answer to give, and a line in the log.
    pub(crate) fn into_response(self, request: &web_sys::Request) -> Result<Response> {
        console_error!(
            "{}",
            json!({ "level": "error", "event": "host_problem", "reason": self.message })
        );
        ResponseBuilder::new()
            .with_status(self.status)
            .from_json(&json!({
                "success": false,
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
        Self {
            status: 500,
            code: "INTERNAL_ERROR",
            message: format!("The platform refused an operation: {error}"),
            retryable: true,
        }
    }
}

impl From<JsValue> for Problem {
    fn from(thrown: JsValue) -> Self {
        Self::from(worker::Error::from(thrown))
    }
}
