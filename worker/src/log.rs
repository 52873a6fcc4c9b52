//! One JSON line per request: what was asked, what came of it, how long it took. Never a key, never a body.

use serde_json::json;
use worker::{Response, console_log, web_sys};

use crate::exchange;
use crate::surroundings::now_ms;

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
        let correlation_id = response.headers().get("x-correlation-id").ok().flatten();
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
