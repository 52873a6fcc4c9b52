//! The sums that reports read, kept in the same transaction as the events they sum.

use super::labels::Labels;
use super::priced::Priced;
use crate::sql::{Param, Sql, SqlError};
use bearlumen_core::money::Nanos;
use bearlumen_core::timestamp::DAY_MS;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What events are summed by. The number is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Total = 0,
    Model = 1,
    Provider = 2,
    EndUser = 3,
    Feature = 4,
    Agent = 5,
    Workflow = 6,
}

/// The length of a slot. The number is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grain {
    /// Every time zone in use today is a multiple of it away from UTC.
    QuarterHour = 0,
    Day = 1,
}

impl Grain {
    pub(crate) const fn slot_ms(self) -> i64 {
        match self {
            Self::QuarterHour => DAY_MS / 96,
            Self::Day => DAY_MS,
        }
    }
}

#[derive(Default, Clone, Copy)]
struct Sums {
    events: i64,
    unpriced: i64,
    estimated: i64,
    cost: i64,
    low: i64,
    high: i64,
    input: i64,
    output: i64,
}

/// Adds newly stored events to their sums.
pub(crate) fn add(sql: &dyn Sql, labels: &Labels, events: &[&Priced]) -> Result<(), SqlError> {
    let mut rows: BTreeMap<(i64, i64, i64, i64), Sums> = BTreeMap::new();
    for event in events {
        let amount = event.cost.amount.map_or(0, Nanos::get);
        let sums = Sums {
            events: 1,
            unpriced: i64::from(event.cost.amount.is_none()),
            estimated: i64::from(event.cost.basis == bearlumen_core::pricing::Basis::Estimated),
            cost: amount,
            low: event.cost.low.map_or(amount, Nanos::get),
            high: event.cost.high.map_or(amount, Nanos::get),
            input: i64::try_from(event.input_tokens()).unwrap_or(i64::MAX),
            output: i64::try_from(event.output_tokens()).unwrap_or(i64::MAX),
        };
        let who = &event.event.attribution;
        let of = |text: &Option<String>| labels.id(text.as_deref()).unwrap_or(0);
        for (kind, label) in [
            (Kind::Total, 0),
            (Kind::Model, of(&event.event.model)),
            (Kind::Provider, of(&event.event.provider)),
            (Kind::EndUser, of(&who.user_id)),
            (Kind::Feature, of(&who.feature)),
            (Kind::Agent, of(&who.agent_id)),
            (Kind::Workflow, of(&who.workflow_id)),
        ] {
            for grain in [Grain::QuarterHour, Grain::Day] {
                let slot = event.at_ms.div_euclid(grain.slot_ms());
                let row = rows
                    .entry((kind as i64, grain as i64, slot, label))
                    .or_default();
                *row = row.plus(sums)?;
            }
        }
    }
    // Integers stand in the JSON as text of any length, so nothing passes through a double.
    let mut list = String::from("[");
    for ((kind, grain, slot, label), s) in rows {
        if list.len() > 1 {
            list.push(',');
        }
        let numbers = [
            kind,
            grain,
            slot,
            label,
            s.events,
            s.unpriced,
            s.estimated,
            s.cost,
            s.low,
            s.high,
            s.input,
            s.output,
        ];
        // Writing to a String cannot fail.
        let _ = write!(list, "{numbers:?}");
    }
    list.push(']');
    sql.execute(UPSERT, &[Param::Text(&list)])
}

const UPSERT: &str = "INSERT INTO rollup (kind, grain, slot, label, events, unpriced, estimated, cost_nanos, \
     low_nanos, high_nanos, input_tokens, output_tokens) \
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, \
     value ->> 8, value ->> 9, value ->> 10, value ->> 11 FROM json_each(?) WHERE true \
     ON CONFLICT (kind, grain, slot, label) DO UPDATE SET \
     events = events + excluded.events, unpriced = unpriced + excluded.unpriced, \
     estimated = estimated + excluded.estimated, cost_nanos = cost_nanos + excluded.cost_nanos, \
     low_nanos = low_nanos + excluded.low_nanos, high_nanos = high_nanos + excluded.high_nanos, \
     input_tokens = input_tokens + excluded.input_tokens, output_tokens = output_tokens + excluded.output_tokens";

impl Sums {
    fn plus(self, other: Self) -> Result<Self, SqlError> {
        let sum = |a: i64, b: i64| {
            a.checked_add(b).ok_or_else(|| SqlError {
                kind: crate::sql::SqlErrorKind::Constraint,
                message: "a sum passes 64 bits".to_owned(),
            })
        };
        Ok(Self {
            events: sum(self.events, other.events)?,
            unpriced: sum(self.unpriced, other.unpriced)?,
            estimated: sum(self.estimated, other.estimated)?,
            cost: sum(self.cost, other.cost)?,
            low: sum(self.low, other.low)?,
            high: sum(self.high, other.high)?,
            input: sum(self.input, other.input)?,
            output: sum(self.output, other.output)?,
        })
    }
}
