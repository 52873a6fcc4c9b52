//! When a read is asked again.

use bearlumen_core::delivery::{Outcome, READ_RETRIES, read_again_ms as again_ms};
use napi_derive::napi;

/// The milliseconds to wait, nothing when the outcome is final. Status 0 is no answer.
#[napi(catch_unwind)]
pub(crate) fn read_again_ms(
    status: u16,
    retry_after: Option<String>,
    failures: u32,
    max_retries: u32,
    now_ms: i64,
    jitter: u32,
) -> Option<i64> {
    let outcome = match status {
        0 => Outcome::Unreachable,
        _ => Outcome::Answered {
            status,
            retry_after: retry_after.as_deref(),
            body: b"",
        },
    };
    again_ms(&outcome, failures, max_retries, now_ms, jitter)
}

/// How often a read is asked again where nobody says otherwise.
#[napi(catch_unwind)]
pub(crate) fn read_retries() -> u32 {
    READ_RETRIES
}
