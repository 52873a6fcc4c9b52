//! What a call cost, without recording anything.

use crate::METER;
use crate::hints::Hints;
use bearlumen_core::response::parse_json;
use bearlumen_core::stream::{StreamFold, StreamText};
use bearlumen_core::track::Subject;

/// Why no cost can be said.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum CostError {
    /// The text is no JSON, or beyond what is read.
    #[error("{reason}")]
    UnreadableResponse {
        /// What is wrong, in words.
        reason: String,
    },
    /// It is JSON, but no response of any provider that is known.
    #[error("{reason}")]
    UnknownResponse {
        /// What is wrong, in words.
        reason: String,
    },
}

/// The usage and the cost of a response, as JSON that is the same in every language. Priced as of `at_ms`.
#[uniffi::export]
pub fn cost_of(response: Vec<u8>, hints: Hints, at_ms: i64) -> Result<String, CostError> {
    let mut tape = parse_json(&response);
    if let Ok(tape) = &mut tape {
        tape.add_headers(hints.header_pairs());
    }
    priced(&Subject::Response(tape), &hints, at_ms)
}

/// The same of a stream: server-sent events, lines of JSON, AWS event-stream frames, or a JSON list of chunks.
#[uniffi::export]
pub fn cost_of_stream(stream: Vec<u8>, hints: Hints, at_ms: i64) -> Result<String, CostError> {
    let mut fold = StreamFold::new();
    fold.add_headers(hints.header_pairs());
    let mut text = StreamText::new();
    text.feed(&stream, &mut fold);
    text.finish(&mut fold);
    priced(&Subject::Stream(&fold), &hints, at_ms)
}

fn priced(subject: &Subject<'_>, hints: &Hints, at_ms: i64) -> Result<String, CostError> {
    let unreadable = |reason: String| CostError::UnreadableResponse { reason };
    match METER.with(|meter| subject.cost(meter, &hints.core(), at_ms)) {
        Ok(call) => serde_json::to_string(&call).map_err(|error| unreadable(error.to_string())),
        Err(why) if why.code == "unreadable_response" => Err(unreadable(why.message.to_string())),
        Err(why) => Err(CostError::UnknownResponse {
            reason: why.message.to_string(),
        }),
    }
}
