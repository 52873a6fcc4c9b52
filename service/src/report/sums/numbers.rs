//! Measurements: what the numeric dimensions of events come to.

use super::ledger::{Ledger, broken};
use super::parts::{Part, parts};
use crate::ledger::bins::Bins;
use crate::ledger::block::{WITHIN, within};
use crate::ledger::{self, Grain, KeptNumbers, MEASURED};
use crate::report::period::{Period, Slot, Slots};
use crate::sql::{Param, Row, SqlError, Value};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What measurements come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Numbers {
    pub(crate) count: i64,
    /// Millionths.
    pub(crate) sum_micros: i128,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Numbers {
    fn of(measured: &ledger::Measured) -> Self {
        Self {
            count: measured.events,
            sum_micros: measured.micros,
            min: measured.min,
            max: measured.max,
        }
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum_micros: self.sum_micros + other.sum_micros,
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }
}

/// Measurements of a dimension, by when they were made and by size.
pub(crate) struct Measured {
    /// By step; steps without any are `None`.
    pub(crate) by_step: Vec<Option<Numbers>>,
    /// How many lie in which bin.
    pub(crate) bins: Bins,
}

/// The values come as the texts they are: the database's own reading of a double may differ in its last digit.
/// To be continued with the time.
const EVENTS: &str = "SELECT at_ms, detail -> '$.dimensions' FROM event \
     WHERE detail -> '$.dimensions' IS NOT NULL AND";

impl Ledger<'_> {
    /// The measurements under a key, by its label and its text, with bins if they are one step. `by_days` tells that no
    /// step is shorter than a day.
    pub(crate) fn numbers(
        &self,
        (label, key): (i64, &str),
        steps: &[Slot],
        by_days: bool,
    ) -> Result<Measured, SqlError> {
        let mut measured = Measured {
            by_step: vec![None; steps.len()],
            bins: Bins::default(),
        };
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
            return Ok(measured);
        };
        let period = Period {
            start_ms: first.period.start_ms,
            end_ms: last.period.end_ms,
        };
        let one_step = steps.len() == 1;
        let grains: &[Grain] = match (by_days, one_step) {
            (true, true) => &[Grain::Month, Grain::Day],
            (true, false) => &[Grain::Day],
            (false, _) => &[],
        };
        let statement = kept(one_step);
        for part in parts(period, self.calendar, grains) {
            match part {
                Part::Slots(grain, slots)
                    if one_step && self.kept_numbers(label, grain, slots, &mut measured)? => {}
                Part::Slots(grain, slots) => {
                    let params = [label, grain as i64, slots.first, slots.end];
                    for row in self.sql.query(&statement, &params.map(Param::Integer))? {
                        let Some((Value::Integer(slot), row)) = row.split_first() else {
                            return Err(broken());
                        };
                        let step = if one_step {
                            Some(0)
                        } else {
                            Slot::position_of_day(steps, *slot, self.calendar)
                        };
                        let row = ledger::Measured::read(row, &mut measured.bins)?;
                        measured.add(step, &row);
                    }
                }
                Part::Events(Period { start_ms, end_ms }) => {
                    let params = within(start_ms, end_ms).map(Param::Integer);
                    let statement = format!("{EVENTS} {WITHIN}");
                    for row in self.sql.query(&statement, &params)? {
                        let (at_ms, value) = event(&row, key)?;
                        if let Some(value) = value {
                            let mut one = ledger::Measured::default();
                            one.count(value);
                            measured.bins.count(value);
                            measured.add(Slot::position(steps, at_ms), &one);
                        }
                    }
                }
            }
        }
        Ok(measured)
    }

    /// Adds what slots come to, if they stand in memory or are kept there from now on.
    fn kept_numbers(
        &self,
        label: i64,
        grain: Grain,
        slots: Slots,
        measured: &mut Measured,
    ) -> Result<bool, SqlError> {
        let slots = slots.first..slots.end;
        let Some(found) = self.kept.numbers(self.sql, label, grain, slots)? else {
            return Ok(false);
        };
        for kept in found.iter().filter(|kept| kept.measured.events > 0) {
            measured.add(Some(0), &kept.measured);
        }
        measured.bins.add(&KeptNumbers::bins(&found));
        Ok(true)
    }
}

impl Measured {
    fn add(&mut self, step: Option<usize>, more: &ledger::Measured) {
        if let Some(numbers) = step.and_then(|step| self.by_step.get_mut(step)) {
            let more_numbers = Numbers::of(more);
            *numbers = Some(numbers.map_or(more_numbers, |numbers| numbers.with(more_numbers)));
        }
    }
}

/// Reads what is kept by day or month; without bins where nobody asks for them.
fn kept(with_bins: bool) -> String {
    let columns = if with_bins {
        MEASURED.to_owned()
    } else {
        MEASURED.replace("bins", "'[]'")
    };
    format!(
        "SELECT slot, {columns} FROM numeric_sum WHERE key = ? AND grain = ? AND slot >= ? AND slot < ?"
    )
}

fn event(row: &Row, key: &str) -> Result<(i64, Option<f64>), SqlError> {
    let [Value::Integer(at_ms), Value::Text(dimensions)] = row.as_slice() else {
        return Err(broken());
    };
    let dimensions: BTreeMap<Cow<'_, str>, &RawValue> =
        serde_json::from_str(dimensions).map_err(|_| broken())?;
    let value = dimensions.get(key).map(|value| value.get());
    // The standard library's reading of a double is exact; a text begins with a quotation mark.
    Ok((*at_ms, value.and_then(|text| text.parse().ok())))
}
