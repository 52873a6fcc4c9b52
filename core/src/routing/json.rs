//! The question and the answer as JSON, the same in every language.

use super::candidate::{CallCost, Candidate, Need, cost};
use super::decide::{Priority, choose};
use super::quality::{CLASS_NAMES, Capable, Class, LIMITS, capable, capable_models};
use super::tokens::{TokenEstimate, estimate_tokens};
use crate::event::FieldError;
use crate::money::Nanos;
use crate::pricing::TenantPrices;
use crate::provider::provider_named;
use crate::question::{self, Fields};
use serde_json::{Value, json};

/// The most entries of a list in a question.
const MAX_ENTRIES: usize = 1_000;

/// Tokens of an answer where nothing is known of it.
const USUAL_OUTPUT: u64 = 500;

const MODALITIES: [&str; 4] = ["text", "image", "audio", "video"];

const FIELDS: [&str; 14] = [
    "prompt",
    "inputTokens",
    "outputTokens",
    "modalities",
    "priority",
    "qualityRequirement",
    "maxLatencyMs",
    "maxCostNanos",
    "providers",
    "models",
    "latencies",
    "current",
    "ownPrices",
    "at",
];

/// Answers
/// `{"prompt": "…" or "inputTokens": n, "outputTokens"?, "modalities"?: ["text", "image"], "priority"?, "qualityRequirement"?,
/// "maxLatencyMs"?, "maxCostNanos"?, "providers"?: […], "models"?: […], "latencies"?: [{"provider", "model", "latencyMs"}],
/// "current"?: {"provider", "model"}, "ownPrices"?, "at": time}`
/// with `{"decision": {…} or null, "reason", "requirement", "tokens", "considered": […], "against"}`.
///
/// `priority` is `cost` (the default), `quality`, `latency` or `balanced`. `qualityRequirement` is `low`, `medium`,
/// `high` or `highest`, or the name of a class; without it the class of `current` is kept, or `standard` asked for.
/// `providers` and `models` narrow the choice. Latencies are the asker's own; nobody else's are known here.
pub fn route_json(question: &str) -> Result<String, FieldError> {
    route_json_by(question, None)
}

/// The same by own prices that are at hand already; those of the question are not looked at.
pub fn route_json_by(question: &str, own: Option<&TenantPrices>) -> Result<String, FieldError> {
    let value = question::parse(question)?;
    let fields = Fields::of(&value, "", &FIELDS)?;
    let current = current(&fields)?;
    let (least_class, why) = requirement(&fields, current)?;
    let priority = fields
        .choice("priority", &Priority::NAMES)?
        .and_then(Priority::named)
        .unwrap_or(Priority::Cost);
    let stated;
    let own = if let Some(own) = own {
        own
    } else {
        stated = own_prices(&fields)?;
        &stated
    };
    let need = need(&fields, least_class, own)?;
    let latencies = latencies(&fields)?;
    let mut candidates = Vec::new();
    for model in choice(&fields)? {
        let latency = latencies
            .iter()
            .find(|(known, _)| std::ptr::eq(*known, model))
            .map(|(_, latency)| *latency);
        candidates.push(Candidate::of(model, latency, &need));
    }
    let chosen = choose(&candidates, priority, &need);
    let reason = reason(&candidates, chosen, priority, &need, why);
    let decision = chosen.and_then(|position| candidates.get(position));
    let answer = json!({
        "decision": decision.map(|candidate| decision_json(candidate, &reason)),
        "reason": reason,
        "priority": priority.as_str(),
        "requirement": { "quality": least_class.as_str(), "from": why },
        "tokens": {
            "input": need.input.likely,
            "inputLow": need.input.low,
            "inputHigh": need.input.high,
            "output": need.output,
            "isEstimate": fields.value("inputTokens").is_none(),
        },
        "considered": considered(&candidates, chosen, &need),
        "against": against(current, decision, &need),
        "limitsFrom": format!("{}, checked {}", LIMITS.0, LIMITS.1),
    });
    Ok(answer.to_string())
}

type Named<'a> = (&'a str, &'a str);

