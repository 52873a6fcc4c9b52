//! The question and the answer as JSON, the same in every language.

use super::alternative::{Alternative, Tries, alternatives};
use super::workload::{Part, Workload};
use crate::bucket::Bucket;
use crate::event::FieldError;
use crate::money::Nanos;
use crate::order;
use crate::pricing::TenantPrices;
use crate::provider::provider_named;
use crate::quantity::Quantity;
use crate::question::{self, Fields};
use crate::routing::{Capable, capable, capable_models, own_prices};
use crate::usage::Usage;
use jiff::civil::Date;
use serde_json::{Value, json};

/// The most rows of one question.
const MAX_ROWS: usize = 20_000;

const FIELDS: [&str; 11] = [
    "usage",
    "events",
    "at",
    "from",
    "to",
    "providers",
    "models",
    "cachePercent",
    "limit",
    "sameQualityOnly",
    "ownPrices",
];

/// Answers
/// `{"usage": [{"provider", "model", "events", "costNanos"?, "modifiers"?, "buckets": {"input": n, …}}, …],
/// "events": [{"provider", "model", "at", "costNanos"?, "modifiers"?, "buckets"}, …], "at": time, "from"?: date, "to"?: date,
/// "providers"?, "models"?, "cachePercent"?, "sameQualityOnly"?, "limit"?, "ownPrices"?}`
/// with `{"recommendations": […], "potentialNanos", "actualNanos", "skipped"}`, the greatest saving first.
///
/// `usage` holds sums by model: they are priced at `at` by the size of their average call, and what follows is
/// `estimated`. `events` are replayed one by one at their own time: `exact` where every rate is. `potentialNanos` adds
/// the best recommendation of each row that keeps the quality; savings of one row are alternatives and do not add up.
pub fn savings_json(question: &str) -> Result<String, FieldError> {
    savings_json_by(question, None)
}

/// The same by own prices that are at hand already; those of the question are not looked at.
pub fn savings_json_by(question: &str, own: Option<&TenantPrices>) -> Result<String, FieldError> {
    let value = question::parse(question)?;
    let fields = Fields::of(&value, "", &FIELDS)?;
    let at_ms = fields
        .instant("at")?
        .ok_or_else(|| FieldError::missing("at", "a time such as 2026-01-31T12:00:00Z"))?;
    let span = (fields.date("from")?, fields.date("to")?);
    let stated;
    let own = if let Some(own) = own {
        own
    } else {
        stated = own_prices(&fields)?;
        &stated
    };
    let (models, are_named) = models(&fields)?;
    let tries = Tries {
        models,
        are_named,
        cache_percent: cache_percent(&fields)?,
        day: day_of(&fields, at_ms)?,
        own,
    };
    let limit = fields.whole("limit")?.unwrap_or(10);
    let only_same = fields.flag("sameQualityOnly")?.unwrap_or(false);
    let workloads = workloads(&fields, at_ms)?;

    let mut found: Vec<(&Workload<'_>, Alternative)> = Vec::new();
    let mut skipped = Vec::new();
    let (mut potential, mut actual) = (0_i64, 0_i64);
    for workload in &workloads {
        actual = actual.saturating_add(workload.paid().unwrap_or_default());
        let Some(mut cheaper) = alternatives(workload, &tries) else {
            skipped.push(json!({
                "provider": workload.provider,
                "model": workload.model,
                "events": workload.events(),
                "reason": "what it cost is not known, so nothing can be compared with it",
            }));
            continue;
        };
        let best = cheaper.iter().find(|found| found.keeps_quality());
        potential = potential.saturating_add(best.map_or(0, Alternative::saved));
        keep_the_best(&mut cheaper, only_same);
        found.extend(
            cheaper
                .into_iter()
                .map(|alternative| (workload, alternative)),
        );
    }
    order::by_key(&mut found, |(_, alternative)| {
        std::cmp::Reverse(alternative.saved())
    });
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let told: Vec<Value> = found
        .iter()
        .map(|(workload, alternative)| told(workload, alternative, span))
        .collect();
    let answer = json!({
        "recommendations": told,
        "actual": Nanos::new(actual),
        "actualNanos": actual.to_string(),
        "potential": Nanos::new(potential),
        "potentialNanos": potential.to_string(),
        "skipped": skipped,
    });
    Ok(answer.to_string())
}

/// Of other models, the best that keeps the quality and the best that does not; of ways to call, all.
fn keep_the_best(cheaper: &mut Vec<Alternative>, only_same: bool) {
    let mut seen = Vec::new();
    cheaper.retain(|alternative| {
        let keeps = alternative.keeps_quality();
        let kind = (alternative.kind, keeps);
        let is_first = !seen.contains(&kind);
        seen.push(kind);
        is_first && (keeps || !only_same)
    });
}

fn day_of(fields: &Fields<'_>, at_ms: i64) -> Result<Date, FieldError> {
    jiff::Timestamp::from_millisecond(at_ms)
        .map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date())
        .map_err(|_| fields.wrong("at", "a time"))
}

