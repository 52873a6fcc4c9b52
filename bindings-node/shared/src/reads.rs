//! When a read is asked again.

use bearlumen_core::delivery::{self, Outcome};

/// The milliseconds to wait, nothing when the outcome is final. Status 0 is no answer.
pub fn read_again_ms(
    status: u16,
    retry_after: Option<&str>,
    failures: u32,
    max_retries: u32,
    now_ms: i64,
    jitter: u32,
) -> Option<i64> {
    let outcome = match status {
        0 => Outcome::Unreachable,
        _ => Outcome::Answered {
            status,
            retry_after,
            body: b"",
        },
    };
    delivery::read_again_ms(&outcome, failures, max_retries, now_ms, jitter)
}
