//! Sums over a period from the rollups: whole months and days as such, what lies around them as quarters of an hour
//! where there are any, and only the crumbs from the events themselves.

mod buckets;
mod keys;
mod ledger;
mod numbers;
mod parts;
mod session;
mod source;

use crate::ledger::KeptRow;

pub(crate) use ledger::{Group, Ledger, MAX_HOURS_OF_EVENTS_MS, Placed, broken};
pub(crate) use numbers::Numbers;
pub(crate) use session::session_groups;
pub(crate) use source::{Axis, Scope};

/// Sums of one group. Wide enough for any number of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sums {
    pub(crate) events: i128,
    pub(crate) unpriced: i128,
    pub(crate) estimated: i128,
    pub(crate) cost_nanos: i128,
    pub(crate) input_tokens: i128,
    pub(crate) output_tokens: i128,
    /// Of whatever the events' metrics count, in millionths.
    pub(crate) quantity_micros: i128,
}

impl From<&KeptRow> for Sums {
    fn from(row: &KeptRow) -> Self {
        Self {
            events: row.events.into(),
            unpriced: row.unpriced.into(),
            estimated: row.estimated.into(),
            cost_nanos: row.cost_nanos.into(),
            input_tokens: row.input_tokens.into(),
            output_tokens: row.output_tokens.into(),
            quantity_micros: 0,
        }
    }
}

impl Sums {
    pub(crate) const fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.unpriced += other.unpriced;
        self.estimated += other.estimated;
        self.cost_nanos += other.cost_nanos;
        self.input_tokens += other.input_tokens;
        self.output_tokens += other.output_tokens;
        self.quantity_micros += other.quantity_micros;
    }

    pub(crate) const fn take(&mut self, other: &Self) {
        self.events -= other.events;
        self.unpriced -= other.unpriced;
        self.estimated -= other.estimated;
        self.cost_nanos -= other.cost_nanos;
        self.input_tokens -= other.input_tokens;
        self.output_tokens -= other.output_tokens;
        self.quantity_micros -= other.quantity_micros;
    }

    pub(crate) fn of<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut sum = Self::default();
        for one in all {
            sum.add(one);
        }
        sum
    }
}
