//! `GET /v1/usage/events/{eventId}`: one event and why it cost what it cost.

use super::event::{Event, SELECT};
use crate::http::{Problem, json};
use crate::repricing::{Former, former};
use crate::router::{Answer, Call};
use crate::sql::{Param, SqlError};
use bearlumen_core::bucket::Bucket;
use bearlumen_core::error::ErrorCode;
use bearlumen_core::event::{UsageEvent, price_event};
use bearlumen_core::money::Nanos;
use bearlumen_core::pricing::{Cost, CostLine, explain_price};
use bearlumen_core::quantity::Quantity;
use bearlumen_core::timestamp::format_ms;
use bearlumen_core::usage::Usage;
use http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// One event and why it cost what it cost.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Explained {
    #[serde(flatten)]
    event: Event,
    explanation: Explanation,
    /// What it cost before it was repriced, the first amount first; absent when it never was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    repriced: Vec<Former>,
    /// What it cost when it was recorded; absent when it was never repriced.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_recorded: Option<Former>,
}

/// Why an event cost what it cost.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Explanation {
    /// How well the cost is known: `reported`, `exact`, `estimated` or `unpriced`.
    basis: &'static str,
    /// US dollars, for display; `null` when no price is known.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<f64>"))]
    amount: Option<Nanos>,
    /// The exact amount in nano-dollars (10^-9 USD), as decimal text.
    amount_nanos: Option<String>,
    /// The least that an estimate can be, US dollars; `null` when nothing bounds it.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<f64>"))]
    low: Option<Nanos>,
    /// The most that an estimate can be, US dollars; `null` when nothing bounds it.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<f64>"))]
    high: Option<Nanos>,
    price_id: Option<String>,
    /// One line a bucket; they add up to the amount. Empty when the amount was stated or is unknown.
    lines: Vec<Line>,
    /// The price that it was computed from, if it is the catalogue's.
    price: Option<Price>,
    /// Why it is not exact.
    reasons: Vec<Reason>,
}

/// One bucket's part of a cost.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Line {
    bucket: String,
    #[cfg_attr(feature = "openapi", schemars(with = "f64"))]
    quantity: Quantity,
    /// US dollars for one unit, modifiers included, as decimal text; `null` when the service no longer has the price.
    rate: Option<String>,
    /// What changed the rate.
    modifiers: Vec<String>,
    /// Its part of the amount in nano-dollars, as decimal text.
    amount_nanos: String,
}

/// Where a price comes from.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Price {
    provider: &'static str,
    model: &'static str,
    /// Who states it.
    source: &'static [&'static str],
    /// The first day it holds, ISO 8601; `null` when it is not known to have been otherwise.
    from: Option<String>,
    /// The day it was last checked.
    checked: &'static str,
    /// What it holds for, such as `service_tier=flex`; `null` for the plain price.
    condition: Option<&'static str>,
    /// The hours of the week in UTC that it holds in; `null` for all.
    during: Option<&'static str>,
}

/// Why a cost is not exact.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Reason {
    /// A stable lower-snake name.
    code: &'static str,
    /// One sentence.
    message: String,
}

pub(super) fn event(call: &Call<'_>) -> Answer {
    let missing = || Problem::new(ErrorCode::NotFound, "No event with this id");
    let event = find(call, &call.path_value("eventId"))?.ok_or_else(missing)?;
    let explanation = explain(&event);
    let repriced = former(call.sql, event.seq)?;
    let explained = Explained {
        explanation,
        as_recorded: repriced.first().cloned(),
        repriced,
        event,
    };
    Ok(json(StatusCode::OK, &explained))
}

fn find(call: &Call<'_>, id: &str) -> Result<Option<Event>, SqlError> {
    let Some(seq) = call.tenant.find_event(call.sql, id)? else {
        return Ok(None);
    };
    let rows = call
        .sql
        .query(&format!("{SELECT} WHERE seq = ?"), &[Param::Integer(seq)])?;
    rows.into_iter().next().map(Event::read).transpose()
}

fn explain(event: &Event) -> Explanation {
    let cost = recomputed(event);
    // A price that changed since explains another amount, not this one.
    let holds = cost.amount.map(Nanos::get) == event.stored.nanos;
    let price = event.price_id.as_deref().and_then(explain_price);
    Explanation {
        basis: event.cost_basis,
        amount: event.cost,
        amount_nanos: event.cost_nanos.clone(),
        low: event.stored.low_nanos.map(Nanos::new),
        high: event.stored.high_nanos.map(Nanos::new),
        price_id: event.price_id.clone(),
        lines: if holds {
            cost.lines.into_iter().map(Line::from).collect()
        } else {
            stored_lines(event)
        },
        price: price.map(|(model, card)| Price {
            provider: model.provider,
            model: model.id,
            source: card.sources(),
            from: card
                .from_ms()
                .map(|ms| format_ms(ms).chars().take(10).collect()),
            checked: card.checked(),
            condition: card.condition(),
            during: card.during(),
        }),
        reasons: cost
            .warnings
            .into_iter()
            .map(|warning| Reason {
                code: warning.code,
                message: warning.message.into_owned(),
            })
            .collect(),
    }
}

/// The event's cost, computed once more as of its time.
fn recomputed(event: &Event) -> Cost {
    price_event(&as_sent(event), event.at_ms)
}

/// The event as it was sent, as far as its cost depends on it.
pub(crate) fn as_sent(event: &Event) -> UsageEvent {
    let reported = event
        .stored
        .nanos
        .filter(|_| event.cost_basis == "reported");
    UsageEvent {
        metric_name: event.metric_name.clone(),
        quantity: event.quantity,
        provider: event.provider.clone(),
        model: event.model.clone(),
        usage: usage_of(&event.usage),
        modifiers: event.stored.modifiers.clone(),
        reported_cost: reported.map(Nanos::new),
        incomplete: event.incomplete,
        warnings: event.warnings.clone(),
        ..UsageEvent::default()
    }
}

/// The lines as they were when the event was recorded.
fn stored_lines(event: &Event) -> Vec<Line> {
    let split = event.stored.split.as_deref();
    let usage = usage_of(split.unwrap_or(&event.usage));
    let line = |(bucket, nanos): (&String, &i64)| {
        let used = usage.iter().find(|(used, _)| used.id() == bucket);
        Line {
            bucket: bucket.clone(),
            quantity: used.map_or(Quantity::ZERO, |(_, quantity)| *quantity),
            rate: None,
            modifiers: Vec::new(),
            amount_nanos: nanos.to_string(),
        }
    };
    event.stored.amounts.iter().map(line).collect()
}

fn usage_of(stored: &RawValue) -> Usage {
    let buckets: BTreeMap<String, &RawValue> =
        serde_json::from_str(stored.get()).unwrap_or_default();
    let mut usage = Usage::default();
    for (name, amount) in buckets {
        if let Ok(quantity) = Quantity::from_text(amount.get()) {
            usage.add(Bucket::named(&name), quantity);
        }
    }
    usage
}

impl From<CostLine> for Line {
    fn from(line: CostLine) -> Self {
        Self {
            bucket: line.bucket.id().to_owned(),
            quantity: line.quantity,
            rate: Some(line.rate.usd_per_unit()),
            modifiers: line.modifiers.iter().map(ToString::to_string).collect(),
            amount_nanos: line.amount_nanos.to_string(),
        }
    }
}
