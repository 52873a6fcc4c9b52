//! What was used of one model: single events, or the sums of many.

use crate::money::Nanos;
use crate::usage::Usage;

/// Usage of one model under the same conditions.
#[derive(Debug)]
pub(super) struct Workload<'a> {
    pub(super) provider: &'a str,
    pub(super) model: &'a str,
    pub(super) modifiers: Vec<(&'a str, &'a str)>,
    pub(super) parts: Vec<Part>,
    /// True where every part is one event: then each is priced by its own size and time.
    pub(super) is_replay: bool,
}

/// One event, or the sum of several.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) usage: Usage,
    pub(super) events: u64,
    /// What was paid; `None` where it is not known.
    pub(super) paid: Option<Nanos>,
    pub(super) at_ms: i64,
}

impl Workload<'_> {
    pub(super) fn events(&self) -> u64 {
        self.parts.iter().map(|part| part.events).sum()
    }

    /// All buckets together.
    pub(super) fn usage(&self) -> Usage {
        let mut sum = Usage::default();
        for part in &self.parts {
            sum.add_all(&part.usage);
        }
        sum
    }

    /// What was paid for all of it; `None` as soon as one part's amount is not known.
    pub(super) fn paid(&self) -> Option<i64> {
        self.parts
            .iter()
            .try_fold(0_i64, |sum, part| sum.checked_add(part.paid?.get()))
    }
}
