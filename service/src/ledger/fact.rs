//! What one event adds to the sums, and under which labels.

use super::sums::Sums;
use super::told::Told;

/// The labels an event is summed by; 0 where it has none.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FactLabels {
    pub(crate) metric_name: i64,
    pub(crate) provider: i64,
    pub(crate) model: i64,
    pub(crate) end_user: i64,
    pub(crate) subscription: i64,
    pub(crate) feature: i64,
    pub(crate) agent: i64,
    pub(crate) workflow: i64,
    pub(crate) session: i64,
    pub(crate) session_type: i64,
}

/// One event's part of all sums.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Fact {
    pub(crate) at_ms: i64,
    /// Where it stands; only sessions ask.
    pub(crate) block: i64,
    pub(crate) labels: FactLabels,
    pub(crate) sums: Sums,
    /// Bucket, whole units, millionths, nano-dollars.
    pub(crate) buckets: Vec<(i64, i64, i64, i64)>,
    /// Key and value of text dimensions.
    pub(crate) texts: Vec<(i64, i64)>,
    /// Key and value of numeric dimensions.
    pub(crate) numbers: Vec<(i64, f64)>,
    /// Of the call behind it.
    pub(crate) told: Told,
}

/// The largest numeric dimension, so that a year of them adds up in 64 bits.
pub(crate) const MAX_NUMBER: f64 = 1e12;

/// A measurement in millionths, rounded half to even.
#[expect(
    clippy::cast_possible_truncation,
    clippy::float_arithmetic,
    reason = "a measurement, not money; it is at most 10^12, so that the product fits"
)]
pub(crate) fn micros_of(value: f64) -> i64 {
    (value.clamp(-MAX_NUMBER, MAX_NUMBER) * 1e6).round_ties_even() as i64
}
