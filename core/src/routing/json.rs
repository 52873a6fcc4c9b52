//! The question and the answer as JSON, the same in every language.

use super::candidate::{CallCost, Candidate, Need, Prices, cost};
use super::decide::{Priority, choose};
use super::quality::{CLASS_NAMES, Capable, Class, LIMITS, capable, capable_models};
use super::tokens::{TokenEstimate, estimate_tokens};
use crate::event::FieldError;
use crate::money::Nanos;
use crate::pricing::TenantPrices;
use crate::provider::provider_named;
use crate::question::{self, Fields};
use serde::{Serialize, Serializer};
use serde_json::Value;

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
    let question = question::parse(question)?;
    let answer = route(&question, None, &mut Prices::default())?;
    serde_json::to_string(&answer).map_err(|_| FieldError::expected("body", "a JSON object"))
}

/// The same of a question that was read already, by own prices that are at hand; those of the question are not looked
/// at then. `prices` are kept from question to question.
pub fn route<'a>(
    question: &'a Value,
    own: Option<&TenantPrices>,
    prices: &mut Prices,
) -> Result<Routed<'a>, FieldError> {
    let fields = Fields::of(question, "", &FIELDS)?;
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
    for (position, model) in choice(&fields)? {
        let latency = latencies
            .iter()
            .find(|(known, _)| std::ptr::eq(*known, model))
            .map(|(_, latency)| *latency);
        let ready = prices.ready(position, &need);
        candidates.push(Candidate::of(model, latency, &need, ready));
    }
    let chosen = choose(&candidates, priority, &need);
    let reason = reason(&candidates, chosen, priority, &need, why);
    let decision = chosen.and_then(|position| candidates.get(position));
    Ok(Routed {
        decision: decision.map(|candidate| Decision::of(candidate, &reason)),
        priority: priority.as_str(),
        requirement: Requirement {
            quality: least_class.as_str(),
            from: why,
        },
        tokens: Tokens {
            input: need.input.likely,
            input_low: need.input.low,
            input_high: need.input.high,
            output: need.output,
            is_estimate: fields.value("inputTokens").is_none(),
        },
        against: against(current, decision, &need),
        considered: considered(candidates, chosen, &need),
        reason,
        limits_from: limits_from(),
    })
}

/// Which model should answer, and why.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Routed<'a> {
    /// Absent when no model is adequate.
    pub decision: Option<Decision>,
    /// Why, in a sentence.
    pub reason: String,
    /// `cost`, `quality`, `latency` or `balanced`.
    pub priority: &'static str,
    /// The least quality class.
    pub requirement: Requirement,
    /// What the call is reckoned with.
    pub tokens: Tokens,
    /// Every model that was looked at.
    pub considered: Vec<Considered>,
    /// How the decision lies to the current model; absent without either.
    pub against: Option<Against<'a>>,
    /// Who states how much fits into the models.
    pub limits_from: String,
}

/// The model to take.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Who sells it.
    pub provider: &'static str,
    /// Its name in the price catalogue.
    pub model: &'static str,
    /// `basic`, `standard`, `high` or `top`.
    pub quality: &'static str,
    /// Why, in a sentence.
    pub reason: String,
    /// What the call would cost.
    pub estimated_cost: Option<EstimatedCost>,
    /// The asker's own, if it was measured.
    pub latency_ms: Option<u64>,
}

impl Decision {
    fn of(candidate: &Candidate, reason: &str) -> Self {
        Self {
            provider: candidate.model.provider,
            model: candidate.model.id,
            quality: candidate.model.class.as_str(),
            reason: reason.to_owned(),
            estimated_cost: candidate.cost.map(EstimatedCost::of),
            latency_ms: candidate.latency_ms,
        }
    }
}

/// A class, and why it is asked for.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Requirement {
    /// `basic`, `standard`, `high` or `top`.
    pub quality: &'static str,
    /// `asked`, `current` or `default`.
    pub from: &'static str,
}

/// Tokens of the prompt, between their bounds, and of the output.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tokens {
    /// The best guess.
    pub input: u64,
    /// The least.
    pub input_low: u64,
    /// The most.
    pub input_high: u64,
    /// Of the output.
    pub output: u64,
    /// Whether the input was estimated from the prompt's characters.
    pub is_estimate: bool,
}

