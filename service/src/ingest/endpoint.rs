//! `POST /v1/usage/events` and `POST /v1/usage/events/batch`.

use super::priced::{Priced, read};
use crate::http::{Problem, json};
use crate::router::{Answer, Call, Tally};
use crate::tenant::Stored;
use bearlumen_core::error::ErrorCode;
use bearlumen_core::event::MAX_EVENT_BYTES;
use bearlumen_core::pricing::Basis;
use bearlumen_core::quantity::Quantity;
use bearlumen_core::timestamp::format_ms;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The most events of a batch.
const MAX_BATCH_EVENTS: usize = 1000;

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

/// What became of one event: what was recorded, or what was wrong.
#[derive(Serialize)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "BatchResult")
)]
struct ResultEntry<'a> {
    /// Its place in the batch, from 0.
    index: usize,
    #[serde(flatten)]
    recorded: Option<Recorded<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<crate::http::ErrorBody<'a>>,
}

/// What became of a batch.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct BatchAnswer<'a> {
    /// Events that were new.
    recorded_count: usize,
    /// Events that were recorded before.
    skipped_count: usize,
    /// Events that were refused.
    failed_count: usize,
    /// By the order they were sent in.
    results: Vec<ResultEntry<'a>>,
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

fn body_text<'a>(call: &Call<'a>) -> Result<&'a str, Problem> {
    std::str::from_utf8(call.request.body()).map_err(|_| {
        Problem::new(
            ErrorCode::ValidationError,
            "Invalid body: expected JSON in UTF-8",
        )
    })
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
        body_text(call)?,
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

/// `POST /v1/usage/events/batch`
pub(crate) fn record_batch(call: &Call<'_>) -> Answer {
    let texts = events_of(body_text(call)?)?;
    if texts.is_empty() || texts.len() > MAX_BATCH_EVENTS {
        let message = format!(
            "Invalid events: expected 1 to {MAX_BATCH_EVENTS} events, got {}",
            texts.len()
        );
        return Err(Problem::invalid("events", message));
    }

    let mut accepted = Vec::with_capacity(texts.len());
    let mut outcomes: Vec<Result<usize, Problem>> = Vec::with_capacity(texts.len());
    let own = call.tenant.own_prices(call.sql)?;
    for (position, text) in texts.iter().enumerate() {
        match read(
            text.get(),
            call.ctx.now_ms,
            &call.ctx.entropy,
            position as u64,
            own.as_deref(),
        ) {
            Ok(event) => {
                outcomes.push(Ok(accepted.len()));
                accepted.push(event);
            }
            Err(problem) => outcomes.push(Err(problem)),
        }
    }
    let stored = if accepted.is_empty() {
        Vec::new()
    } else {
        call.tenant.store(call.sql, &accepted, call.ctx.now_ms)?
    };
    for outcome in &mut outcomes {
        let Ok(place) = outcome else { continue };
        match stored.get(*place) {
            Some(Stored::Conflict) => *outcome = Err(conflict()),
            Some(Stored::BeyondSums) => *outcome = Err(beyond_sums()),
            _ => {}
        }
    }
    Ok(answer(&outcomes, &accepted, &stored))
}

/// The events of a batch, each as the text it is.
fn events_of(body: &str) -> Result<Vec<&RawValue>, Problem> {
    #[derive(Deserialize)]
    struct Batch<'a> {
        #[serde(borrow)]
        events: Vec<&'a RawValue>,
    }
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        events: Option<&'a RawValue>,
    }
    if let Ok(batch) = serde_json::from_str::<Batch<'_>>(body) {
        return Ok(batch.events);
    }
    // Once more, to find out what is wrong.
    let body: Body<'_> = serde_json::from_str(body).map_err(|error| {
        Problem::new(
            ErrorCode::ValidationError,
            format!("Invalid body: expected {{\"events\": […]}} ({error})"),
        )
    })?;
    let list = body
        .events
        .ok_or_else(|| Problem::invalid("events", "Missing events: expected a list of events"))?;
    serde_json::from_str(list.get())
        .map_err(|_| Problem::invalid("events", "Invalid events: expected a list of events"))
}

fn answer(
    outcomes: &[Result<usize, Problem>],
    accepted: &[Priced],
    stored: &[Stored],
) -> http::Response<Vec<u8>> {
    let mut body = BatchAnswer {
        recorded_count: 0,
        skipped_count: 0,
        failed_count: 0,
        results: Vec::new(),
    };
    for (index, outcome) in outcomes.iter().enumerate() {
        let place = outcome
            .as_ref()
            .ok()
            .and_then(|place| Some((accepted.get(*place)?, stored.get(*place)?)));
        let recorded = match place {
            Some((event, Stored::Recorded)) => {
                body.recorded_count += 1;
                Some(shown(event, event.at_ms, true))
            }
            Some((event, Stored::Duplicate { at_ms })) => {
                body.skipped_count += 1;
                Some(shown(event, *at_ms, false))
            }
            _ => {
                body.failed_count += 1;
                None
            }
        };
        let error = outcome.as_ref().err().map(|problem| problem.body(None));
        body.results.push(ResultEntry {
            index,
            recorded,
            error,
        });
    }
    let status = if body.failed_count == 0 {
        StatusCode::CREATED
    } else {
        StatusCode::MULTI_STATUS
    };
    let counts = [body.recorded_count, body.skipped_count, body.failed_count];
    tallied(json(status, &body), counts)
}

/// Tells the host what became of the events.
fn tallied(
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