fn cache_percent(fields: &Fields<'_>) -> Result<Option<u64>, FieldError> {
    match fields.whole("cachePercent")? {
        Some(percent) if !(1..=90).contains(&percent) => {
            Err(fields.wrong("cachePercent", "a whole number from 1 to 90"))
        }
        percent => Ok(percent),
    }
}

/// The models to compare with, and whether they were named.
fn models(fields: &Fields<'_>) -> Result<(Vec<&'static Capable>, bool), FieldError> {
    let named = fields.objects("models", MAX_ROWS, &["provider", "model"])?;
    if !named.is_empty() {
        let row = |of_model: &Fields<'_>| {
            let (provider, model) = (
                of_model.needed_text("provider")?,
                of_model.needed_text("model")?,
            );
            capable(provider, model)
                .ok_or_else(|| of_model.wrong("model", "a model with a quality class"))
        };
        let rows: Result<Vec<_>, FieldError> = named.iter().map(row).collect();
        return Ok((rows?, true));
    }
    let providers = fields.texts("providers", MAX_ROWS)?;
    let is_wanted = |row: &&'static Capable| {
        let of = |name: &&str| provider_named(name).unwrap_or(name) == row.provider;
        providers.is_empty() || providers.iter().any(of)
    };
    Ok((capable_models().iter().filter(is_wanted).collect(), false))
}

fn workloads<'a>(fields: &Fields<'a>, at_ms: i64) -> Result<Vec<Workload<'a>>, FieldError> {
    let mut all: Vec<Workload<'a>> = Vec::new();
    let known = [
        "provider",
        "model",
        "events",
        "costNanos",
        "modifiers",
        "buckets",
    ];
    for row in fields.objects("usage", MAX_ROWS, &known)? {
        let events = row.whole("events")?.unwrap_or(1).max(1);
        let part = part(&row, events, at_ms)?;
        all.push(workload(&row, part, false)?);
    }
    let known = [
        "provider",
        "model",
        "at",
        "costNanos",
        "modifiers",
        "buckets",
    ];
    for row in fields.objects("events", MAX_ROWS, &known)? {
        let at_ms = row.instant("at")?.unwrap_or(at_ms);
        let part = part(&row, 1, at_ms)?;
        let mut next = workload(&row, part, true)?;
        let same = all.iter_mut().find(|known| {
            known.is_replay
                && (known.provider, known.model) == (next.provider, next.model)
                && known.modifiers == next.modifiers
        });
        match same {
            Some(same) => same.parts.append(&mut next.parts),
            None => all.push(next),
        }
    }
    Ok(all)
}

fn workload<'a>(row: &Fields<'a>, part: Part, is_replay: bool) -> Result<Workload<'a>, FieldError> {
    let modifiers = match row.entries("modifiers")? {
        None => Vec::new(),
        Some(entries) => entries
            .iter()
            .map(|(name, value)| match value.as_str() {
                Some(text) => Ok((name.as_str(), text)),
                None => Err(row.wrong("modifiers", "texts by name")),
            })
            .collect::<Result<_, _>>()?,
    };
    Ok(Workload {
        provider: row.needed_text("provider")?,
        model: row.needed_text("model")?,
        modifiers,
        parts: vec![part],
        is_replay,
    })
}

fn part(row: &Fields<'_>, events: u64, at_ms: i64) -> Result<Part, FieldError> {
    let buckets = row
        .entries("buckets")?
        .ok_or_else(|| FieldError::missing(&row.place("buckets"), "quantities by bucket"))?;
    let mut usage = Usage::default();
    for (name, value) in buckets {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let quantity = Quantity::from_text(&text).map_err(|_| {
            let place = format!("buckets.{name}");
            row.wrong(&place, "a quantity, 0 or more")
        })?;
        usage.add(Bucket::named(name), quantity);
    }
    Ok(Part {
        usage,
        events,
        paid: row.nanos("costNanos")?,
        at_ms,
    })
}

fn told(workload: &Workload<'_>, found: &Alternative, span: (Option<Date>, Option<Date>)) -> Value {
    let saved = found.saved();
    let percent = i128::from(saved) * 100 / i128::from(found.baseline.max(1));
    let days = span
        .0
        .zip(span.1)
        .and_then(|(from, to)| Some(i64::from(to.since(from).ok()?.get_days()) + 1));
    json!({
        "kind": found.kind.as_str(),
        "provider": workload.provider,
        "model": workload.model,
        "toProvider": found.to.0,
        "toModel": found.to.1,
        "quality": {
            "from": found.classes.0,
            "to": found.classes.1,
            "change": found.quality,
        },
        "saved": Nanos::new(saved),
        "savedNanos": saved.to_string(),
        "savedPercent": i64::try_from(percent).unwrap_or_default(),
        "baselineNanos": found.baseline.to_string(),
        "alternativeNanos": found.nanos.to_string(),
        "basis": if found.is_exact { "exact" } else { "estimated" },
        "assumptions": found.assumptions,
        "message": found.message,
        "computedFrom": {
            "events": workload.events(),
            "from": span.0.map(|date| date.to_string()),
            "to": span.1.map(|date| date.to_string()),
            "days": days,
            "buckets": workload.usage(),
            "method": if workload.is_replay { "every event by itself" } else { "sums by bucket" },
        },
    })
}
