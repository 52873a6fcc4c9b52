//! `GET /v1/usage/events/{eventId}`: one event and why it cost what it cost.

use super::event::{Event, basis_name, select};
use crate::http::{Problem, json};
use crate::ledger::block::ONE;
use crate::router::{Answer, Call};
use crate::sql::{Param, SqlError, Value};
use bearlumen_core::bucket::Bucket;
use bearlumen_core::error::ErrorCode;
use bearlumen_core::event::{UsageEvent, price_event, price_event_by};
use bearlumen_core::money::Nanos;
use bearlumen_core::pricing::{Cost, CostLine, TenantPrices, explain_price};
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
    /// What it cost before it was priced again for the first time; absent when it never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_recorded: Option<Amount>,
    /// What it costs since it was priced again; absent when it never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    repriced: Option<Amount>,
}

/// An amount of an event that was priced again.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Amount {
    /// How well it is known: `reported`, `exact`, `estimated` or `unpriced`.
    basis: &'static str,
    /// US dollars, for display; `null` when no price is known.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<f64>"))]
    amount: Option<Nanos>,
    /// The exact amount in nano-dollars (10^-9 USD), as decimal text.
    amount_nanos: Option<String>,
    price_id: Option<String>,
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
    let own = call.tenant.own_prices(call.sql)?;
    let explanation = explain(&event, own.as_deref());
    let as_recorded = as_recorded(call, event.seq)?;
    let repriced = as_recorded.as_ref().map(|_| Amount {
        basis: event.cost_basis,
        amount: event.cost,
        amount_nanos: event.cost_nanos.clone(),
        price_id: event.price_id.clone(),
    });
    let answer = Explained {
        event,
        explanation,
        as_recorded,
        repriced,
    };
    Ok(json(StatusCode::OK, &answer))
}

/// What an event cost before it was first priced again.
fn as_recorded(call: &Call<'_>, seq: i64) -> Result<Option<Amount>, SqlError> {
    let rows = call.sql.query(
        "SELECT basis, cost_nanos, price_id FROM former_cost WHERE seq = ? ORDER BY repricing LIMIT 1",
        &[Param::Integer(seq)],
    )?;
    let Some(Ok([Value::Integer(basis), nanos, price_id])) =
        rows.into_iter().next().map(<[Value; 3]>::try_from)
    else {
        return Ok(None);
    };
    let nanos = match nanos {
        Value::Integer(nanos) => Some(nanos),
        _ => None,
    };
    Ok(Some(Amount {
        basis: basis_name(basis),
        amount: nanos.map(Nanos::new),
        amount_nanos: nanos.map(|nanos| nanos.to_string()),
        price_id: match price_id {
            Value::Text(text) => Some(text),
            _ => None,
        },
    }))
}

fn find(call: &Call<'_>, id: &str) -> Result<Option<Event>, SqlError> {
    let Some(seq) = call.tenant.find_event(call.sql, id)? else {
        return Ok(None);
    };
    let rows = call.sql.query(
        &select(&format!("WHERE {ONE}"), "seq"),
        &[Param::Integer(seq); 2],
    )?;
    rows.into_iter().next().map(Event::read).transpose()
}

fn explain(event: &Event, own: Option<&TenantPrices>) -> Explanation {
    let cost = recomputed(event, own);
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
fn recomputed(event: &Event, own: Option<&TenantPrices>) -> Cost {
    let again = as_sent(event);
    match own {
        Some(own) => price_event_by(&again, event.at_ms, own),
        None => price_event(&again, event.at_ms),
    }
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
