//! One JSON line per request: what was asked, what came of it, how long it took. Never a key, never a body, and no path
//! with a customer's ids in it.

use bearlumen_service::LogLine;
use http::Response;
use serde::Serialize;
use wasm_bindgen::JsValue;
use worker::web_sys::console;

/// The line as it is written.
#[derive(Serialize)]
struct Line<'a> {
    level: &'static str,
    message: &'static str,
    #[serde(flatten)]
    line: LogLine<'a>,
}

/// Writes the line. Milliseconds are the platform's, whose clock stands still while nothing is waited for.
pub(crate) fn request(method: &str, response: &Response<Vec<u8>>, ms: i64) {
    let line = LogLine::of(method, response, u64::try_from(ms).unwrap_or(0));
    let failed = !line.cause.is_empty();
    let (level, message) = if failed {
        ("ERROR", "request failed")
    } else {
        ("INFO", "request")
    };
    let line = Line {
        level,
        message,
        line,
    };
    let Ok(text) = serde_json::to_string(&line) else {
        return;
    };
    let text = JsValue::from_str(&text);
    if failed {
        console::error_1(&text);
    } else {
        console::log_1(&text);
    }
}
