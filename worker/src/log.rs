//! One JSON line per request: what was asked, what came of it, how long it took. Never a key, never a body.

use http::HeaderMap;
use serde_json::json;
use worker::{Response, console_error, console_log, web_sys};

use crate::exchange;
use crate::surroundings::now_ms;

/// Names a request in its response and here.
const CORRELATION_HEADER: &str = "x-correlation-id";

/// A request under way.
pub(crate) struct Timed {
    method: String,
    path: String,
    started_ms: i64,
}

impl Timed {
    /// Notes the beginning. The query stays out of the log: it may name the customer's users.
    pub(crate) fn start(request: &web_sys::Request) -> Self {
        Self {
            method: request.method(),
            path: exchange::path(request),
            started_ms: now_ms(),
        }
    }

    /// Writes the line.
    pub(crate) fn finish(self, response: &Response) {
        let correlation_id = response.headers().get(CORRELATION_HEADER).ok().flatten();
        console_log!(
            "{}",
            json!({
                "level": "info",
                "event": "request",
                "method": self.method,
                "path": self.path,
                "status": response.status_code(),
                "correlation_id": correlation_id,
                "duration_ms": now_ms() - self.started_ms,
            })
        );
    }
}

/// Writes why a request failed on our side; the caller learns only the correlation id.
pub(crate) fn cause(cause: &str, response_headers: &HeaderMap) {
    let correlation_id = response_headers
        .get(CORRELATION_HEADER)
        .and_then(|value| value.to_str().ok());
    console_error!(
        "{}",
        json!({ "level": "error", "event": "request_failed", "correlation_id": correlation_id, "cause": cause })
    );
}
