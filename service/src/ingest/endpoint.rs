//! `POST /v1/usage/events` and `POST /v1/usage/events/batch`.

use super::priced::{Priced, read};
use crate::http::{Problem, json};
use crate::router::{Answer, Call};
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
struct Recorded<'a> {
    event_id: &'a str,
    user_id: Option<&'a str>,
    metric_name: &'a str,
    quantity: Quantity,
    event_timestamp: String,
    recorded: bool,
    cost: CostShown<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unknown_fields: &'a [String],
}

/// The cost without its lines.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CostShown<'a> {
    amount: Option<bearlumen_core::money::Nanos>,
    currency: &'static str,
    basis: Basis,
    price_id: Option<&'a str>,
}

#[derive(Serialize)]
struct ResultEntry<'a> {
    index: usize,
    #[serde(flatten)]
    recorded: Option<Recorded<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<crate::http::ErrorBody<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchAnswer<'a> {
    recorded_count: usize,
    skipped_count: usize,
    failed_count: usize,
    results: Vec<ResultEntry<'a>>,
}

fn shown(event: &Priced, at_ms: i64, recorded: bool) -> Recorded<'_> {
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

fn conflict() -> Problem {
    let message = "The idempotencyKey was used for a different event, which is unchanged";
    Problem {
        field: Some("idempotencyKey".into()),
        ..Problem::new(ErrorCode::IdempotencyConflict, message)
    }
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
    let event = read(body_text(call)?, call.ctx.now_ms, &call.ctx.entropy, 0)?;
    let events = [event];
    let result = call.tenant.store(call.sql, &events, call.ctx.now_ms)?;
    let [event] = &events;
    match result.first() {
        Some(Stored::Recorded) => Ok(json(StatusCode::CREATED, &shown(event, event.at_ms, true))),
        Some(Stored::Duplicate { at_ms }) => Ok(json(StatusCode::OK, &shown(event, *at_ms, false))),
        Some(Stored::Conflict) | None => Err(conflict()),
    }
}

/// `POST /v1/usage/events/batch`
pub(crate) fn record_batch(call: &Call<'_>) -> Answer {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        events: Option<&'a RawValue>,
    }
    let not_json = |error| {
        Problem::new(
            ErrorCode::ValidationError,
            format!("Invalid body: expected {{\"events\": […]}} ({error})"),
        )
    };
    let body: Body<'_> = serde_json::from_str(body_text(call)?).map_err(not_json)?;
    let list = body
        .events
        .ok_or_else(|| Problem::invalid("events", "Missing events: expected a list of events"))?;
    let texts: Vec<&RawValue> = serde_json::from_str(list.get())
        .map_err(|_| Problem::invalid("events", "Invalid events: expected a list of events"))?;
    if texts.is_empty() || texts.len() > MAX_BATCH_EVENTS {
        let message = format!(
            "Invalid events: expected 1 to {MAX_BATCH_EVENTS} events, got {}",
            texts.len()
        );
        return Err(Problem::invalid("events", message));
    }

    let mut accepted = Vec::with_capacity(texts.len());
    let mut outcomes: Vec<Result<usize, Problem>> = Vec::with_capacity(texts.len());
    for (position, text) in texts.iter().enumerate() {
        match read(
            text.get(),
            call.ctx.now_ms,
            &call.ctx.entropy,
            position as u64,
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
        if let Ok(place) = outcome
            && stored.get(*place) == Some(&Stored::Conflict)
        {
            *outcome = Err(conflict());
        }
    }
    Ok(answer(&outcomes, &accepted, &stored))
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
    json(status, &body)
}
