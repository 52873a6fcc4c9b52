//! The choice among adequate models, by what matters most.

use super::candidate::{Candidate, Need};
use std::cmp::Reverse;

/// What matters most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Priority {
    /// The cheapest.
    Cost,
    /// The most capable class, the cheapest of it.
    Quality,
    /// The quickest by the asker's own measurements, the cheapest of those as quick.
    Latency,
    /// The least product of cost and latency; a latency that is not known counts as the slowest known one.
    Balanced,
}

impl Priority {
    pub(super) const NAMES: [&'static str; 4] = ["cost", "quality", "latency", "balanced"];

    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "cost" => Some(Self::Cost),
            "quality" => Some(Self::Quality),
            "latency" => Some(Self::Latency),
            "balanced" => Some(Self::Balanced),
            _ => None,
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Cost => "cost",
            Self::Quality => "quality",
            Self::Latency => "latency",
            Self::Balanced => "balanced",
        }
    }
}

/// The position of the model to take; `None` when none is adequate.
pub(super) fn choose(
    candidates: &[Candidate],
    priority: Priority,
    need: &Need<'_>,
) -> Option<usize> {
    let adequate = |candidate: &Candidate| candidate.rejected.is_empty();
    // A latency is only promised by who has kept it; those without a measurement come in when nobody has.
    let some_keep = candidates
        .iter()
        .any(|candidate| adequate(candidate) && candidate.keeps_latency(need));
    let slowest = candidates
        .iter()
        .filter_map(|candidate| candidate.latency_ms)
        .max()
        .unwrap_or(1);
    let rank = |candidate: &Candidate| {
        let cost = candidate.cost.map_or(i64::MAX, |cost| cost.likely);
        let latency = candidate.latency_ms.unwrap_or(u64::MAX);
        let class = Reverse(candidate.model.class);
        let first: i128 = match priority {
            Priority::Cost => 0,
            Priority::Quality => -(candidate.model.class as i128),
            Priority::Latency => i128::from(latency),
            Priority::Balanced => {
                i128::from(cost) * i128::from(candidate.latency_ms.unwrap_or(slowest).max(1))
            }
        };
        (first, cost, class, latency, candidate.model.id)
    };
    candidates
        .iter()
        .enumerate()
        .filter(|(_, c)| adequate(c) && (!some_keep || c.keeps_latency(need)))
        .min_by_key(|(_, candidate)| rank(candidate))
        .map(|(position, _)| position)
}
