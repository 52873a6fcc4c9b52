//! What `track()`, `costOf()` and `costOfStream()` answer, as JSON.

use crate::METER;
use crate::call::Call;
use crate::packed::pack;
use crate::to_json;
use bearlumen_core::provider::Hints;
use bearlumen_core::response::parse_json;
use bearlumen_core::track::Subject;
use serde::Serialize;

/// Why nothing can be said of a response.
#[derive(Serialize)]
struct Refused<'a> {
    error: &'a str,
}

/// The result of the `track()` that wrote this record, computed again: most callers never look at it, and the
/// same record gives the same result.
pub fn track_result(record: &str) -> String {
    Call::read(record, None).map_or_else(String::new, |call| to_json(&call.track()))
}

/// What a call cost: the whole of the core's answer, packed, or `{"error"}`. `headers` as in a record.
pub fn cost_of_call(record: &str, json: Option<&[u8]>, headers: &str) -> String {
    Call::read(record, json).map_or_else(String::new, |mut call| {
        call.add_headers(headers);
        answer(&call, &call.subject)
    })
}

/// The same of JSON text of which nothing else is known, without a record.
pub fn cost_of_text(json: &str, now_ms: i64) -> String {
    let subject = Subject::Response(parse_json(json.as_bytes()));
    priced(&subject, &Hints::default(), now_ms)
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
    match METER.with(|meter| subject.cost(meter, hints, at_ms)) {
        Ok(cost) => pack(cost),
        Err(why) => to_json(&Refused {
            error: &why.message,
        }),
    }
}
