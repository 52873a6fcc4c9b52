//! `POST /routing/context-aware`: which model should answer, decided by the core, counted here.

use super::days::{Days, instant};
use super::decision::id_of;
use super::run::{body, text, wrong};
use super::sums::runs;
use crate::http::{Problem, json};
use crate::ledger::Told;
use crate::router::{Answer, Call};
use crate::sql::SqlError;
use crate::tenant::{Change, LatencyOf};
use bearlumen_core::error::ErrorCode;
use bearlumen_core::routing::{self, EstimatedCost, Routed, capable, route};
use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value, json as value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Days whose measured latencies count.
const LATENCY_DAYS: i64 = 7;

/// Which model should answer, and why.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "Routed")
)]
pub(super) struct Answered<'a> {
    /// Some model is adequate.
    success: bool,
    /// Null when no model is adequate.
    decision: Option<Decision<'a>>,
    /// Why, in a sentence.
    reason: &'a str,
    /// `cost`, `quality`, `latency` or `balanced`.
    priority: &'a str,
    /// The least quality class, and whether it was asked for, is that of the current model, or the usual one.
    #[cfg_attr(feature = "openapi", schemars(with = "super::shape::Requirement"))]
    requirement: &'a routing::Requirement,
    /// The prompt's tokens, estimated with bounds, and the output's.
    #[cfg_attr(feature = "openapi", schemars(with = "super::shape::Tokens"))]
    tokens: &'a routing::Tokens,
    /// Every model that was looked at, with what it would cost and what it lacks.
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<super::shape::Considered>"))]
    considered: &'a [routing::Considered],
    /// How the decision lies to the current model; null without one.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<super::shape::Against>"))]
    against: Option<&'a routing::Against<'a>>,
    /// Who states how much fits into the models.
    limits_from: &'a str,
}

/// The model to take.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "RoutingDecision")
)]
struct Decision<'a> {
    /// For the run that follows it, as `routingDecisionId`.
    id: String,
    provider: &'a str,
    model: &'a str,
    /// `basic`, `standard`, `high` or `top`, as the vendor places it.
    quality: &'a str,
    reason: &'a str,
    /// US dollars for the estimated tokens, and nano-dollars at their bounds.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<super::shape::EstimatedCost>")
    )]
    estimated_cost: Option<EstimatedCost>,
    /// The mean of the organisation's own runs; null when none was measured.
    latency_ms: Option<u64>,
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
    let prices = &mut *call.tenant.routing_prices().borrow_mut();
    let routed = route(&question, own.as_deref(), prices)?;
    let decision = match &routed.decision {
        Some(decision) => Some(Decision {
            id: counted(call, decision.model, &routed)?,
            provider: decision.provider,
            model: decision.model,
            quality: decision.quality,
            reason: &decision.reason,
            estimated_cost: decision.estimated_cost,
            latency_ms: decision.latency_ms,
        }),
        None => None,
    };
    Ok(json(
        StatusCode::OK,
        &Answered {
            success: decision.is_some(),
            decision,
            reason: &routed.reason,
            priority: routed.priority,
            requirement: &routed.requirement,
            tokens: &routed.tokens,
            considered: &routed.considered,
            against: routed.against.as_ref(),
            limits_from: &routed.limits_from,
        },
    ))
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
    let latencies: Vec<Value> = latencies(call)?
        .iter()
        .map(|(provider, model, latency)| {
            value!({"provider": provider, "model": model, "latencyMs": latency})
        })
        .collect();
    question.insert("latencies".to_owned(), latencies.into());
    question.insert("at".to_owned(), instant(call.ctx.now_ms).into());
    Ok(Value::Object(question))
}

/// The organisation's own latencies by model, under whatever names and sellers its runs came.
fn latencies(call: &Call<'_>) -> Result<Rc<[LatencyOf]>, SqlError> {
    let days = Days::latest(call, LATENCY_DAYS)?;
    let known = call.tenant.latencies();
    if let Some(latencies) = known.of_day(days.last) {
        return Ok(latencies);
    }
    let mut by_model: BTreeMap<(&'static str, &'static str), Told> = BTreeMap::new();
    for ((provider, model), runs) in runs(call, days)? {
        if let (Some(provider), Some(model)) = (provider, model)
            && let Some(row) = capable(&provider, &model)
        {
            by_model
                .entry((row.provider, row.id))
                .or_default()
                .add(runs);
        }
    }
    let latencies: Rc<[LatencyOf]> = by_model
        .into_iter()
        .filter_map(|((provider, model), runs)| {
            let latency = u64::try_from(runs.average_latency()?).ok()?;
            Some((provider, model, latency))
        })
        .collect();
    known.keep(days.last, &latencies);
    Ok(latencies)
}

/// Counts the decision and gives it the id that proves it.
fn counted(call: &Call<'_>, model: &str, routed: &Routed<'_>) -> Result<String, Problem> {
    let change = match routed.against.as_ref().map(|against| against.change) {
        Some("quality_upgrade") => Change::QualityUpgrade,
        Some("cost_downgrade") => Change::CostDowngrade,
        _ => Change::None,
    };
    let (day, ctx) = (Days::today(call)?, call.ctx);
    let decisions = call.tenant.decisions();
    let made = decisions.count(day, change, &ctx.entropy, ctx.now_ms);
    id_of(&made, model, call.organization, ctx.settings)
        .ok_or_else(|| Problem::new(ErrorCode::InternalError, "The decision has no id"))
}
