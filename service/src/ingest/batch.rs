//! `POST /v1/usage/events/batch`.

use super::ahead::{Ahead, write_later};
use super::endpoint::{Recorded, beyond_sums, conflict, shown, tallied};
use super::reading::Reading;
use crate::http::{ErrorBody, json_text};
use crate::router::{Answer, Call};
use crate::tenant::Stored;
use http::StatusCode;
use serde::Serialize;
use std::sync::Arc;

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
    error: Option<ErrorBody<'a>>,
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

/// `POST /v1/usage/events/batch`
pub(super) fn record_batch(call: &Call<'_>) -> Answer {
    let own = call.tenant.own_prices(call.sql)?;
    let ahead = Ahead::of(call.request).filter(|_| own.is_none());
    let is_ahead = ahead.is_some();
    let reading = match ahead {
        Some(reading) => Arc::clone(reading),
        None => Arc::new(Reading::of(call.request.body(), call.ctx, own.as_deref())?),
    };
    let stored = if reading.accepted.is_empty() {
        Vec::new()
    } else {
        let now_ms = call.ctx.now_ms;
        call.tenant.store(call.sql, &reading.accepted, now_ms)?
    };
    let counts = counts(&reading, &stored);
    let status = match counts {
        [_, _, 0] => StatusCode::CREATED,
        _ => StatusCode::MULTI_STATUS,
    };
    let answered = if is_ahead {
        write_later(json_text(status, Vec::new()), reading, stored)
    } else {
        json_text(status, text(&reading, &stored))
    };
    Ok(tallied(answered, counts))
}

/// Events recorded, known before, and refused.
fn counts(reading: &Reading, stored: &[Stored]) -> [usize; 3] {
    let is_known = |stored: &&Stored| matches!(stored, Stored::Duplicate { .. });
    let is_new = |stored: &&Stored| matches!(stored, Stored::Recorded);
    let recorded = stored.iter().filter(is_new).count();
    let skipped = stored.iter().filter(is_known).count();
    [
        recorded,
        skipped,
        reading.outcomes.len() - recorded - skipped,
    ]
}

/// The answer's body.
pub(super) fn text(reading: &Reading, stored: &[Stored]) -> Vec<u8> {
    let (conflict, beyond_sums) = (conflict(), beyond_sums());
    let results = reading.outcomes.iter().enumerate().map(|(index, outcome)| {
        let became = match outcome {
            Ok(place) => match (reading.accepted.get(*place), stored.get(*place)) {
                (Some(event), Some(Stored::Recorded)) => Ok(shown(event, event.at_ms, true)),
                (Some(event), Some(Stored::Duplicate { at_ms })) => Ok(shown(event, *at_ms, false)),
                (_, Some(Stored::BeyondSums)) => Err(&beyond_sums),
                (_, Some(Stored::Conflict) | None) | (None, _) => Err(&conflict),
            },
            Err(problem) => Err(problem),
        };
        let error = became.as_ref().err().map(|problem| problem.body(None));
        ResultEntry {
            index,
            recorded: became.ok(),
            error,
        }
    });
    let [recorded_count, skipped_count, failed_count] = counts(reading, stored);
    let body = BatchAnswer {
        recorded_count,
        skipped_count,
        failed_count,
        results: results.collect(),
    };
    // Our own response types hold nothing that cannot be written as JSON.
    serde_json::to_vec(&body).unwrap_or_default()
}
