//! Every number delivery goes by, each with its reason.

use super::whole::whole;
use serde::Deserialize;

/// Limits and times of one client's delivery. Read from JSON, what is absent keeps its default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Policy {
    /// Events kept while the service cannot be reached. At a call a second it is more than a day.
    #[serde(deserialize_with = "whole")]
    pub max_queue_events: usize,
    /// Bytes kept meanwhile, so that large metadata cannot eat the caller's memory.
    #[serde(deserialize_with = "whole")]
    pub max_queue_bytes: usize,
    /// The service takes 1000 events a request.
    #[serde(deserialize_with = "whole")]
    pub max_batch_events: usize,
    /// Well under the service's 10 MiB, and a second's upload on a slow line.
    #[serde(deserialize_with = "whole")]
    pub max_batch_bytes: usize,
    /// The service's own limit for one event: a larger one would be refused there.
    #[serde(deserialize_with = "whole")]
    pub max_event_bytes: usize,
    /// How long an event waits for company: short enough to look live, long enough to fill requests.
    #[serde(deserialize_with = "whole")]
    pub flush_interval_ms: i64,
    /// The first pause after a failure; each further one doubles it.
    #[serde(deserialize_with = "whole")]
    pub first_backoff_ms: i64,
    /// The longest pause of our own: an outage of minutes should not cost an hour of silence.
    #[serde(deserialize_with = "whole")]
    pub max_backoff_ms: i64,
    /// The longest pause a server may ask for; beyond it a wrong header would amount to losing the events.
    #[serde(deserialize_with = "whole")]
    pub max_retry_after_ms: i64,
    /// After a day undelivered the events are worth less than the memory they hold.
    #[serde(deserialize_with = "whole")]
    pub max_age_ms: i64,
    /// How long a process that ends without `shutdown()` waits for its last events: enough for a request to a
    /// healthy service, short enough that nobody wonders why the program does not end.
    #[serde(deserialize_with = "whole")]
    pub exit_flush_ms: i64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_queue_events: 100_000,
            max_queue_bytes: 64 * 1024 * 1024,
            max_batch_events: 1_000,
            max_batch_bytes: 3 * 1024 * 1024,
            max_event_bytes: crate::event::MAX_EVENT_BYTES,
            flush_interval_ms: 1_000,
            first_backoff_ms: 500,
            max_backoff_ms: 60_000,
            max_retry_after_ms: 3_600_000,
            max_age_ms: 86_400_000,
            exit_flush_ms: 2_000,
        }
    }
}

impl Policy {
    /// The pause after `failures` failures in a row: between half and the whole of a doubling ceiling, so that
    /// a thousand clients that failed together do not come back together.
    pub fn backoff_ms(&self, failures: u32, jitter: u32) -> i64 {
        let doublings = failures.saturating_sub(1).min(30);
        let ceiling = self
            .first_backoff_ms
            .saturating_mul(1 << doublings)
            .min(self.max_backoff_ms);
        let half = ceiling / 2;
        half + part_of(ceiling - half, jitter)
    }

    /// The pause where the server asks for one of `asked_ms`: never shorter, never shorter than the pause of our own
    /// either, and up to a quarter longer, since it asks the same of everyone.
    pub fn asked_ms(&self, asked_ms: i64, failures: u32, jitter: u32) -> i64 {
        let asked_ms = asked_ms.clamp(0, self.max_retry_after_ms);
        let spread = (asked_ms / 4).min(self.max_backoff_ms);
        let asked_ms = asked_ms.saturating_add(part_of(spread, jitter));
        asked_ms.max(self.backoff_ms(failures, jitter))
    }
}

/// As much of `whole` as `jitter` is of all it can be.
fn part_of(whole: i64, jitter: u32) -> i64 {
    let whole = u64::try_from(whole).unwrap_or(0);
    let part = (u128::from(whole) * u128::from(jitter)) >> 32;
    i64::try_from(part).unwrap_or(0)
}
