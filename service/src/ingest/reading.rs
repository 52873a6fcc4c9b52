//! A batch read and priced: what of it needs nothing of its tenant.

use super::priced::{Priced, read};
use crate::context::Context;
use crate::http::Problem;
use bearlumen_core::error::ErrorCode;
use bearlumen_core::pricing::TenantPrices;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The most events of a batch.
const MAX_EVENTS: usize = 1000;

/// The events of a batch.
pub(super) struct Reading {
    pub(super) accepted: Vec<Priced>,
    /// By the order they were sent in: which of the accepted, or why not.
    pub(super) outcomes: Vec<Result<usize, Problem>>,
}

impl Reading {
    /// Reads and prices a batch, by the organisation's own prices where it has any.
    pub(super) fn of(
        body: &[u8],
        ctx: &Context<'_>,
        own: Option<&TenantPrices>,
    ) -> Result<Self, Problem> {
        let texts = events_of(body_text(body)?)?;
        if texts.is_empty() || texts.len() > MAX_EVENTS {
            let message = format!(
                "Invalid events: expected 1 to {MAX_EVENTS} events, got {}",
                texts.len()
            );
            return Err(Problem::invalid("events", message));
        }
        let mut reading = Self {
            accepted: Vec::with_capacity(texts.len()),
            outcomes: Vec::with_capacity(texts.len()),
        };
        for (position, text) in (0..).zip(texts) {
            let event = read(text.get(), ctx.now_ms, &ctx.entropy, position, own);
            let outcome = event.map(|event| {
                reading.accepted.push(event);
                reading.accepted.len() - 1
            });
            reading.outcomes.push(outcome);
        }
        Ok(reading)
    }
}

pub(super) fn body_text(body: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(body).map_err(|_| {
        Problem::new(
            ErrorCode::ValidationError,
            "Invalid body: expected JSON in UTF-8",
        )
    })
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
