//! One JSON line per request: what was asked, what came of it, how long it took. Never a key, never a body, and no path
//! with a customer's ids in it.

use bearlumen_service::LogLine;
use http::Response;
use worker::{console_error, console_log};

/// Writes the line. Milliseconds are the platform's, whose clock stands still while nothing is waited for.
pub(crate) fn request(method: &str, response: &Response<Vec<u8>>, ms: i64) {
    let line = LogLine::of(method, response, u64::try_from(ms).unwrap_or(0));
    let Ok(mut fields) = serde_json::to_value(&line) else {
        return;
    };
    let failed = !line.cause.is_empty();
    if let Some(fields) = fields.as_object_mut() {
        let (level, message) = if failed {
            ("ERROR", "request failed")
        } else {
            fields.remove("cause");
            ("INFO", "request")
        };
        fields.insert("level".to_owned(), level.into());
        fields.insert("message".to_owned(), message.into());
    }
    if failed {
        console_error!("{fields}");
    } else {
        console_log!("{fields}");
    }
}
