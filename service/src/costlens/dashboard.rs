//! `GET /dashboard/stats`: the latest 30 days, today included, and what the next ones will cost.

use super::advice::{daily, history, savings, totals};
use super::days::Days;
use super::overview::{all, dearest_first};
use super::sums::{Cost, Sold, broken, by_model, runs};
use crate::http::json;
use crate::ledger::Told;
use crate::report::{dollars, units};
use crate::router::{Answer, Call};
use crate::sql::{Param, SqlError, Value};
use bearlumen_core::forecast::{Forecast, Level, MIN_DAYS, forecast};
use bearlumen_core::money::Nanos;
use bearlumen_core::routing::quality_of;
use http::StatusCode;
use serde::Serialize;
use std::collections::BTreeMap;

/// Days that the numbers are of.
const DAYS: i64 = 30;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Stats {
    success: bool,
    data: Data,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Data {
    total_runs: i64,
    /// US dollars, as far as they are known; null when no run has a price.
    total_cost: Option<f64>,
    savings: Savings,
    cost_forecast: CostForecast,
    routing_decisions: RoutingDecisions,
    provider_stats: Vec<ProviderStats>,
    /// Runs without a price, which the cost lacks.
    unpriced_runs: i64,
}

/// What other models of the same class or other ways of calling would have saved.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Savings {
    /// US dollars.
    total: f64,
    /// Per cent of the cost, in whole numbers.
    roi: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct CostForecast {
    /// US dollars; null with too little data.
    pub(super) next7_days: Option<f64>,
    pub(super) next30_days: Option<f64>,
    /// Per cent, defined in docs/forecast.md; null with too little data.
    pub(super) confidence: Option<u8>,
    /// `increasing`, `decreasing` or `stable`; null with too little data.
    pub(super) trend: Option<&'static str>,
    /// What the forecast found, or why there is none.
    pub(super) factors: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct RoutingDecisions {
    total: i64,
    /// Decisions that a run named and followed.
    enforced: i64,
    /// Decisions for a higher class than that of the model in use.
    quality_upgrades: i64,
    /// Decisions for a cheaper model than the one in use, of the class that was asked for.
    cost_downgrades: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct ProviderStats {
    provider: Option<String>,
    requests: i64,
    cost: Option<f64>,
    /// Milliseconds; null when no run was measured.
    avg_latency: Option<i64>,
    /// From 0 to 1; null when no run said so.
    success_rate: Option<f64>,
    /// The mean of the classes that the vendor gives the models used, a quarter for the lowest of four and 1 for the
    /// highest, by runs; null where no model has a class. A claim of vendors, not a measurement.
    quality_score: Option<f64>,
}

/// `GET /dashboard/stats`
pub(super) fn stats(call: &Call<'_>) -> Answer {
    let days = Days::latest(call, DAYS)?;
    let costs = by_model(call.sql, days)?;
    let told = runs(call, days)?;
    let mut total = Cost::default();
    let mut providers: BTreeMap<Option<String>, Cost> = BTreeMap::new();
    for ((_, (provider, _)), cost) in &costs {
        total.add(*cost);
        providers.entry(provider.clone()).or_default().add(*cost);
    }
    let saved = savings(call, days)?;
    let saved = saved
        .get("potentialNanos")
        .and_then(serde_json::Value::as_str)
        .and_then(|text| text.parse::<i128>().ok())
        .unwrap_or_default();
    let provider_stats = dearest_first(providers)
        .map(|(provider, cost)| of_provider(provider, cost, &costs, &told))
        .collect();
    Ok(json(
        StatusCode::OK,
        &Stats {
            success: true,
            data: Data {
                total_runs: total.events,
                total_cost: total.known().map(dollars),
                savings: Savings {
                    total: dollars(saved),
                    roi: i64::try_from((saved * 100 + total.nanos / 2) / total.nanos.max(1))
                        .unwrap_or_default(),
                },
                cost_forecast: cost_forecast(call)?,
                routing_decisions: decisions(call, days)?,
                provider_stats,
                unpriced_runs: total.unpriced,
            },
        },
    ))
}

/// The forecast of everything together.
pub(super) fn cost_forecast(call: &Call<'_>) -> Result<CostForecast, SqlError> {
    let days = history(call)?;
    let costs = totals(&by_model(call.sql, days)?);
    let series = daily(days, |day| costs.get(&day).copied().unwrap_or_default());
    let answer = series.map(|series| forecast(&series, 30, Level::P80));
    Ok(match answer {
        Some(Forecast::Projected(projection)) => CostForecast {
            next7_days: Some(Nanos::new(projection.next_7_days.expected).to_usd_f64()),
            next30_days: Some(Nanos::new(projection.next_30_days.expected).to_usd_f64()),
            confidence: projection.confidence,
            trend: Some(projection.trend.as_str()),
            factors: projection
                .factors
                .into_iter()
                .map(|factor| factor.message)
                .collect(),
        },
        Some(Forecast::TooLittleData(known)) => none(known),
        None => none(0),
    })
}

fn none(known: usize) -> CostForecast {
    CostForecast {
        next7_days: None,
        next30_days: None,
        confidence: None,
        trend: None,
        factors: vec![format!(
            "Too little data: a forecast needs {MIN_DAYS} whole days from the first cost on, there are {known}"
        )],
    }
}

fn decisions(call: &Call<'_>, days: Days) -> Result<RoutingDecisions, SqlError> {
    let rows = call.sql.query(
        "SELECT IFNULL(SUM(total), 0), IFNULL(SUM(followed), 0), IFNULL(SUM(upgrades), 0), IFNULL(SUM(downgrades), 0) \
         FROM routing_rollup WHERE slot BETWEEN ? AND ?",
        &[Param::Integer(days.first), Param::Integer(days.last)],
    )?;
    let Some(
        [
            Value::Integer(total),
            Value::Integer(enforced),
            Value::Integer(upgrades),
            Value::Integer(downgrades),
        ],
    ) = rows.first().map(Vec::as_slice)
    else {
        return Err(broken());
    };
    let unwritten = call.tenant.decisions().unwritten(days.first, days.last);
    Ok(RoutingDecisions {
        total: *total + unwritten.total,
        enforced: *enforced,
        quality_upgrades: *upgrades + unwritten.upgrades,
        cost_downgrades: *downgrades + unwritten.downgrades,
    })
}

fn of_provider(
    provider: Option<String>,
    cost: Cost,
    costs: &BTreeMap<(i64, Sold), Cost>,
    told: &BTreeMap<Sold, Told>,
) -> ProviderStats {
    let of_it = told.iter().filter(|((p, _), _)| *p == provider);
    let runs = all(of_it.map(|(_, runs)| *runs));
    // In millionths, by runs.
    let (mut quality, mut classed) = (0_i128, 0_i128);
    for ((_, (of, model)), cost) in costs {
        if let (true, Some(provider), Some(model)) = (*of == provider, of, model)
            && let Some(class) = quality_of(provider, model)
        {
            quality += (class as i128 + 1) * 250_000 * i128::from(cost.events);
            classed += i128::from(cost.events);
        }
    }
    let share = |part: i128, of: i128| (of > 0).then(|| units((part + of / 2) / of));
    ProviderStats {
        provider,
        requests: cost.events,
        cost: cost.known().map(dollars),
        avg_latency: runs.average_latency(),
        success_rate: share(
            i128::from(runs.succeeded) * 1_000_000,
            i128::from(runs.runs),
        ),
        quality_score: share(quality, classed),
    }
}