/// A model and how it fares.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Considered {
    /// Who sells it.
    pub provider: &'static str,
    /// Its name in the price catalogue.
    pub model: &'static str,
    /// Where its vendor places it.
    pub quality: &'static str,
    /// The vendor's page that says so.
    pub quality_from: &'static str,
    /// What the call would cost; absent without a price.
    pub estimated_cost: Option<EstimatedCost>,
    /// The asker's own, if it was measured.
    pub latency_ms: Option<u64>,
    /// `chosen`, `adequate` or `rejected`.
    pub outcome: &'static str,
    /// What it lacks, or what is not known of it.
    pub reasons: Vec<String>,
}

/// The current model beside the decision.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Against<'a> {
    /// As asked.
    pub provider: &'a str,
    /// As asked.
    pub model: &'a str,
    /// Where its vendor places it, if that is known.
    pub quality: Option<&'static str>,
    /// What the call would cost with it.
    pub estimated_cost: Option<EstimatedCost>,
    /// What the decision saves, negative where it costs more.
    #[serde(serialize_with = "as_text")]
    pub saved_nanos: Option<i64>,
    /// `none`, `unknown`, `quality_upgrade`, `cost_downgrade` or `sideways`.
    pub change: &'static str,
}

/// What a call would cost, at its likely tokens and at their bounds.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EstimatedCost {
    /// US dollars.
    pub cost: Nanos,
    /// The same, exactly.
    #[serde(serialize_with = "text")]
    pub cost_nanos: i64,
    /// At the least tokens.
    #[serde(serialize_with = "text")]
    pub low_nanos: i64,
    /// At the most.
    #[serde(serialize_with = "text")]
    pub high_nanos: i64,
}

impl EstimatedCost {
    const fn of(cost: CallCost) -> Self {
        Self {
            cost: Nanos::new(cost.likely),
            cost_nanos: cost.likely,
            low_nanos: cost.low,
            high_nanos: cost.high,
        }
    }
}

/// Decimal text, since a JSON number of this size may not be read exactly.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "asked for by serde")]
fn text<S: Serializer>(number: &i64, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(number)
}

#[expect(clippy::ref_option, reason = "asked for by serde")]
fn as_text<S: Serializer>(number: &Option<i64>, to: S) -> Result<S::Ok, S::Error> {
    match number {
        Some(number) => to.collect_str(number),
        None => to.serialize_none(),
    }
}

fn limits_from() -> String {
    format!("{}, checked {}", LIMITS.0, LIMITS.1)
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

/// The models to choose from, by their places in the table.
fn choice(fields: &Fields<'_>) -> Result<Vec<(usize, &'static Capable)>, FieldError> {
    let providers = fields.texts("providers", MAX_ENTRIES)?;
    let providers: Vec<&str> = providers
        .into_iter()
        .map(|provider| provider_named(provider).unwrap_or(provider))
        .collect();
    let models = fields.texts("models", MAX_ENTRIES)?;
    let is_wanted = |(_, row): &(usize, &'static Capable)| {
        let of_provider = providers.is_empty() || providers.contains(&row.provider);
        let is_named = |model: &&str| {
            capable(row.provider, model).is_some_and(|named| std::ptr::eq(named, *row))
        };
        of_provider && (models.is_empty() || models.iter().any(is_named))
    };
    let rows = capable_models().iter().enumerate();
    Ok(rows.filter(is_wanted).collect())
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

fn considered(
    candidates: Vec<Candidate>,
    chosen: Option<usize>,
    need: &Need<'_>,
) -> Vec<Considered> {
    let one = |(position, candidate): (usize, Candidate)| {
        let is_unmeasured = !candidate.keeps_latency(need) && candidate.latency_ms.is_none();
        let mut reasons = candidate.rejected;
        let outcome = if chosen == Some(position) {
            "chosen"
        } else if reasons.is_empty() {
            if is_unmeasured {
                reasons.push("its latency is not known".to_owned());
            }
            "adequate"
        } else {
            "rejected"
        };
        Considered {
            provider: candidate.model.provider,
            model: candidate.model.id,
            quality: candidate.model.class.as_str(),
            quality_from: candidate.model.page,
            estimated_cost: candidate.cost.map(EstimatedCost::of),
            latency_ms: candidate.latency_ms,
            outcome,
            reasons,
        }
    };
    candidates.into_iter().enumerate().map(one).collect()
}

/// How the decision lies to the current model; nothing without either.
fn against<'a>(
    current: Option<Named<'a>>,
    decision: Option<&Candidate>,
    need: &Need<'_>,
) -> Option<Against<'a>> {
    let ((provider, model), decision) = (current?, decision?);
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
    Some(Against {
        provider,
        model,
        quality: row.map(|row| row.class.as_str()),
        estimated_cost: cost.map(EstimatedCost::of),
        saved_nanos: saved,
        change,
    })
}
