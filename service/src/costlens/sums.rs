//! What the rollups say of a range of days.

use super::days::Days;
use crate::ledger::Told;
use crate::router::Call;
use crate::sql::{Param, Sql, SqlError, SqlErrorKind, Value};
use bearlumen_core::order;
use std::collections::BTreeMap;

/// A model and who sold it; either may be unknown.
pub(super) type Sold = (Option<String>, Option<String>);

/// Calls and what they cost.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cost {
    pub(super) events: i64,
    pub(super) unpriced: i64,
    pub(super) nanos: i128,
}

impl Cost {
    pub(super) const fn add(&mut self, other: Self) {
        self.events += other.events;
        self.unpriced += other.unpriced;
        self.nanos += other.nanos;
    }

    /// The cost, as far as it is known: `None` when no call has a price.
    pub(super) fn known(self) -> Option<i128> {
        (self.events == 0 || self.unpriced < self.events).then_some(self.nanos)
    }
}

/// A class of tokens of a model.
#[derive(Debug, Clone)]
pub(super) struct OfBucket {
    pub(super) sold: Sold,
    pub(super) bucket: String,
    pub(super) micros: i128,
    pub(super) nanos: i128,
}

/// Costs by day and model.
pub(super) fn by_model(sql: &dyn Sql, days: Days) -> Result<BTreeMap<(i64, Sold), Cost>, SqlError> {
    let rows = sql.query(
        "SELECT r.slot, p.text, m.text, r.events, r.unpriced, CAST(r.cost_nanos AS TEXT) \
         FROM rollup r LEFT JOIN label p ON p.id = r.a LEFT JOIN label m ON m.id = r.b \
         WHERE r.kind = 1 AND r.grain = 1 AND r.slot BETWEEN ? AND ?",
        &[Param::Integer(days.first), Param::Integer(days.last)],
    )?;
    order::map(rows.into_iter().map(|row| match row.as_slice() {
        [
            Value::Integer(day),
            provider,
            model,
            Value::Integer(events),
            Value::Integer(unpriced),
            cost,
        ] => {
            let cost = Cost {
                events: *events,
                unpriced: *unpriced,
                nanos: whole(cost)?,
            };
            Ok(((*day, (text(provider), text(model))), cost))
        }
        _ => Err(broken()),
    }))
}

/// Costs by day of the dearest things of a kind of rollup: 3 end users, 4 features.
pub(super) fn by_label(
    sql: &dyn Sql,
    kind: i64,
    days: Days,
    most: i64,
) -> Result<BTreeMap<String, BTreeMap<i64, Cost>>, SqlError> {
    let rows = sql.query(
        "SELECT l.text, r.slot, r.events, r.unpriced, CAST(r.cost_nanos AS TEXT) \
         FROM rollup r JOIN label l ON l.id = r.a \
         WHERE r.kind = ? AND r.grain = 1 AND r.slot BETWEEN ? AND ? AND r.a IN ( \
         SELECT a FROM rollup WHERE kind = ? AND grain = 1 AND slot BETWEEN ? AND ? AND a <> 0 \
         GROUP BY a ORDER BY SUM(cost_nanos) DESC, a LIMIT ?)",
        &[
            Param::Integer(kind),
            Param::Integer(days.first),
            Param::Integer(days.last),
            Param::Integer(kind),
            Param::Integer(days.last - 29),
            Param::Integer(days.last),
            Param::Integer(most),
        ],
    )?;
    let mut found: BTreeMap<String, BTreeMap<i64, Cost>> = BTreeMap::new();
    for row in rows {
        let [
            Value::Text(label),
            Value::Integer(day),
            Value::Integer(events),
            Value::Integer(unpriced),
            cost,
        ] = row.as_slice()
        else {
            return Err(broken());
        };
        let cost = Cost {
            events: *events,
            unpriced: *unpriced,
            nanos: whole(cost)?,
        };
        found
            .entry(label.clone())
            .or_default()
            .entry(*day)
            .or_default()
            .add(cost);
    }
    Ok(found)
}

