//! `GET /cost/predictive`: what is coming, what is odd, what would have been cheaper.

use super::advice::{alerts, daily, history, savings, totals};
use super::days::Days;
use super::sums::by_model;
use crate::budgets;
use crate::http::json;
use crate::report::units;
use crate::router::{Answer, Call};
use crate::sql::SqlError;
use bearlumen_core::forecast::{Direction, Forecast, Level, forecast, usd};
use bearlumen_core::money::Nanos;
use bearlumen_core::order;
use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

/// Days that recommendations are computed from.
const DAYS: i64 = 30;

/// Recommendations that are told, the greatest savings.
const MOST: usize = 5;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Predictive {
    success: bool,
    /// With `type=forecast` or without a type.
    #[serde(skip_serializing_if = "Option::is_none")]
    forecast: Option<Projected>,
    /// Unless only recommendations are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    alerts: Option<Vec<Alert>>,
    /// Unless only alerts are asked for: one sentence each, with what it would have saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    recommendations: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Projected {
    /// US dollars in the next 30 days; null with too little data.
    projected_monthly_cost: Option<f64>,
    /// `up`, `down` or `stable`; null with too little data.
    trend: Option<&'static str>,
    /// From 0 to 1, defined in docs/forecast.md; null with too little data.
    confidence: Option<f64>,
    /// US dollars in the next `windowDays` days, and the interval that holds it in 80 of 100 cases.
    projected_cost: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    window_days: i64,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Alert {
    /// `spend`; `budget` for one that will not last; `unpriced` for calls without a price.
    r#type: &'static str,
    /// `info`, `warning` or `critical`.
    level: String,
    message: String,
}

/// `GET /cost/predictive`
pub(super) fn predictive(call: &Call<'_>) -> Answer {
    let query = call.query();
    let days = query.integer("window_days", 30);
    let kind = query.get(&["type"]).unwrap_or("forecast");
    let wants = |part: &str| kind == "forecast" || kind == part;
    let forecast = match kind {
        "forecast" => Some(projected(call, days)?),
        _ => None,
    };
    Ok(json(
        StatusCode::OK,
        &Predictive {
            success: true,
            forecast,
            alerts: wants("alerts").then(|| told(call)).transpose()?,
            recommendations: wants("recommendations")
                .then(|| recommended(call))
                .transpose()?,
        },
    ))
}

fn projected(call: &Call<'_>, window_days: i64) -> Result<Projected, SqlError> {
    let days = history(call)?;
    let costs = totals(&by_model(call.sql, days)?);
    let horizon = usize::try_from(window_days).unwrap_or(30);
    let answer = daily(days, |day| costs.get(&day).copied().unwrap_or_default())
        .map(|series| forecast(&series, horizon, Level::P80));
    let Some(Forecast::Projected(projection)) = answer else {
        return Ok(Projected {
            projected_monthly_cost: None,
            trend: None,
            confidence: None,
            projected_cost: None,
            low: None,
            high: None,
            window_days,
        });
    };
    let shown = |nanos: i64| Some(Nanos::new(nanos).to_usd_f64());
    Ok(Projected {
        projected_monthly_cost: shown(projection.next_30_days.expected),
        trend: Some(match projection.trend {
            Direction::Increasing => "up",
            Direction::Decreasing => "down",
            Direction::Stable => "stable",
        }),
        confidence: projection
            .confidence
            .map(|percent| units(i128::from(percent) * 10_000)),
        projected_cost: shown(projection.total.expected),
        low: shown(projection.total.low),
        high: shown(projection.total.high),
        window_days,
    })
}

fn told(call: &Call<'_>) -> Result<Vec<Alert>, SqlError> {
    let text = |alert: &Value, name: &str| {
        let text = alert.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let mut alerts = alerts(call)?;
    for budget in budgets::list(call.sql)? {
        alerts.extend_from_slice(budgets::course(call, &budget)?.alerts());
    }
    // The weightiest first.
    let weight = |alert: &Value| match alert.get("level").and_then(Value::as_str) {
        Some("critical") => 0,
        Some("warning") => 1,
        _ => 2,
    };
    order::by_key(&mut alerts, weight);
    Ok(alerts
        .iter()
        .map(|alert| Alert {
            r#type: match text(alert, "type").as_str() {
                "unpriced" => "unpriced",
                "budget" => "budget",
                _ => "spend",
            },
            level: text(alert, "level"),
            message: text(alert, "message"),
        })
        .collect())
}

fn recommended(call: &Call<'_>) -> Result<Vec<String>, SqlError> {
    let days = Days::latest(call, DAYS)?;
    let answer = savings(call, days)?;
    let found = answer
        .get("recommendations")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    // What keeps the quality stands before what does not, whatever that would have saved.
    let lowers = |one: &&Value| {
        let change = one.pointer("/quality/change").and_then(Value::as_str);
        !matches!(change, Some("same" | "higher"))
    };
    let mut found: Vec<&Value> = found.iter().collect();
    order::by_key(&mut found, lowers);
    let told = found.into_iter().take(MOST);
    Ok(told.map(|one| sentence(one, days)).collect())
}

fn sentence(recommendation: &Value, days: Days) -> String {
    let of = |name: &str| recommendation.get(name);
    let message = of("message").and_then(Value::as_str).unwrap_or_default();
    let saved = of("savedNanos")
        .and_then(Value::as_str)
        .and_then(|text| text.parse::<i64>().ok())
        .unwrap_or_default();
    let events = recommendation
        .pointer("/computedFrom/events")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    let assumed: Vec<&str> = of("assumptions")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let runs = if events == 1 { "run" } else { "runs" };
    format!(
        "{message}. It would have saved {} in {} days, computed from {events} {runs}; assumed is that {}",
        usd(saved),
        days.count(),
        assumed.join(", and that "),
    )
}
