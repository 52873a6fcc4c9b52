//! What the values of a numeric dimension come to, in memory and in `numeric_sum`.

use super::bins::Bins;
use super::delta::{Delta, Grain};
use super::kept::Kept;
use super::{Calendar, micros_of};
use crate::sql::{Param, Row, Sql, SqlError, SqlErrorKind, Value};
use std::collections::BTreeMap;

/// Some values.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Measured {
    pub(crate) events: i64,
    /// The sum in millionths.
    pub(crate) micros: i128,
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) bins: Bins,
}

/// What [`Measured::read`] reads.
pub(crate) const COLUMNS: &str = "events, CAST(sum AS TEXT), sum_micros, min, max, bins";

impl Measured {
    pub(crate) fn add(&mut self, other: &Self) {
        if self.events == 0 {
            (self.min, self.max) = (other.min, other.max);
        }
        self.events += other.events;
        self.micros += other.micros;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.bins.add(&other.bins);
    }

    /// Adds one value.
    pub(crate) fn count(&mut self, value: f64) {
        if self.events == 0 {
            (self.min, self.max) = (value, value);
        }
        self.events += 1;
        self.micros += i128::from(micros_of(value));
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.bins.count(value);
    }

    /// Reads the [`COLUMNS`], but adds the bins to `bins`.
    pub(crate) fn read(row: &[Value], bins: &mut Bins) -> Result<Self, SqlError> {
        let real = |value: &Value| match value {
            Value::Real(number) => Some(*number),
            Value::Integer(number) => Some(of_integer(*number)),
            _ => None,
        };
        let [
            Value::Integer(events),
            Value::Text(sum),
            Value::Integer(micros),
            min,
            max,
            Value::Text(packed),
        ] = row
        else {
            return Err(broken());
        };
        let sum: i128 = sum.parse().map_err(|_| broken())?;
        bins.add_packed(packed).ok_or_else(broken)?;
        Ok(Self {
            events: *events,
            micros: sum * 1_000_000 + i128::from(*micros),
            min: real(min).ok_or_else(broken)?,
            max: real(max).ok_or_else(broken)?,
            bins: Bins::default(),
        })
    }
}

/// A double that is whole may come as an integer.
#[expect(
    clippy::cast_precision_loss,
    reason = "it was stored as a double, so that it is one exactly"
)]
fn of_integer(number: i64) -> f64 {
    number as f64
}

fn broken() -> SqlError {
    SqlError {
        kind: SqlErrorKind::Other,
        message: "a measurement cannot be read back".to_owned(),
    }
}

/// Adds what was gathered to `numeric_sum`, row by row: a double is exact as a parameter and not always as JSON.
pub(super) fn write(
    sql: &dyn Sql,
    delta: &Delta,
    calendar: &Calendar,
    kept: &Kept,
) -> Result<(), SqlError> {
    let mut rows: BTreeMap<(i64, Grain, i64), Measured> = BTreeMap::new();
    for ((key, day), measured) in &delta.numbers {
        let month = calendar.month_of(*day);
        for (grain, slot) in [(Grain::Day, *day), (Grain::Month, month)] {
            rows.entry((*key, grain, slot)).or_default().add(measured);
        }
    }
    for ((key, grain, slot), mut measured) in rows {
        kept.forget_numbers(key, grain, slot);
        let place = [key, grain as i64, slot].map(Param::Integer);
        let before: Vec<Row> = sql.query(
            &format!("SELECT {COLUMNS} FROM numeric_sum WHERE key = ? AND grain = ? AND slot = ?"),
            &place,
        )?;
        if let Some(row) = before.first() {
            let stored = Measured::read(row, &mut measured.bins)?;
            measured.add(&stored);
        }
        let whole = i64::try_from(measured.micros.div_euclid(1_000_000)).map_err(|_| SqlError {
            kind: SqlErrorKind::Constraint,
            message: "a sum passes 64 bits".to_owned(),
        })?;
        let micros = i64::try_from(measured.micros.rem_euclid(1_000_000)).unwrap_or(0);
        let [key, grain, slot] = place;
        sql.execute(
            "INSERT OR REPLACE INTO numeric_sum (key, grain, slot, events, sum, sum_micros, min, max, bins) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                key,
                grain,
                slot,
                Param::Integer(measured.events),
                Param::Integer(whole),
                Param::Integer(micros),
                Param::Real(measured.min),
                Param::Real(measured.max),
                Param::Text(&measured.bins.pack()),
            ],
        )?;
    }
    Ok(())
}
