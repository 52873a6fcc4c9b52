//! What a repricing comes to, kept between its steps.

use crate::report::dollars;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Events, and what they cost before and after, in nano-dollars. An unknown cost counts as nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Change {
    pub(super) events: i64,
    pub(super) changed: i64,
    pub(super) before: i64,
    pub(super) after: i64,
    /// Events without a known price.
    pub(super) unpriced_before: i64,
    pub(super) unpriced_after: i64,
}

impl Change {
    /// One event's.
    pub(super) fn of(before: Option<i64>, after: Option<i64>, changed: bool) -> Self {
        Self {
            events: 1,
            changed: i64::from(changed),
            before: before.unwrap_or(0),
            after: after.unwrap_or(0),
            unpriced_before: i64::from(before.is_none()),
            unpriced_after: i64::from(after.is_none()),
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.changed += other.changed;
        self.before = self.before.saturating_add(other.before);
        self.after = self.after.saturating_add(other.after);
        self.unpriced_before += other.unpriced_before;
        self.unpriced_after += other.unpriced_after;
    }
}

/// The sum, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Outcome {
    pub(super) total: Change,
    /// By provider and model; an empty text stands for none.
    pub(super) by_model: BTreeMap<String, BTreeMap<String, Change>>,
    /// By the day in the organisation's time zone.
    pub(super) by_day: BTreeMap<String, Change>,
}

impl Outcome {
    pub(super) fn add(&mut self, provider: &str, model: &str, day: &str, change: &Change) {
        self.total.add(change);
        let models = self.by_model.entry(provider.to_owned()).or_default();
        models.entry(model.to_owned()).or_default().add(change);
        self.by_day.entry(day.to_owned()).or_default().add(change);
    }
}

/// What events cost as recorded and as repriced.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Difference {
    /// Events that were looked at.
    event_count: i64,
    /// Events whose cost is another now.
    changed_event_count: i64,
    /// The sum as it was recorded, in nano-dollars, decimal text.
    as_recorded_nanos: String,
    /// The sum at today's prices, in nano-dollars, decimal text.
    as_repriced_nanos: String,
    /// How much more it is now, US dollars; negative for less.
    difference: f64,
    /// The same, exact, in nano-dollars, decimal text.
    difference_nanos: String,
    /// Events that had no known price.
    unpriced_as_recorded: i64,
    /// Events that have none now.
    unpriced_as_repriced: i64,
}

impl From<&Change> for Difference {
    fn from(change: &Change) -> Self {
        let difference = i128::from(change.after) - i128::from(change.before);
        Self {
            event_count: change.events,
            changed_event_count: change.changed,
            as_recorded_nanos: change.before.to_string(),
            as_repriced_nanos: change.after.to_string(),
            difference: dollars(difference),
            difference_nanos: difference.to_string(),
            unpriced_as_recorded: change.unpriced_before,
            unpriced_as_repriced: change.unpriced_after,
        }
    }
}
