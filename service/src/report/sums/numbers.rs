//! Measurements: what the numeric dimensions of events come to.

use super::ledger::{Ledger, broken};
use super::parts::{Part, parts};
use crate::ledger::Grain;
use crate::ledger::bins::bin_of;
use crate::ledger::micros_of;
use crate::report::period::{Period, Slot};
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
    fn of(value: f64) -> Self {
        Self {
            count: 1,
            sum_micros: i128::from(micros_of(value)),
            min: value,
            max: value,
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
    pub(crate) bins: BTreeMap<i64, i64>,
}

const DAYS: &str = "SELECT slot, events, CAST(sum AS TEXT), sum_micros, min, max FROM numeric_rollup \
     WHERE key = ? AND slot >= ? AND slot < ?";

const BINS: &str = "SELECT bin, SUM(events) FROM numeric_bin WHERE key = ? AND slot >= ? AND slot < ? GROUP BY bin";

/// The values come as the texts they are: the database's own reading of a double may differ in its last digit.
const EVENTS: &str = "SELECT at_ms, detail -> '$.dimensions' FROM event \
     WHERE at_ms >= ? AND at_ms < ? AND detail -> '$.dimensions' IS NOT NULL";

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
            bins: BTreeMap::new(),
        };
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
            return Ok(measured);
        };
        let period = Period {
            start_ms: first.period.start_ms,
            end_ms: last.period.end_ms,
        };
        let grains: &[Grain] = if by_days { &[Grain::Day] } else { &[] };
        for part in parts(period, self.calendar, grains) {
            match part {
                Part::Slots(_, days) => {
                    let params = [label, days.first, days.end].map(Param::Integer);
                    for row in self.sql.query(DAYS, &params)? {
                        let (day, numbers) = day(&row)?;
                        measured.add(Slot::position_of_day(steps, day, self.calendar), numbers);
                    }
                    if steps.len() > 1 {
                        continue;
                    }
                    for row in self.sql.query(BINS, &params)? {
                        match row.as_slice() {
                            [Value::Integer(bin), Value::Integer(events)] => {
                                *measured.bins.entry(*bin).or_default() += events;
                            }
                            _ => return Err(broken()),
                        }
                    }
                }
                Part::Events(Period { start_ms, end_ms }) => {
                    let params = [start_ms, end_ms].map(Param::Integer);
                    for row in self.sql.query(EVENTS, &params)? {
                        let (at_ms, value) = event(&row, key)?;
                        if let Some(value) = value {
                            measured.add(Slot::position(steps, at_ms), Numbers::of(value));
                            *measured.bins.entry(bin_of(value)).or_default() += 1;
                        }
                    }
                }
            }
        }
        Ok(measured)
    }
}

impl Measured {
    fn add(&mut self, step: Option<usize>, more: Numbers) {
        if let Some(numbers) = step.and_then(|step| self.by_step.get_mut(step)) {
            *numbers = Some(numbers.map_or(more, |numbers| numbers.with(more)));
        }
    }
}

fn day(row: &Row) -> Result<(i64, Numbers), SqlError> {
    let real = |value: &Value| match value {
        Value::Real(number) => Ok(*number),
        Value::Integer(number) => Ok(of_integer(*number)),
        _ => Err(broken()),
    };
    match row.as_slice() {
        [
            Value::Integer(day),
            Value::Integer(count),
            Value::Text(sum),
            Value::Integer(micros),
            min,
            max,
        ] => {
            let sum: i128 = sum.parse().map_err(|_| broken())?;
            let numbers = Numbers {
                count: *count,
                sum_micros: sum * 1_000_000 + i128::from(*micros),
                min: real(min)?,
                max: real(max)?,
            };
            Ok((*day, numbers))
        }
        _ => Err(broken()),
    }
}

/// A JavaScript host does not tell a whole double from an integer.
#[expect(clippy::cast_precision_loss, reason = "it was a double before")]
const fn of_integer(number: i64) -> f64 {
    number as f64
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
