//! One JSON line per request: what was asked, what came of it, how long it took. Never a key, never a body, and no path
//! with a customer's ids in it.

use std::cell::Cell;

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

/// What is written.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Level {
    Nothing,
    Failures,
    Requests,
}

thread_local! {
    static LEVEL: Cell<Level> = const { Cell::new(Level::Requests) };
}

/// Sets what is written from here on, by the names that the native server goes by.
pub(crate) fn set_level(name: &str) {
    LEVEL.set(match name.trim().to_ascii_lowercase().as_str() {
        "off" => Level::Nothing,
        "warn" | "error" => Level::Failures,
        _ => Level::Requests,
    });
}

/// Writes the line. Milliseconds are the platform's, whose clock stands still while nothing is waited for.
pub(crate) fn request(method: &str, response: &Response<Vec<u8>>, ms: i64) {
    let line = LogLine::of(method, response, u64::try_from(ms).unwrap_or(0));
    let failed = !line.cause.is_empty();
    let (needs, level, message) = if failed {
        (Level::Failures, "ERROR", "request failed")
    } else {
        (Level::Requests, "INFO", "request")
    };
    if LEVEL.get() < needs {
        return;
    }
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
