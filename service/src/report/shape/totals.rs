//! Sums and the range they are of.

use crate::report::money::{count, dollars, percent};
use crate::report::period::Period;
use crate::report::sums::Sums;
use bearlumen_core::timestamp::format_ms;
use serde::Serialize;

/// What events cost and used together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Totals {
    /// US dollars, for display.
    total_cost: f64,
    /// The exact amount in nano-dollars (10^-9 USD), as decimal text.
    total_cost_nanos: String,
    /// Always `USD`.
    currency: &'static str,
    /// How many events.
    pub(crate) event_count: i64,
    /// Events of which no price is known; the total lacks them.
    unpriced_event_count: i64,
    /// Events whose cost is an estimate.
    estimated_event_count: i64,
    /// Some events are unpriced: the true total is higher.
    is_floor: bool,
    /// Tokens sent, cached ones included.
    input_tokens: i64,
    /// Tokens received, reasoning included.
    output_tokens: i64,
    /// Both.
    total_tokens: i64,
}

impl From<&Sums> for Totals {
    fn from(sums: &Sums) -> Self {
        Self {
            total_cost: dollars(sums.cost_nanos),
            total_cost_nanos: sums.cost_nanos.to_string(),
            currency: "USD",
            event_count: count(sums.events),
            unpriced_event_count: count(sums.unpriced),
            estimated_event_count: count(sums.estimated),
            is_floor: sums.unpriced > 0,
            input_tokens: count(sums.input_tokens),
            output_tokens: count(sums.output_tokens),
            total_tokens: count(sums.input_tokens + sums.output_tokens),
        }
    }
}

/// The range of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Span {
    /// The first millisecond inside, ISO 8601 in UTC.
    period_start: String,
    /// The last millisecond inside, ISO 8601 in UTC.
    period_end: String,
}

impl From<Period> for Span {
    fn from(period: Period) -> Self {
        Self {
            period_start: format_ms(period.start_ms),
            period_end: format_ms(period.end_ms - 1),
        }
    }
}

/// A cost beside that of the range before.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Comparison {
    /// US dollars of the range before, which is as long.
    previous_period_cost: f64,
    /// The same in nano-dollars, as decimal text.
    previous_period_cost_nanos: String,
    /// Some events of the range before are unpriced: its true cost is higher.
    previous_period_is_floor: bool,
    /// US dollars more than before; negative for less.
    change_amount: f64,
    /// The change in percent of before; 0 when neither cost anything, `null` when only this one did.
    change_percent: Option<f64>,
}

impl Comparison {
    pub(crate) fn of(now: &Sums, before: &Sums) -> Self {
        let change = now.cost_nanos - before.cost_nanos;
        let is_comparable = before.cost_nanos != 0 || change == 0;
        Self {
            previous_period_cost: dollars(before.cost_nanos),
            previous_period_cost_nanos: before.cost_nanos.to_string(),
            previous_period_is_floor: before.unpriced > 0,
            change_amount: dollars(change),
            change_percent: is_comparable.then(|| percent(change, before.cost_nanos)),
        }
    }
}
