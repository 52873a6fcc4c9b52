//! The two clocks: the calendar for when a call was made, a steady one for when to send.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970 by the system's calendar.
pub(crate) fn wall_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Milliseconds since 1970 that only ever go forward: a clock set back by an hour must not hold events for
/// an hour.
#[derive(Debug)]
pub(crate) struct SteadyClock {
    started: Instant,
    started_ms: i64,
}

impl SteadyClock {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            started_ms: wall_ms(),
        }
    }

    pub(crate) fn now_ms(&self) -> i64 {
        let elapsed = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.started_ms.saturating_add(elapsed)
    }
}
