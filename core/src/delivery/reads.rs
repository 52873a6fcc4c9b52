//! When a question to the service is asked again. Reading twice harms nobody; writing is delivery's business.

use super::answer::is_passing;
use super::{Outcome, Policy};
use crate::timestamp;

/// How often a read is asked again unless the caller says otherwise: enough for a restart or a burst, few enough that
/// a caller who waits is not left waiting.
pub const READ_RETRIES: u32 = 2;

/// The longest pause that somebody waits through for an answer. Where the service asks for a longer one, its error is
/// the answer, and says how long.
const MAX_READ_WAIT_MS: i64 = 30_000;

/// The milliseconds to wait before a read is asked again after `failures` failures in a row, `None` when its outcome is
/// final. `jitter` is a fresh random number.
pub fn read_again_ms(
    outcome: &Outcome<'_>,
    failures: u32,
    max_retries: u32,
    now_ms: i64,
    jitter: u32,
) -> Option<i64> {
    if failures > max_retries {
        return None;
    }
    let asked_ms = match *outcome {
        Outcome::Unreachable => None,
        Outcome::Answered {
            status,
            retry_after,
            ..
        } => {
            if !is_passing(status) {
                return None;
            }
            retry_after.and_then(|value| timestamp::retry_after_ms(value, now_ms))
        }
    };
    let policy = Policy::default();
    match asked_ms {
        Some(asked_ms) if asked_ms > MAX_READ_WAIT_MS => None,
        Some(asked_ms) => Some(policy.asked_ms(asked_ms, failures, jitter)),
        None => Some(policy.backoff_ms(failures, jitter)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, retry_after: Option<&str>) -> Outcome<'_> {
        Outcome::Answered {
            status,
            retry_after,
            body: b"",
        }
    }

    #[test]
    fn what_may_pass_is_asked_again_and_nothing_else() {
        let again = |outcome: &Outcome<'_>| read_again_ms(outcome, 1, READ_RETRIES, 0, 0);
        assert_eq!(again(&Outcome::Unreachable), Some(250));
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert_eq!(again(&answered(status, None)), Some(250), "{status}");
        }
        for status in [200, 207, 301, 400, 401, 403, 404, 409, 413] {
            assert_eq!(again(&answered(status, Some("1"))), None, "{status}");
        }
    }

    #[test]
    fn the_pause_asked_for_is_kept_unless_it_is_too_long_to_wait() {
        let again = |header| read_again_ms(&answered(429, Some(header)), 1, READ_RETRIES, 0, 0);
        assert_eq!(again("7"), Some(7_000));
        assert_eq!(again("0"), Some(250));
        assert_eq!(again("soon"), Some(250));
        assert_eq!(again("31"), None);
    }

    #[test]
    fn retries_end() {
        let again = |failures, max| read_again_ms(&Outcome::Unreachable, failures, max, 0, 0);
        assert_eq!(again(2, 2), Some(500));
        assert_eq!(again(3, 2), None);
        assert_eq!(again(1, 0), None);
    }
}
