//! What of a budget is spent, and what its period will come to: the ledger's days, judged by the core.

use super::budget::{Budget, Kind};
use crate::report::{BillingDays, Calendar, day_numbered};
use crate::router::Call;
use crate::sql::{Param, SqlError, SqlErrorKind, Value};
use bearlumen_core::anomaly::anomalies_json;
use bearlumen_core::order;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Whole days that a forecast looks at.
const HISTORY_DAYS: i64 = 91;

/// The period so far, and how it will go on.
pub(crate) struct Spent {
    pub(crate) period: BillingDays,
    pub(crate) nanos: i128,
    /// Events of the period without a price, which the sum lacks.
    pub(crate) unpriced: i64,
    /// The core's answer: `budget` and `alerts`.
    pub(crate) told: Json,
}

impl Spent {
    /// The alerts, at most one.
    pub(crate) fn alerts(&self) -> &[Json] {
        let alerts = self.told.get("alerts").and_then(Json::as_array);
        alerts.map_or(&[], Vec::as_slice)
    }
}

/// Looks at the billing period that it is now.
pub(crate) fn course(call: &Call<'_>, budget: &Budget) -> Result<Spent, SqlError> {
    let organization = call.tenant.organization(call.sql)?;
    let today = organization.calendar.day_of(call.ctx.now_ms);
    let calendar = Calendar::new(
        organization.calendar.zone().clone(),
        organization.anchor_day,
    );
    let out_of_range = || failed("the clock is out of range");
    let period = calendar
        .billing_days(call.ctx.now_ms)
        .ok_or_else(out_of_range)?;
    let history = today - HISTORY_DAYS..today;
    let start = day_numbered(history.start).ok_or_else(out_of_range)?;
    let first = period.first_number();
    let days = by_day(call, budget, history.start, today)?;
    let of = |day: i64| days.get(&day).copied().unwrap_or_default();
    let before: i128 = (first..today).map(|day| of(day).0).sum();
    let (spent_today, _) = of(today);
    let nanos: Vec<String> = history.map(|day| of(day).0.to_string()).collect();
    let mut question = json!({
        "nanos": budget.nanos.to_string(),
        "until": period.last.to_string(),
        "spentNanos": before.to_string(),
        "todayNanos": spent_today.to_string(),
        "series": {"start": start.to_string(), "dailyNanos": nanos},
    });
    if let (Some(fields), Some(value)) = (question.as_object_mut(), &budget.value) {
        fields.insert("kind".to_owned(), budget.kind.as_str().into());
        fields.insert("value".to_owned(), value.as_str().into());
    }
    let answer = anomalies_json(&json!({ "budget": question }).to_string())
        .map_err(|error| failed(&error.message))?;
    Ok(Spent {
        period,
        nanos: before + spent_today,
        unpriced: (first..=today).map(|day| of(day).1).sum(),
        told: serde_json::from_str(&answer).map_err(|_| failed("no JSON"))?,
    })
}

/// Nano-dollars and events without a price, by local day.
fn by_day(
    call: &Call<'_>,
    budget: &Budget,
    first: i64,
    last: i64,
) -> Result<BTreeMap<i64, (i128, i64)>, SqlError> {
    let of = match budget.kind {
        Kind::Total => "",
        Kind::Model => "AND b = (SELECT id FROM label WHERE text = ?)",
        _ => "AND a = (SELECT id FROM label WHERE text = ?)",
    };
    let statement = format!(
        "SELECT slot, CAST(SUM(cost_nanos) AS TEXT), SUM(unpriced) FROM rollup \
         WHERE kind = ? AND grain = 1 AND slot BETWEEN ? AND ? {of} GROUP BY slot"
    );
    let mut params = vec![
        Param::Integer(budget.kind as i64),
        Param::Integer(first),
        Param::Integer(last),
    ];
    params.extend(budget.value.as_deref().map(Param::Text));
    let rows = call.sql.query(&statement, &params)?;
    order::map(rows.into_iter().map(|row| match row.as_slice() {
        [
            Value::Integer(day),
            Value::Text(nanos),
            Value::Integer(unpriced),
        ] => {
            let nanos = nanos.parse().map_err(|_| failed("a sum is no number"))?;
            Ok((*day, (nanos, *unpriced)))
        }
        _ => Err(failed("a sum has another shape than it was asked for in")),
    }))
}

fn failed(message: &str) -> SqlError {
    SqlError {
        kind: SqlErrorKind::Other,
        message: message.to_owned(),
    }
}
