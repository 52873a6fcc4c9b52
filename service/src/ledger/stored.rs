//! Events as they stand in their table: written as JSON for the insertion, read back to be summed again.

use super::fact::{Fact, FactLabels};
use super::sums::Sums;
use crate::sql::{Param, Sql, SqlError, SqlErrorKind, Value};
use bearlumen_core::quantity::Quantity;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A stored event, before its bucket names and dimensions are labels.
pub(crate) struct StoredEvent {
    pub(crate) seq: i64,
    /// Without buckets, texts and numbers.
    pub(crate) fact: Fact,
    detail: Option<String>,
}

/// What `detail` says about sums.
#[derive(Deserialize, Default)]
struct Detail<'a> {
    #[serde(borrow, default)]
    usage: BTreeMap<Cow<'a, str>, &'a RawValue>,
    #[serde(borrow, default)]
    split: BTreeMap<Cow<'a, str>, &'a RawValue>,
    #[serde(borrow, default)]
    amounts: BTreeMap<Cow<'a, str>, i64>,
    #[serde(borrow, default)]
    dimensions: BTreeMap<Cow<'a, str>, &'a RawValue>,
}

/// The value of a stored dimension.
enum Dimension {
    Text(String),
    Number(f64),
}

/// The events after `seq`, in order, at most `limit`.
pub(crate) fn read_after(
    sql: &dyn Sql,
    seq: i64,
    limit: usize,
) -> Result<Vec<StoredEvent>, SqlError> {
    let rows = sql.query(
        "SELECT seq, at_ms, session, data, detail FROM event WHERE seq > ? ORDER BY seq LIMIT ?",
        &[
            Param::Integer(seq),
            Param::Integer(i64::try_from(limit).unwrap_or(i64::MAX)),
        ],
    )?;
    rows.into_iter()
        .map(|row| {
            let Ok(
                [
                    Value::Integer(seq),
                    Value::Integer(at_ms),
                    session,
                    Value::Text(data),
                    detail,
                ],
            ) = <[Value; 5]>::try_from(row)
            else {
                return Err(broken(seq));
            };
            let session = match session {
                Value::Integer(label) => label,
                _ => 0,
            };
            let detail = match detail {
                Value::Text(text) => Some(text),
                _ => None,
            };
            let fact = fact_of(at_ms, session, &data).ok_or_else(|| broken(seq))?;
            Ok(StoredEvent { seq, fact, detail })
        })
        .collect()
}

fn broken(seq: i64) -> SqlError {
    SqlError {
        kind: SqlErrorKind::Other,
        message: format!("event {seq} cannot be read back"),
    }
}

/// The order of `data` is that of the columns in the migration.
fn fact_of(at_ms: i64, session: i64, data: &str) -> Option<Fact> {
    let list: Vec<Option<i64>> = serde_json::from_str(data).ok()?;
    let at = |position: usize| list.get(position).copied().flatten();
    let label = |position: usize| at(position).unwrap_or(0);
    let basis = at(11)?;
    let cost = at(12).unwrap_or(0);
    Some(Fact {
        at_ms,
        labels: FactLabels {
            metric_name: label(1),
            provider: label(2),
            model: label(3),
            end_user: label(4),
            feature: label(5),
            agent: label(15),
            workflow: label(16),
            session_type: label(17),
            subscription: label(18),
            session,
        },
        sums: Sums {
            events: 1,
            unpriced: i64::from(basis == 0),
            estimated: i64::from(basis == 1),
            cost,
            low: at(13).unwrap_or(cost),
            high: at(14).unwrap_or(cost),
            quantity: at(7)?,
            quantity_micros: at(8)?,
            input: at(9)?,
            output: at(10)?,
        },
        ..Fact::default()
    })
}

impl StoredEvent {
    /// Calls `need` with every text that [`Self::whole`] asks the label of.
    pub(crate) fn texts(&self, mut need: impl FnMut(&str)) -> Result<(), SqlError> {
        let detail = self.detail()?;
        for name in detail
            .usage
            .keys()
            .chain(detail.split.keys())
            .chain(detail.amounts.keys())
        {
            need(name);
        }
        for (name, value) in &detail.dimensions {
            need(name);
            if let Some(Dimension::Text(text)) = dimension(value) {
                need(&text);
            }
        }
        Ok(())
    }

    /// The fact with everything; `label` knows every text.
    pub(crate) fn whole(self, label: impl Fn(&str) -> i64) -> Result<Fact, SqlError> {
        let detail = self.detail()?;
        let mut fact = self.fact.clone();
        let mut amounts = detail.amounts;
        for (name, quantity) in detail.usage.iter().chain(&detail.split) {
            let quantity = Quantity::from_text(quantity.get()).map_err(|_| broken(self.seq))?;
            let (whole, micros) = split(quantity);
            let cost = amounts.remove(name).unwrap_or(0);
            fact.buckets.push((label(name), whole, micros, cost));
        }
        for (name, cost) in amounts {
            fact.buckets.push((label(&name), 0, 0, cost));
        }
        for (name, value) in &detail.dimensions {
            match dimension(value) {
                Some(Dimension::Text(text)) => fact.texts.push((label(name), label(&text))),
                Some(Dimension::Number(number)) => fact.numbers.push((label(name), number)),
                None => return Err(broken(self.seq)),
            }
        }
        Ok(fact)
    }

    fn detail(&self) -> Result<Detail<'_>, SqlError> {
        match &self.detail {
            Some(text) => serde_json::from_str(text).map_err(|_| broken(self.seq)),
            None => Ok(Detail::default()),
        }
    }
}

/// Whole units and millionths as they are stored.
pub(crate) fn split(quantity: Quantity) -> (i64, i64) {
    let (whole, micros) = quantity.split();
    let of = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    (of(whole), of(micros))
}

fn dimension(value: &RawValue) -> Option<Dimension> {
    let text = value.get();
    if text.starts_with('"') {
        return serde_json::from_str(text).ok().map(Dimension::Text);
    }
    // The standard library's reading of a double is exact.
    text.parse().ok().map(Dimension::Number)
}