fn current<'a>(fields: &Fields<'a>) -> Result<Option<Named<'a>>, FieldError> {
    let Some(value) = fields.value("current") else {
        return Ok(None);
    };
    let current = Fields::of(value, "current", &["provider", "model"])?;
    Ok(Some((
        current.needed_text("provider")?,
        current.needed_text("model")?,
    )))
}

fn requirement(
    fields: &Fields<'_>,
    current: Option<Named<'_>>,
) -> Result<(Class, &'static str), FieldError> {
    let asked = fields
        .choice("qualityRequirement", &CLASS_NAMES)?
        .and_then(Class::named);
    if let Some(class) = asked {
        return Ok((class, "asked"));
    }
    let of_current = current.and_then(|(provider, model)| capable(provider, model));
    Ok(match of_current {
        Some(model) => (model.class, "current"),
        None => (Class::Standard, "default"),
    })
}

fn need<'a>(
    fields: &Fields<'a>,
    least_class: Class,
    own_prices: &'a TenantPrices,
) -> Result<Need<'a>, FieldError> {
    let input = match (fields.whole("inputTokens")?, fields.text("prompt")?) {
        (Some(tokens), _) => TokenEstimate::exactly(tokens),
        (None, Some(prompt)) => estimate_tokens(prompt),
        (None, None) => {
            return Err(FieldError::missing("prompt", "a text, or inputTokens"));
        }
    };
    let modalities = fields.texts("modalities", MAX_ENTRIES)?;
    if let Some(unknown) = modalities.iter().find(|m| !MODALITIES.contains(m)) {
        let expected = format!("some of {}, not {unknown}", MODALITIES.join(", "));
        return Err(fields.wrong("modalities", &expected));
    }
    let at_ms = fields
        .instant("at")?
        .ok_or_else(|| FieldError::missing("at", "a time such as 2026-01-31T12:00:00Z"))?;
    let day = jiff::Timestamp::from_millisecond(at_ms)
        .map_err(|_| fields.wrong("at", "a time"))?
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    Ok(Need {
        input,
        output: fields.whole("outputTokens")?.unwrap_or(USUAL_OUTPUT),
        modalities: modalities.into_iter().filter(|m| *m != "text").collect(),
        least_class,
        max_latency_ms: fields.whole("maxLatencyMs")?,
        max_cost_nanos: fields.nanos("maxCostNanos")?.map(Nanos::get),
        at_ms,
        day,
        own_prices,
    })
}

/// The asker's own prices; none where they are absent.
pub(crate) fn own_prices(fields: &Fields<'_>) -> Result<TenantPrices, FieldError> {
    match fields.value("ownPrices") {
        None => Ok(TenantPrices::default()),
        Some(value) => TenantPrices::from_json(&value.to_string()).map_err(|error| {
            let place = format!("ownPrices.{}", error.field);
            FieldError::expected(place, error.expected)
        }),
    }
}

/// The models to choose from.
fn choice(fields: &Fields<'_>) -> Result<Vec<&'static Capable>, FieldError> {
    let providers = fields.texts("providers", MAX_ENTRIES)?;
    let providers: Vec<&str> = providers
        .into_iter()
        .map(|provider| provider_named(provider).unwrap_or(provider))
        .collect();
    let models = fields.texts("models", MAX_ENTRIES)?;
    let is_wanted = |row: &&'static Capable| {
        let of_provider = providers.is_empty() || providers.contains(&row.provider);
        let is_named = |model: &&str| {
            capable(row.provider, model).is_some_and(|named| std::ptr::eq(named, *row))
        };
        of_provider && (models.is_empty() || models.iter().any(is_named))
    };
    Ok(capable_models().iter().filter(is_wanted).collect())
}

fn latencies(fields: &Fields<'_>) -> Result<Vec<(&'static Capable, u64)>, FieldError> {
    let known = ["provider", "model", "latencyMs"];
    let mut latencies = Vec::new();
    for entry in fields.objects("latencies", MAX_ENTRIES, &known)? {
        let (provider, model) = (entry.needed_text("provider")?, entry.needed_text("model")?);
        let latency = entry
            .whole("latencyMs")?
            .ok_or_else(|| FieldError::missing(&entry.place("latencyMs"), "whole milliseconds"))?;
        if let Some(model) = capable(provider, model) {
            latencies.push((model, latency));
        }
    }
    Ok(latencies)
}

