//! `POST /v1/usage/events`.

use super::priced::{Priced, read};
use super::reading::body_text;
use crate::http::{Problem, json};
use crate::router::{Answer, Call, Tally};
use crate::tenant::Stored;
use bearlumen_core::error::ErrorCode;
use bearlumen_core::event::MAX_EVENT_BYTES;
use bearlumen_core::pricing::Basis;
use bearlumen_core::quantity::Quantity;
use bearlumen_core::timestamp::format_ms;
use http::StatusCode;
use serde::Serialize;

/// What the caller learns of a recorded event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "RecordedEvent")
)]
pub(crate) struct Recorded<'a> {
    /// `evt_…`
    event_id: &'a str,
    /// As the event said; null when it named none.
    user_id: Option<&'a str>,
    metric_name: &'a str,
    /// In units of the metric.
    #[cfg_attr(feature = "openapi", schemars(with = "f64"))]
    quantity: Quantity,
    /// ISO 8601. Of the first event with the key.
    event_timestamp: String,
    /// False when the same event was recorded before.
    recorded: bool,
    cost: CostShown<'a>,
    /// Names of fields that mean nothing here and were not stored; absent when there were none.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unknown_fields: &'a [String],
}

/// The cost without its lines.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "EventCost")
)]
struct CostShown<'a> {
    /// US dollars; null when no price is known, never 0.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<f64>"))]
    amount: Option<bearlumen_core::money::Nanos>,
    /// Always `USD`.
    currency: &'static str,
    /// `reported`, `exact`, `estimated` or `unpriced`.
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
    basis: Basis,
    /// The price it was computed from; null when it was reported or is not known.
    price_id: Option<&'a str>,
}

pub(crate) fn shown(event: &Priced, at_ms: i64, recorded: bool) -> Recorded<'_> {
    Recorded {
        event_id: &event.id,
        user_id: event.event.attribution.user_id.as_deref(),
        metric_name: &event.event.metric_name,
        quantity: event.event.quantity,
        event_timestamp: format_ms(at_ms),
        recorded,
        cost: CostShown {
            amount: event.cost.amount,
            currency: "USD",
            basis: event.cost.basis,
            price_id: event.price_id.as_deref(),
        },
        unknown_fields: &event.event.unknown_fields,
    }
}

pub(crate) fn conflict() -> Problem {
    let message = "The idempotencyKey was used for a different event, which is unchanged";
    Problem {
        field: Some("idempotencyKey".into()),
        ..Problem::new(ErrorCode::IdempotencyConflict, message)
    }
}

pub(crate) fn beyond_sums() -> Problem {
    let message = "Invalid quantity: the organization's sums would pass 2^63 nano-dollars or units";
    Problem::invalid("quantity", message)
}

/// `POST /v1/usage/events`
pub(crate) fn record_one(call: &Call<'_>) -> Answer {
    if call.request.body().len() > MAX_EVENT_BYTES {
        let message = format!("An event is at most {MAX_EVENT_BYTES} bytes of JSON");
        return Err(Problem::new(ErrorCode::PayloadTooLarge, message));
    }
    let own = call.tenant.own_prices(call.sql)?;
    let ctx = call.ctx;
    let event = read(
        body_text(call.request.body())?,
        ctx.now_ms,
        &ctx.entropy,
        0,
        own.as_deref(),
    )?;
    let events = [event];
    let result = call.tenant.store(call.sql, &events, call.ctx.now_ms)?;
    let [event] = &events;
    match result.first() {
        Some(Stored::Recorded) => Ok(tallied(
            json(StatusCode::CREATED, &shown(event, event.at_ms, true)),
            [1, 0, 0],
        )),
        Some(Stored::Duplicate { at_ms }) => Ok(tallied(
            json(StatusCode::OK, &shown(event, *at_ms, false)),
            [0, 1, 0],
        )),
        Some(Stored::BeyondSums) => Err(beyond_sums()),
        Some(Stored::Conflict) | None => Err(conflict()),
    }
}

/// Tells the host what became of the events.
pub(super) fn tallied(
    mut response: http::Response<Vec<u8>>,
    [recorded, duplicate, failed]: [usize; 3],
) -> http::Response<Vec<u8>> {
    response.extensions_mut().insert(Tally {
        recorded,
        duplicate,
        failed,
    });
    response
}
