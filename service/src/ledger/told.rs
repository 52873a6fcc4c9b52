//! What an event tells of the call behind it: whether it succeeded, and how long it took.

use super::fact::micros_of;

/// The numeric dimension that makes an event a run: 1 where the call succeeded, 0 where it did not.
const SUCCESS: &str = "success";

/// How long the call took, in milliseconds.
const LATENCY: &str = "latency_ms";

/// A day: a longer latency is not believed.
const MAX_LATENCY_MICROS: i64 = 86_400_000 * MICROS;

const MICROS: i64 = 1_000_000;

/// What some runs told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Told {
    pub(crate) runs: i64,
    pub(crate) succeeded: i64,
    /// Those that said how long they took, and how long that was together.
    pub(crate) timed: i64,
    pub(crate) latency_ms: i64,
}

impl Told {
    /// What one event tells by its numeric dimensions.
    pub(crate) fn of<'a>(numbers: impl Iterator<Item = (&'a str, f64)>) -> Self {
        let (mut success, mut latency) = (None, None);
        for (name, number) in numbers {
            match name {
                SUCCESS => success = Some(micros_of(number)),
                LATENCY => latency = Some(micros_of(number)),
                _ => {}
            }
        }
        let succeeded = match success {
            Some(0) => 0,
            Some(MICROS) => 1,
            _ => return Self::default(),
        };
        let latency = latency.filter(|micros| (0..=MAX_LATENCY_MICROS).contains(micros));
        Self {
            runs: 1,
            succeeded,
            timed: i64::from(latency.is_some()),
            latency_ms: latency.map_or(0, |micros| (micros + MICROS / 2) / MICROS),
        }
    }

    /// As `run_rollup` has them.
    pub(crate) const fn columns(self) -> [i64; 4] {
        [self.runs, self.succeeded, self.timed, self.latency_ms]
    }

    /// Adds others. A run takes a day at most, so that 64 bits hold more of them than any ledger has.
    pub(crate) const fn add(&mut self, other: Self) {
        self.runs += other.runs;
        self.succeeded += other.succeeded;
        self.timed += other.timed;
        self.latency_ms += other.latency_ms;
    }

    /// The mean latency in whole milliseconds; `None` when nobody measured.
    pub(crate) const fn average_latency(self) -> Option<i64> {
        if self.timed == 0 {
            return None;
        }
        Some((self.latency_ms + self.timed / 2) / self.timed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(numbers: &[(&str, f64)]) -> [i64; 4] {
        Told::of(numbers.iter().copied()).columns()
    }

    #[test]
    fn an_event_that_says_whether_it_succeeded_is_a_run() {
        assert_eq!(
            told(&[("success", 1.0), ("latency_ms", 12.0)]),
            [1, 1, 1, 12]
        );
        assert_eq!(
            told(&[("latency_ms", 250.5), ("success", 0.0)]),
            [1, 0, 1, 251]
        );
        assert_eq!(told(&[("success", 1.0)]), [1, 1, 0, 0]);
        assert_eq!(told(&[("latency_ms", 12.0)]), [0; 4]);
        assert_eq!(told(&[("success", 0.5), ("latency_ms", 12.0)]), [0; 4]);
        for latency in [-1.0, 86_400_001.0] {
            assert_eq!(
                told(&[("success", 1.0), ("latency_ms", latency)]),
                [1, 1, 0, 0]
            );
        }
    }
}
