//! What `track()`, `costOf()` and `costOfStream()` answer, as JSON.

use crate::call::Call;
use crate::packed::Packed;
use bearlumen_core::provider::{Candidates, Hints};
use bearlumen_core::response::parse_json;
use bearlumen_core::track::Subject;
use napi::bindgen_prelude::{Buffer, Either};
use napi_derive::napi;
use serde::Serialize;
use serde_json::json;

/// JSON text from JavaScript.
pub(crate) type JsonText = Either<Buffer, String>;

pub(crate) fn bytes_of(text: &JsonText) -> &[u8] {
    match text {
        Either::A(buffer) => buffer,
        Either::B(string) => string.as_bytes(),
    }
}

/// The result of the `track()` that wrote this record, computed again: most callers never look at it, and the
/// same record gives the same result.
#[napi(catch_unwind)]
pub(crate) fn track_result(record: String) -> String {
    Call::read(&record, None).map_or_else(String::new, |call| to_json(&call.track()))
}

/// What a call cost: the whole of the core's answer, packed, or `{"error"}`. `headers` are names and values in turn.
#[napi(catch_unwind)]
pub(crate) fn cost_of_call(
    record: String,
    json: Option<JsonText>,
    headers: Option<Vec<String>>,
) -> String {
    let headers = headers.unwrap_or_default();
    let Some(mut call) = Call::read(&record, json.as_ref().map(bytes_of)) else {
        return String::new();
    };
    if let (Subject::Response(Ok(tape)), false) = (&mut call.subject, headers.is_empty()) {
        tape.add_headers(pairs(&headers));
    }
    answer(&call, &call.subject)
}

/// The same of JSON text of which nothing else is known, without a record.
#[napi(catch_unwind)]
pub(crate) fn cost_of_text(json: String, now_ms: f64) -> String {
    let subject = Subject::Response(parse_json(json.as_bytes()));
    priced(&subject, &Hints::default(), whole_ms(now_ms))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a clock's whole milliseconds"
)]
fn whole_ms(ms: f64) -> i64 {
    ms as i64
}

/// Who a response of `format` may be from, `first` before the others.
#[napi(catch_unwind)]
pub(crate) fn candidates_among(format: String, first: String) -> Vec<String> {
    let candidates = Candidates::among(&format, &first);
    candidates.map_or_else(
        || vec![first],
        |candidates| candidates.iter().map(str::to_owned).collect(),
    )
}

/// Headers that crossed as names and values in turn.
pub(crate) fn pairs(headers: &[String]) -> impl Iterator<Item = (&str, &str)> {
    let pairs = headers.as_chunks().0.iter();
    pairs.map(|[name, value]| (name.as_str(), value.as_str()))
}

/// What `subject` cost by the clock and the options of `call`.
pub(crate) fn answer(call: &Call<'_>, subject: &Subject<'_>) -> String {
    let at_ms = call.options.timestamp_ms.unwrap_or(call.now_ms);
    let hints = Hints {
        url: call.options.url.as_deref(),
        provider: call.options.provider.as_deref(),
        model: call.options.model.as_deref(),
    };
    priced(subject, &hints, at_ms)
}

fn priced(subject: &Subject<'_>, hints: &Hints<'_>, at_ms: i64) -> String {
    match subject.cost(hints, at_ms) {
        Ok(cost) => to_json(&Packed(&cost)),
        Err(why) => json!({ "error": why.message }).to_string(),
    }
}

pub(crate) fn to_json<T: Serialize>(value: &T) -> String {
    let mut text = Vec::with_capacity(1024);
    // Nothing the core answers can fail to serialise: all keys are text and no number is infinite.
    match serde_json::to_writer(&mut text, value) {
        Ok(()) => String::from_utf8(text).unwrap_or_default(),
        Err(_) => String::new(),
    }
}
