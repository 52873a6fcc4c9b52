//! What of the spend needs a look: days outside what was to be expected, steps, trends, models without a price, and
//! budgets that will not last. A pure function of daily series; the same JSON in every language.

mod budget;
mod json;
mod judge;

pub use json::anomalies_json;

use crate::forecast::Range;
use jiff::civil::Date;

/// How much an alert matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    Critical,
    Warning,
    Info,
}

impl Severity {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// One thing to look at.
#[derive(Debug, Clone)]
pub(crate) struct Alert {
    /// `spike`, `drop`, `step`, `trend`, `new`, `unpriced` or `budget`.
    pub(crate) code: &'static str,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    /// What it is about: `model` and `gpt-4o`.
    pub(crate) about: Option<(String, String)>,
    pub(crate) date: Option<Date>,
    /// What the day cost, and what was expected of it.
    pub(crate) figures: Option<(i64, Range)>,
}
