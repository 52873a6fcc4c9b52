//! What `costOf()` and `track()` answer, and what records are written by.

use crate::text::Text;
use bearlumen_js::whole_ms;
use napi::bindgen_prelude::{Buffer, Either};
use napi_derive::napi;

/// JSON text from JavaScript.
pub(crate) type JsonText = Either<Buffer, String>;

pub(crate) fn bytes_of(text: &JsonText) -> &[u8] {
    match text {
        Either::A(buffer) => buffer,
        Either::B(string) => string.as_bytes(),
    }
}

/// What JavaScript needs to write records.
#[napi(catch_unwind)]
pub(crate) fn vocabulary() -> String {
    bearlumen_js::vocabulary()
}

/// The result of the `track()` that wrote this record.
#[napi(catch_unwind)]
pub(crate) fn track_result(record: String) -> String {
    bearlumen_js::track_result(&record)
}

/// The answer to a question of `forecast`, `anomalies`, `savings` or `route`.
#[napi(catch_unwind)]
pub(crate) fn advice(name: String, question: String) -> String {
    bearlumen_js::advice(&name, &question)
}

/// What a call cost.
#[napi(catch_unwind)]
pub(crate) fn cost_of_call(
    record: String,
    json: Option<JsonText>,
    headers: Option<String>,
) -> String {
    let headers = headers.unwrap_or_default();
    bearlumen_js::cost_of_call(&record, json.as_ref().map(bytes_of), &headers)
}

/// The same of JSON text of which nothing else is known.
#[napi(catch_unwind)]
pub(crate) fn cost_of_text(json: Text, now_ms: f64) -> String {
    bearlumen_js::cost_of_text(&json, whole_ms(now_ms))
}

/// The words that the first number of a packed cost stands for, as JSON.
#[napi(catch_unwind)]
pub(crate) fn packed_words(number: u32) -> String {
    bearlumen_js::packed_words(number)
}
