//! The core as JavaScript speaks with it: text in, text and numbers out.
//!
//! JavaScript walks a response by the core's own list of wanted fields ([`vocabulary`]) and hands over one short
//! text, the record (`record.rs`). Reading the object from here instead costs a crossing for each property, which is
//! several times the price of the whole call. The native addon and the wasm module carry the same words; what they
//! mean stands here once. Nothing here decides: what a response means, what it costs and when it is sent is the
//! core's.

mod advice;
mod answers;
mod call;
mod clients;
mod errors;
mod options;
mod packed;
mod read;
mod reads;
mod record;
mod shape;
mod stream;
mod tracking;

pub use advice::advice;
pub use answers::{cost_of_call, cost_of_text, track_result};
pub use clients::{client_helpers, client_step_bits};
pub use errors::{error_code, retry_after_seconds};
pub use packed::packed_words;
pub use reads::read_again_ms;
pub use shape::vocabulary;
pub use stream::Stream;
pub use tracking::{
    DROPPED, Journal, NOTHING_DUE, NoJournal, Problem, Tracking, Unreadable, read_policy,
};

use bearlumen_core::call::SharedMeter;
use serde::Serialize;

/// Remembers the kinds of call that this program makes.
static METER: SharedMeter = SharedMeter::new();

/// A JavaScript number as whole milliseconds.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a clock's whole milliseconds"
)]
pub fn whole_ms(ms: f64) -> i64 {
    ms as i64
}

/// JSON text of what cannot fail to be written: all keys are text and no number is infinite.
pub fn to_json<T: Serialize>(value: &T) -> String {
    let mut text = Vec::with_capacity(1024);
    match serde_json::to_writer(&mut text, value) {
        Ok(()) => String::from_utf8(text).unwrap_or_default(),
        Err(_) => String::new(),
    }
}