/// Tokens by day, however they were counted.
pub(super) fn tokens(sql: &dyn Sql, days: Days) -> Result<BTreeMap<i64, i128>, SqlError> {
    let rows = sql.query(
        "SELECT r.slot, CAST(SUM(r.quantity) AS TEXT) FROM rollup r JOIN label l ON l.id = r.b \
         WHERE r.kind = 8 AND r.grain = 1 AND r.slot BETWEEN ? AND ? AND l.text = 'tokens' GROUP BY r.slot",
        &[Param::Integer(days.first), Param::Integer(days.last)],
    )?;
    order::map(rows.into_iter().map(|row| match row.as_slice() {
        [Value::Integer(day), sum] => Ok((*day, whole(sum)?)),
        _ => Err(broken()),
    }))
}

/// What runs told, by model. Complete without the sums being settled first, unless they are being made again.
pub(super) fn runs(call: &Call<'_>, days: Days) -> Result<BTreeMap<Sold, Told>, SqlError> {
    let gathered = call.tenant.runs_of(days.first, days.last);
    let gathered = serde_json::to_string(&gathered).unwrap_or_default();
    let rows = call.sql.query(
        "SELECT p.text, m.text, SUM(r.runs), SUM(r.succeeded), SUM(r.timed), SUM(r.latency_ms) FROM ( \
         SELECT provider, model, runs, succeeded, timed, latency_ms FROM run_rollup WHERE slot BETWEEN ? AND ? \
         UNION ALL SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 \
         FROM json_each(?)) r LEFT JOIN label p ON p.id = r.provider LEFT JOIN label m ON m.id = r.model \
         GROUP BY r.provider, r.model",
        &[
            Param::Integer(days.first),
            Param::Integer(days.last),
            Param::Text(&gathered),
        ],
    )?;
    order::map(rows.into_iter().map(|row| match row.as_slice() {
        [
            provider,
            model,
            Value::Integer(runs),
            Value::Integer(succeeded),
            Value::Integer(timed),
            Value::Integer(latency_ms),
        ] => {
            let told = Told {
                runs: *runs,
                succeeded: *succeeded,
                timed: *timed,
                latency_ms: *latency_ms,
            };
            Ok(((text(provider), text(model)), told))
        }
        _ => Err(broken()),
    }))
}

/// Classes of tokens by model, and what each came to.
pub(super) fn buckets(sql: &dyn Sql, days: Days) -> Result<Vec<OfBucket>, SqlError> {
    let rows = sql.query(
        "SELECT p.text, m.text, b.text, CAST(SUM(r.quantity) AS TEXT), CAST(SUM(r.quantity_micros) AS TEXT), \
         CAST(SUM(r.cost_nanos) AS TEXT) FROM bucket_rollup r LEFT JOIN label p ON p.id = r.provider \
         LEFT JOIN label m ON m.id = r.model JOIN label b ON b.id = r.bucket \
         WHERE r.slot BETWEEN ? AND ? GROUP BY r.provider, r.model, r.bucket",
        &[Param::Integer(days.first), Param::Integer(days.last)],
    )?;
    rows.into_iter()
        .map(|row| match row.as_slice() {
            [provider, model, Value::Text(bucket), units, micros, nanos] => Ok(OfBucket {
                sold: (text(provider), text(model)),
                bucket: bucket.clone(),
                micros: whole(units)? * 1_000_000 + whole(micros)?,
                nanos: whole(nanos)?,
            }),
            _ => Err(broken()),
        })
        .collect()
}

/// How many events days hold.
pub(super) fn events(sql: &dyn Sql, days: Days) -> Result<i64, SqlError> {
    let rows = sql.query(
        "SELECT IFNULL(SUM(events), 0) FROM rollup WHERE kind = 0 AND grain = 1 AND slot BETWEEN ? AND ?",
        &[Param::Integer(days.first), Param::Integer(days.last)],
    )?;
    match rows.first().map(Vec::as_slice) {
        Some([Value::Integer(events)]) => Ok(*events),
        _ => Err(broken()),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn whole(value: &Value) -> Result<i128, SqlError> {
    match value {
        Value::Integer(number) => Ok(i128::from(*number)),
        Value::Text(text) => text.parse().map_err(|_| broken()),
        _ => Err(broken()),
    }
}

/// A row that the statement cannot have answered.
pub(super) fn broken() -> SqlError {
    SqlError {
        kind: SqlErrorKind::Other,
        message: "a sum has another shape than it was asked for in".to_owned(),
    }
}
