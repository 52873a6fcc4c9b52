//! `POST /routing/context-aware`: which model should answer, decided by the core, remembered here.

use super::days::{Days, instant};
use super::run::{body, text, wrong};
use super::sums::{broken, runs};
use crate::http::{Problem, json};
use crate::router::{Answer, Call};
use crate::sql::{Param, SqlError};
use bearlumen_core::routing::route_json_by;
use data_encoding::HEXLOWER;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json as value};

/// Days whose measured latencies count.
const LATENCY_DAYS: i64 = 7;

/// Days that a decision waits for the run that follows it.
const REMEMBERED_DAYS: i64 = 30;

/// Which model should answer, and why.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Routed {
    /// Some model is adequate.
    #[serde(default)]
    success: bool,
    /// Null when no model is adequate.
    decision: Option<Decision>,
    /// Why, in a sentence.
    reason: String,
    /// `cost`, `quality`, `latency` or `balanced`.
    priority: String,
    /// The least quality class, and whether it was asked for, is that of the current model, or the usual one.
    requirement: Value,
    /// The prompt's tokens, estimated with bounds, and the output's.
    tokens: Value,
    /// Every model that was looked at, with what it would cost and what it lacks.
    considered: Value,
    /// How the decision lies to the current model; null without one.
    against: Value,
    /// Who states how much fits into the models.
    limits_from: String,
}

/// The model to take.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Decision {
    /// For the run that follows it, as `routingDecisionId`.
    #[serde(default)]
    id: String,
    provider: String,
    model: String,
    /// `basic`, `standard`, `high` or `top`, as the vendor places it.
    quality: String,
    reason: String,
    /// US dollars for the estimated tokens, and nano-dollars at their bounds.
    estimated_cost: Value,
    /// The mean of the organisation's own runs; null when none was measured.
    latency_ms: Option<i64>,
}

/// `POST /routing/context-aware`
pub(super) fn context_aware(call: &Call<'_>) -> Answer {
    let body = body(call)?;
    let none = Map::new();
    let preferences = match body.get("preferences") {
        None | Some(Value::Null) => &none,
        Some(Value::Object(preferences)) => preferences,
        Some(_) => return Err(wrong("preferences", "an object")),
    };
    let question = question(call, &body, preferences)?;
    let own = call.tenant.own_prices(call.sql)?;
    let answer = route_json_by(&question.to_string(), own.as_deref())?;
    let mut routed: Routed = serde_json::from_str(&answer).map_err(|_| broken())?;
    if let Some(decision) = &mut routed.decision {
        decision.id = remember(call, &decision.model, routed.against.get("change"))?;
        routed.success = true;
    }
    Ok(json(StatusCode::OK, &routed))
}

/// What is asked of the core: the client's wishes, and what it measured itself.
fn question(
    call: &Call<'_>,
    body: &Map<String, Value>,
    preferences: &Map<String, Value>,
) -> Result<Value, Problem> {
    let mut question = Map::new();
    for name in ["prompt", "inputTokens", "outputTokens", "modalities"] {
        if let Some(value) = body.get(name) {
            question.insert(name.to_owned(), value.clone());
        }
    }
    for name in [
        "priority",
        "maxLatencyMs",
        "qualityRequirement",
        "maxCostNanos",
        "providers",
        "models",
    ] {
        if let Some(value) = preferences.get(name) {
            question.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(model) = text(preferences, "currentModel")? {
        let provider = text(preferences, "currentProvider")?
            .ok_or_else(|| wrong("currentProvider", "the provider of currentModel"))?;
        question.insert(
            "current".to_owned(),
            value!({"provider": provider, "model": model}),
        );
    }
    let days = Days::latest(call, LATENCY_DAYS)?;
    let latencies: Vec<Value> = runs(call.sql, days)?
        .into_iter()
        .filter_map(|((provider, model), runs)| {
            let latency = runs.average_latency()?;
            Some(value!({"provider": provider?, "model": model?, "latencyMs": latency}))
        })
        .collect();
    question.insert("latencies".to_owned(), latencies.into());
    question.insert("at".to_owned(), instant(call.ctx.now_ms).into());
    Ok(Value::Object(question))
}

/// Counts the decision and keeps it for the run that may name it.
fn remember(call: &Call<'_>, model: &str, change: Option<&Value>) -> Result<String, SqlError> {
    let id = format!("rd_{}", hex(&call.ctx.entropy));
    let day = Days::today(call)?;
    let change = change.and_then(Value::as_str).unwrap_or_default();
    let (upgrade, downgrade) = (change == "quality_upgrade", change == "cost_downgrade");
    call.tenant.transaction(call.sql, &mut || {
        call.sql.execute(
            "INSERT INTO routing_decision (id, slot, model, followed) VALUES (?, ?, ?, 0)",
            &[Param::Text(&id), Param::Integer(day), Param::Text(model)],
        )?;
        call.sql.execute(
            "INSERT INTO routing_rollup (slot, total, followed, upgrades, downgrades) VALUES (?, 1, 0, ?, ?) \
             ON CONFLICT (slot) DO UPDATE SET total = total + 1, upgrades = upgrades + excluded.upgrades, \
             downgrades = downgrades + excluded.downgrades",
            &[
                Param::Integer(day),
                Param::Integer(i64::from(upgrade)),
                Param::Integer(i64::from(downgrade)),
            ],
        )?;
        call.sql.execute(
            "DELETE FROM routing_decision WHERE slot < ?",
            &[Param::Integer(day - REMEMBERED_DAYS)],
        )
    })?;
    Ok(id)
}

/// 96 bits, which nobody has twice.
fn hex(entropy: &[u8; 32]) -> String {
    HEXLOWER.encode(entropy.get(20..).unwrap_or_default())
}
