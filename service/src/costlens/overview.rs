//! `GET /analytics/overview` and `GET /usage`.

use super::days::{Days, date_text};
use super::plan::allowance;
use super::sums::{Cost, by_model, events, runs, tokens};
use crate::http::json;
use crate::ledger::Told;
use crate::report::{count, dollars, mean, percent};
use crate::router::{Answer, Call};
use bearlumen_core::order;
use http::StatusCode;
use serde::Serialize;
use std::collections::BTreeMap;

/// Runs and their cost over a range of days.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Overview {
    total_runs: i64,
    /// US dollars, as far as they are known; null when no run has a price.
    total_cost: Option<f64>,
    total_tokens: i64,
    /// US dollars, over the runs with a price; null without any.
    avg_cost_per_run: Option<f64>,
    /// Per cent of the runs that said so; null when none did.
    success_rate: Option<f64>,
    /// Milliseconds, over the runs that were measured; null when none was.
    avg_latency: Option<i64>,
    daily_data: Vec<Day>,
    by_model: Vec<ByModel>,
    by_provider: Vec<ByProvider>,
    /// Runs without a price, which the cost lacks.
    unpriced_runs: i64,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Day {
    /// Of the organisation's calendar.
    date: String,
    runs: i64,
    cost: Option<f64>,
    tokens: i64,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct ByModel {
    model: Option<String>,
    runs: i64,
    cost: Option<f64>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct ByProvider {
    provider: Option<String>,
    runs: i64,
    cost: Option<f64>,
}

/// `GET /analytics/overview`
pub(super) fn overview(call: &Call<'_>) -> Answer {
    let days = Days::asked(call)?;
    let costs = by_model(call.sql, days)?;
    let tokens = tokens(call.sql, days)?;
    let told = all(runs(call, days)?.into_values());
    let mut total = Cost::default();
    let mut daily: BTreeMap<i64, Cost> = BTreeMap::new();
    let mut models: BTreeMap<Option<String>, Cost> = BTreeMap::new();
    let mut providers: BTreeMap<Option<String>, Cost> = BTreeMap::new();
    for ((day, (provider, model)), cost) in costs {
        total.add(cost);
        daily.entry(day).or_default().add(cost);
        models.entry(model).or_default().add(cost);
        providers.entry(provider).or_default().add(cost);
    }
    let shown = |cost: Cost| cost.known().map(dollars);
    let day = |day: i64| {
        let cost = daily.get(&day).copied().unwrap_or_default();
        Day {
            date: date_text(day),
            runs: cost.events,
            cost: shown(cost),
            tokens: count(tokens.get(&day).copied().unwrap_or_default()),
        }
    };
    let priced = total.events - total.unpriced;
    Ok(json(
        StatusCode::OK,
        &Overview {
            total_runs: total.events,
            total_cost: shown(total),
            total_tokens: count(tokens.values().sum()),
            avg_cost_per_run: mean(total.nanos, i128::from(priced)),
            success_rate: rate(told),
            avg_latency: told.average_latency(),
            daily_data: days.each().map(day).collect(),
            by_model: dearest_first(models)
                .map(|(model, cost)| ByModel {
                    model,
                    runs: cost.events,
                    cost: shown(cost),
                })
                .collect(),
            by_provider: dearest_first(providers)
                .map(|(provider, cost)| ByProvider {
                    provider,
                    runs: cost.events,
                    cost: shown(cost),
                })
                .collect(),
            unpriced_runs: total.unpriced,
        },
    ))
}

/// Everything that runs told.
pub(super) fn all(runs: impl IntoIterator<Item = Told>) -> Told {
    runs.into_iter().fold(Told::default(), |mut sum, one| {
        sum.add(one);
        sum
    })
}

/// How many succeeded, in per cent; `None` where no run told.
pub(super) fn rate(runs: Told) -> Option<f64> {
    (runs.runs > 0).then(|| percent(i128::from(runs.succeeded), i128::from(runs.runs)))
}

/// The dearest first; equals in a fixed order.
pub(super) fn dearest_first<K: Ord>(costs: BTreeMap<K, Cost>) -> impl Iterator<Item = (K, Cost)> {
    let mut list: Vec<(K, Cost)> = costs.into_iter().collect();
    order::by_key(&mut list, |(_, cost)| std::cmp::Reverse(cost.nanos));
    list.into_iter()
}

/// The plan and what is used of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct PlanUsage {
    plan: String,
    runs_this_month: i64,
    /// Null when the plan has no limit.
    runs_limit: Option<i64>,
    /// Null when the plan has no limit.
    percent_used: Option<f64>,
}

/// `GET /usage`
pub(super) fn usage(call: &Call<'_>) -> Answer {
    let organization = call.tenant.organization(call.sql)?;
    let used = events(call.sql, Days::month(call)?)?;
    let limit = allowance(&organization.plan).runs_a_month;
    Ok(json(
        StatusCode::OK,
        &PlanUsage {
            plan: organization.plan.clone(),
            runs_this_month: used,
            runs_limit: limit,
            percent_used: limit.map(|limit| percent(i128::from(used), i128::from(limit))),
        },
    ))
}
