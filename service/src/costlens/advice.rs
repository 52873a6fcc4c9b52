//! The ledger's rows as the questions of the core's advisory functions.

use super::days::{Days, date, date_text, instant};
use super::sums::{Cost, Sold, broken, buckets, by_label, by_model};
use crate::router::Call;
use crate::sql::SqlError;
use bearlumen_core::anomaly::anomalies_json;
use bearlumen_core::counterfactual::savings_json_by;
use bearlumen_core::forecast::DailyCosts;
use bearlumen_core::order;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Days of history that a forecast reads, whole ones: what it looks at and a week more.
const HISTORY_DAYS: i64 = 91;

/// Series of a kind that are watched, the dearest.
const MOST_SERIES: i64 = 40;

/// The whole days before today.
pub(super) fn history(call: &Call<'_>) -> Result<Days, SqlError> {
    let today = Days::today(call)?;
    Ok(Days {
        first: today - HISTORY_DAYS,
        last: today - 1,
    })
}

/// What the days of `costs` came to, day by day.
pub(super) fn daily(days: Days, costs: impl Fn(i64) -> i128) -> Option<DailyCosts> {
    Some(DailyCosts {
        start: date(days.first)?,
        nanos: days
            .each()
            .map(|day| i64::try_from(costs(day)).unwrap_or(i64::MAX))
            .collect(),
    })
}

/// Everything together, by day.
pub(super) fn totals(costs: &BTreeMap<(i64, Sold), Cost>) -> BTreeMap<i64, i128> {
    let mut days = BTreeMap::new();
    for ((day, _), cost) in costs {
        *days.entry(*day).or_insert(0_i128) += cost.nanos;
    }
    days
}

/// What is odd about the latest whole day, by model, user and feature, and which models have no price, today included.
pub(super) fn alerts(call: &Call<'_>) -> Result<Vec<Value>, SqlError> {
    let days = history(call)?;
    // A call without a price is told at once, a day's cost when the day is over.
    let with_today = Days {
        last: days.last + 1,
        ..days
    };
    let costs = by_model(call.sql, with_today)?;
    let mut by_name: BTreeMap<String, BTreeMap<i64, i128>> = BTreeMap::new();
    let mut unpriced: BTreeMap<Sold, (i64, i64)> = BTreeMap::new();
    for ((day, sold), cost) in &costs {
        if let (_, Some(model)) = sold {
            *by_name
                .entry(model.clone())
                .or_default()
                .entry(*day)
                .or_default() += cost.nanos;
        }
        if cost.unpriced > 0 {
            let first = unpriced.entry(sold.clone()).or_insert((*day, 0));
            first.0 = first.0.min(*day);
            first.1 += cost.unpriced;
        }
    }
    let mut dearest: Vec<(String, BTreeMap<i64, i128>)> = by_name.into_iter().collect();
    order::by_key(&mut dearest, |(_, days)| {
        std::cmp::Reverse(days.values().sum::<i128>())
    });
    dearest.truncate(usize::try_from(MOST_SERIES).unwrap_or_default());
    let mut series: Vec<Value> = dearest
        .iter()
        .map(|(model, costs)| watched("model", model, days, |day| of(costs, day)))
        .collect();
    for (kind, name) in [(3, "user"), (4, "feature")] {
        for (label, costs) in by_label(call.sql, kind, days, MOST_SERIES)? {
            let cost = |day| costs.get(&day).map_or(0, |cost| cost.nanos);
            series.push(watched(name, &label, days, cost));
        }
    }
    let unpriced: Vec<Value> = unpriced
        .iter()
        .map(|((provider, model), (day, events))| {
            json!({"provider": provider, "model": model, "firstSeen": date_text(*day), "events": events})
        })
        .collect();
    let question = json!({"series": series, "unpriced": unpriced});
    list(anomalies_json(&question.to_string()).ok(), "alerts")
}

fn of(costs: &BTreeMap<i64, i128>, day: i64) -> i128 {
    costs.get(&day).copied().unwrap_or_default()
}

fn watched(kind: &str, value: &str, days: Days, cost: impl Fn(i64) -> i128) -> Value {
    let nanos: Vec<String> = days.each().map(|day| cost(day).to_string()).collect();
    json!({"kind": kind, "value": value, "start": date_text(days.first), "dailyNanos": nanos})
}

/// What the usage of these days would have cost otherwise.
pub(super) fn savings(call: &Call<'_>, days: Days) -> Result<Value, SqlError> {
    let mut sold: BTreeMap<Sold, Cost> = BTreeMap::new();
    for ((_, of), cost) in by_model(call.sql, days)? {
        sold.entry(of).or_default().add(cost);
    }
    let mut used: BTreeMap<Sold, serde_json::Map<String, Value>> = BTreeMap::new();
    for of in buckets(call.sql, days)? {
        let quantity = decimal(of.micros);
        used.entry(of.sold)
            .or_default()
            .insert(of.bucket, quantity.into());
    }
    let row = |(sold, cost): (&Sold, &Cost)| {
        let (Some(provider), Some(model)) = sold else {
            return None;
        };
        let buckets = used.get(sold)?;
        let paid = (cost.unpriced == 0).then(|| cost.nanos.to_string());
        Some(
            json!({"provider": provider, "model": model, "events": cost.events, "costNanos": paid, "buckets": buckets}),
        )
    };
    let usage: Vec<Value> = sold.iter().filter_map(row).collect();
    let question = json!({
        "usage": usage,
        "at": instant(call.ctx.now_ms),
        "from": date_text(days.first),
        "to": date_text(days.last),
    });
    let own = call.tenant.own_prices(call.sql)?;
    let answer = savings_json_by(&question.to_string(), own.as_deref()).map_err(|_| broken())?;
    serde_json::from_str(&answer).map_err(|_| broken())
}

/// Millionths as decimal text.
fn decimal(micros: i128) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

fn list(answer: Option<String>, name: &str) -> Result<Vec<Value>, SqlError> {
    let answer = answer.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    match answer.and_then(|mut answer| answer.get_mut(name).map(Value::take)) {
        Some(Value::Array(items)) => Ok(items),
        _ => Err(broken()),
    }
}
