//! The functions.

use bearlumen_core::{clients, delivery, stream};
use bearlumen_js::whole_ms;
use wasm_bindgen::prelude::wasm_bindgen;

/// What JavaScript needs to write records.
#[wasm_bindgen]
pub fn vocabulary() -> String {
    bearlumen_js::vocabulary()
}

/// The result of the `track()` that wrote this record.
#[wasm_bindgen(js_name = trackResult)]
pub fn track_result(record: &str) -> String {
    bearlumen_js::track_result(record)
}

/// What a call cost.
#[wasm_bindgen(js_name = costOfCall)]
pub fn cost_of_call(record: &str, json: Option<Box<[u8]>>, headers: &str) -> String {
    bearlumen_js::cost_of_call(record, json.as_deref(), headers)
}

/// The same of JSON text of which nothing else is known.
#[wasm_bindgen(js_name = costOfText)]
pub fn cost_of_text(json: &str, now_ms: f64) -> String {
    bearlumen_js::cost_of_text(json, whole_ms(now_ms))
}

/// The words that the first number of a packed cost stands for, as JSON.
#[wasm_bindgen(js_name = packedWords)]
pub fn packed_words(number: u32) -> String {
    bearlumen_js::packed_words(number)
}

/// Whether a body of this content type is a stream of chunks.
#[wasm_bindgen(js_name = isStreamType)]
pub fn is_stream_type(content_type: &str) -> bool {
    stream::is_stream_type(content_type)
}

/// What the name at the end of a path means, as bits.
#[wasm_bindgen(js_name = clientStepBits)]
pub fn client_step_bits(path: &str) -> u32 {
    bearlumen_js::client_step_bits(path)
}

/// The names of the calls that this one makes on its own object; a line each.
#[wasm_bindgen(js_name = innerCalls)]
pub fn inner_calls(path: &str) -> String {
    clients::client_step(path).inner_calls.join("\n")
}

/// All such calls, and what an object with them is made with, as JSON.
#[wasm_bindgen(js_name = clientHelpers)]
pub fn client_helpers() -> String {
    bearlumen_js::client_helpers()
}

/// The call that an object of this class asks for.
#[wasm_bindgen(js_name = commandPath)]
pub fn command_path(class: &str) -> Option<String> {
    clients::command_path(class).map(str::to_owned)
}

/// Whether a stream of this call states its usage only when asked.
#[wasm_bindgen(js_name = asksForUsage)]
pub fn asks_for_usage(path: &str, url: Option<String>) -> bool {
    clients::asks_for_usage(path, url.as_deref())
}

/// Whether a request's parameter of this name says its model.
#[wasm_bindgen(js_name = isModelParameter)]
pub fn is_model_parameter(name: &str) -> bool {
    clients::is_model_parameter(name)
}

/// The `code` of an error that the service answered with; status 0 is no answer.
#[wasm_bindgen(js_name = errorCode)]
pub fn error_code(code: &str, status: u16) -> String {
    bearlumen_js::error_code(code, status)
}

/// How many seconds a `Retry-After` header asks to wait; nothing when it cannot be read.
#[wasm_bindgen(js_name = retryAfterSeconds)]
pub fn retry_after_seconds(header: &str, now_ms: f64) -> Option<f64> {
    bearlumen_js::retry_after_seconds(header, whole_ms(now_ms)).map(number)
}

/// The milliseconds to wait before a read is asked again, nothing when its outcome is final.
#[wasm_bindgen(js_name = readAgainMs)]
pub fn read_again_ms(
    status: u16,
    retry_after: Option<String>,
    failures: u32,
    max_retries: u32,
    now_ms: f64,
    jitter: u32,
) -> Option<f64> {
    let now_ms = whole_ms(now_ms);
    let retry_after = retry_after.as_deref();
    bearlumen_js::read_again_ms(status, retry_after, failures, max_retries, now_ms, jitter)
        .map(number)
}

/// How often a read is asked again where nobody says otherwise.
#[wasm_bindgen(js_name = readRetries)]
pub fn read_retries() -> u32 {
    delivery::READ_RETRIES
}

/// A whole number as JavaScript has them: instants and counts lie far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
pub(crate) fn number(whole: i64) -> f64 {
    whole as f64
}
