//! `GET /v1/cost-data/by-…`: costs grouped by one thing.

use super::sums::{By, Sums};
use super::{period, sums};
use crate::http::{Query, json};
use crate::router::{Answer, Call};
use bearlumen_core::timestamp::format_ms;
use http::StatusCode;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// `GET /v1/cost-data/by-model`
pub(crate) fn by_model(call: &Call<'_>) -> Answer {
    breakdown(call, By::Model, "model")
}

/// `GET /v1/cost-data/by-provider`
pub(crate) fn by_provider(call: &Call<'_>) -> Answer {
    breakdown(call, By::Provider, "provider")
}

/// `GET /v1/cost-data/by-feature`
pub(crate) fn by_feature(call: &Call<'_>) -> Answer {
    breakdown(call, By::Feature, "feature")
}

/// `GET /v1/cost-data/by-agent`
pub(crate) fn by_agent(call: &Call<'_>) -> Answer {
    breakdown(call, By::Agent, "agent")
}

/// `GET /v1/cost-data/by-workflow`
pub(crate) fn by_workflow(call: &Call<'_>) -> Answer {
    breakdown(call, By::Workflow, "workflow")
}

/// `GET /v1/cost-data/by-end-user`
pub(crate) fn by_end_user(call: &Call<'_>) -> Answer {
    breakdown(call, By::EndUser, "endUser")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Breakdown<'a> {
    breakdown: &'a [Item<'a>],
    /// The same list under the name that the SDKs' documents use.
    items: &'a [Item<'a>],
    total_cost: f64,
    total_cost_nanos: String,
    currency: &'static str,
    event_count: i64,
    unpriced_event_count: i64,
    estimated_event_count: i64,
    is_floor: bool,
    period_start: String,
    period_end: String,
}

/// One group.
struct Item<'a> {
    /// The group's own field, such as `model`.
    field: &'static str,
    label: Option<&'a str>,
    sums: Sums,
    total_nanos: i128,
}

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sums = &self.sums;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.field, &self.label)?;
        map.serialize_entry("attributionValue", &self.label)?;
        map.serialize_entry("totalCost", &dollars(sums.cost_nanos))?;
        map.serialize_entry("totalCostNanos", &sums.cost_nanos.to_string())?;
        map.serialize_entry("eventCount", &sums.events)?;
        map.serialize_entry("unpricedEventCount", &sums.unpriced)?;
        map.serialize_entry(
            "percentOfTotal",
            &percent(sums.cost_nanos, self.total_nanos),
        )?;
        map.serialize_entry("inputTokens", &sums.input_tokens)?;
        map.serialize_entry("outputTokens", &sums.output_tokens)?;
        map.end()
    }
}

fn breakdown(call: &Call<'_>, by: By, field: &'static str) -> Answer {
    let period = period::read(&Query::of(call.request.uri()), call.ctx.now_ms)?.now;
    let groups = sums::by_label(call.sql, by, period)?;
    let mut total = Sums::default();
    for sums in groups.values() {
        total.add(sums);
    }
    let mut items: Vec<Item<'_>> = groups
        .iter()
        .map(|(label, sums)| Item {
            field,
            label: label.as_deref(),
            sums: *sums,
            total_nanos: total.cost_nanos,
        })
        .collect();
    // The dearest first; equals in a fixed order, so that two answers compare.
    items.sort_by(|a, b| {
        b.sums
            .cost_nanos
            .cmp(&a.sums.cost_nanos)
            .then(a.label.cmp(&b.label))
    });
    Ok(json(
        StatusCode::OK,
        &Breakdown {
            breakdown: &items,
            items: &items,
            total_cost: dollars(total.cost_nanos),
            total_cost_nanos: total.cost_nanos.to_string(),
            currency: "USD",
            event_count: i64::try_from(total.events).unwrap_or(i64::MAX),
            unpriced_event_count: i64::try_from(total.unpriced).unwrap_or(i64::MAX),
            estimated_event_count: i64::try_from(total.estimated).unwrap_or(i64::MAX),
            is_floor: total.unpriced > 0,
            period_start: format_ms(period.start_ms),
            period_end: format_ms(period.end_ms - 1),
        },
    ))
}

/// Nano-dollars as a JSON number of dollars, for display.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a public JSON number; the exact amount stands beside it as text"
)]
pub(super) fn dollars(nanos: i128) -> f64 {
    nanos as f64 / 1e9
}

/// `part` of `whole` in percent, to two decimals; 0 of nothing.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a ratio for display, computed in integers up to its last digit"
)]
pub(super) fn percent(part: i128, whole: i128) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    let hundredths = part * 10_000;
    let rounded = (hundredths.abs() * 2 + whole.abs()) / (whole.abs() * 2);
    let sign = if (part < 0) == (whole < 0) { 1 } else { -1 };
    (sign * rounded) as f64 / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_have_two_decimals() {
        assert_eq!(percent(1, 3).to_string(), "33.33");
        assert_eq!(percent(2, 3).to_string(), "66.67");
        assert_eq!(percent(-1, 8).to_string(), "-12.5");
        assert_eq!(percent(0, 0).to_string(), "0");
        assert_eq!(percent(5, 0).to_string(), "0");
    }
}
