//! `GET /v1/cost-data/summary`

use super::breakdown::{dollars, percent};
use super::{period, sums};
use crate::http::{Query, json};
use crate::router::{Answer, Call};
use bearlumen_core::timestamp::format_ms;
use http::StatusCode;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    total_cost: f64,
    previous_period_cost: f64,
    change_amount: f64,
    /// `null` when there was no cost before to compare with.
    change_percent: Option<f64>,
    period_start: String,
    period_end: String,
    currency: &'static str,
    /// The exact total as text.
    total_cost_nanos: String,
    event_count: i64,
    unpriced_event_count: i64,
    estimated_event_count: i64,
    /// Some events have no known price: the true total is higher.
    is_floor: bool,
}

pub(crate) fn summary(call: &Call<'_>) -> Answer {
    let compared = period::read(&Query::of(call.request.uri()), call.ctx.now_ms)?;
    let now = sums::total(call.sql, compared.now)?;
    let before = sums::total(call.sql, compared.before)?;
    let change = now.cost_nanos - before.cost_nanos;
    Ok(json(
        StatusCode::OK,
        &Summary {
            total_cost: dollars(now.cost_nanos),
            previous_period_cost: dollars(before.cost_nanos),
            change_amount: dollars(change),
            change_percent: if before.cost_nanos == 0 && change != 0 {
                None
            } else {
                Some(percent(change, before.cost_nanos))
            },
            period_start: format_ms(compared.now.start_ms),
            period_end: format_ms(compared.now.end_ms - 1),
            currency: "USD",
            total_cost_nanos: now.cost_nanos.to_string(),
            event_count: i64::try_from(now.events).unwrap_or(i64::MAX),
            unpriced_event_count: i64::try_from(now.unpriced).unwrap_or(i64::MAX),
            estimated_event_count: i64::try_from(now.estimated).unwrap_or(i64::MAX),
            is_floor: now.unpriced > 0,
        },
    ))
}
