//! `POST /v1/usage/events`.

use super::priced::read;
use super::reading::body_text;
use super::recorded::shown;
use crate::http::{Problem, json};
use crate::router::{Answer, Call, Tally};
use crate::tenant::Stored;
use bearlumen_core::error::ErrorCode;
use bearlumen_core::event::MAX_EVENT_BYTES;
use http::StatusCode;

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
    let text = body_text(call.request.body())?;
    let event = read(text, ctx.now_ms, &ctx.entropy, 0, own.as_deref())?;
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