fn reason(
    candidates: &[Candidate],
    chosen: Option<usize>,
    priority: Priority,
    need: &Need<'_>,
    why: &str,
) -> String {
    let adequate = candidates.iter().filter(|c| c.rejected.is_empty()).count();
    let Some(candidate) = chosen.and_then(|position| candidates.get(position)) else {
        return format!(
            "None of {} models is adequate; what each lacks stands beside it",
            candidates.len()
        );
    };
    let first = match priority {
        Priority::Cost => "Cheapest",
        Priority::Quality => "Most capable, then cheapest,",
        Priority::Latency => "Quickest",
        Priority::Balanced => "Best balance of cost and latency",
    };
    let class = candidate.model.class.as_str();
    let asked = match why {
        "asked" => "as asked",
        "current" => "as capable as the current model",
        _ => "as usual where nothing is asked",
    };
    let latency = match (candidate.latency_ms, need.max_latency_ms) {
        (Some(latency), Some(most)) => format!(", measured latency {latency} ms within {most} ms"),
        (None, Some(most)) => {
            format!(", no measurements say whether it answers within {most} ms")
        }
        _ => String::new(),
    };
    format!(
        "{first} of {adequate} adequate models: quality {class}, at least {} {asked}{latency}",
        need.least_class.as_str()
    )
}

fn cost_json(cost: Option<CallCost>) -> Value {
    match cost {
        None => Value::Null,
        Some(cost) => json!({
            "cost": Nanos::new(cost.likely),
            "costNanos": cost.likely.to_string(),
            "lowNanos": cost.low.to_string(),
            "highNanos": cost.high.to_string(),
        }),
    }
}

fn decision_json(candidate: &Candidate, reason: &str) -> Value {
    json!({
        "provider": candidate.model.provider,
        "model": candidate.model.id,
        "quality": candidate.model.class.as_str(),
        "reason": reason,
        "estimatedCost": cost_json(candidate.cost),
        "latencyMs": candidate.latency_ms,
    })
}

fn considered(candidates: &[Candidate], chosen: Option<usize>, need: &Need<'_>) -> Vec<Value> {
    let one = |(position, candidate): (usize, &Candidate)| {
        let mut reasons = candidate.rejected.clone();
        let outcome = if chosen == Some(position) {
            "chosen"
        } else if reasons.is_empty() {
            if !candidate.keeps_latency(need) && candidate.latency_ms.is_none() {
                reasons.push("its latency is not known".to_owned());
            }
            "adequate"
        } else {
            "rejected"
        };
        json!({
            "provider": candidate.model.provider,
            "model": candidate.model.id,
            "quality": candidate.model.class.as_str(),
            "qualityFrom": candidate.model.page,
            "estimatedCost": cost_json(candidate.cost),
            "latencyMs": candidate.latency_ms,
            "outcome": outcome,
            "reasons": reasons,
        })
    };
    candidates.iter().enumerate().map(one).collect()
}

/// How the decision lies to the current model; `null` without either.
fn against(current: Option<Named<'_>>, decision: Option<&Candidate>, need: &Need<'_>) -> Value {
    let (Some((provider, model)), Some(decision)) = (current, decision) else {
        return Value::Null;
    };
    let seller = provider_named(provider).unwrap_or(provider);
    let row = capable(seller, model);
    let cost = cost(seller, model, need);
    let saved = cost
        .zip(decision.cost)
        .map(|(current, decided)| current.likely - decided.likely);
    let is_same = row.is_some_and(|row| {
        row.id == decision.model.id && (row.provider == seller || seller == decision.model.provider)
    });
    let change = match row.map(|row| row.class.cmp(&decision.model.class)) {
        _ if is_same => "none",
        None => "unknown",
        Some(std::cmp::Ordering::Less) => "quality_upgrade",
        _ if saved.is_some_and(|saved| saved > 0) => "cost_downgrade",
        Some(_) => "sideways",
    };
    json!({
        "provider": provider,
        "model": model,
        "quality": row.map(|row| row.class.as_str()),
        "estimatedCost": cost_json(cost),
        "savedNanos": saved.map(|saved| saved.to_string()),
        "change": change,
    })
}
