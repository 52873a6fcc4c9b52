//! `GET /v1/usage/aggregation`

use crate::http::json;
use crate::report::asked::Asked;
use crate::report::labels::{Texts, find};
use crate::report::money::units;
use crate::report::shape::{Span, Totals};
use crate::report::sums::{Axis, Group, Scope, Sums};
use crate::router::{Answer, Call};
use bearlumen_core::order;
use http::StatusCode;
use serde::Serialize;
use std::collections::BTreeMap;

/// One metric.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Metric {
    metric_name: String,
    /// The sum of the events' quantities, in whatever the metric counts.
    total_quantity: f64,
    #[serde(flatten)]
    totals: Totals,
}

/// Usage by metric.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Aggregation<'a> {
    items: &'a [Metric],
    /// The same list under another name.
    aggregations: &'a [Metric],
    #[serde(flatten)]
    totals: Totals,
    #[serde(flatten)]
    span: Span,
}

pub(super) fn aggregation(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    // A text that no event ever had matches none.
    let label = |name: &str| match asked.query.get(&[name]) {
        Some(text) => find(call.sql, text).map(|label| Some(label.unwrap_or(-1))),
        None => Ok(None),
    };
    let (subscription, metric) = (label("subscription_id")?, label("metric_name")?);
    let wanted = |group: &Group| {
        subscription.is_none_or(|label| group.second == label)
            && metric.is_none_or(|label| group.label == label)
    };
    let groups = asked
        .ledger()
        .groups(Scope::Everyone, Axis::Metric, asked.period)?;
    let mut by_metric: BTreeMap<i64, Sums> = BTreeMap::new();
    for (group, sums) in groups.iter().filter(|(group, _)| wanted(group)) {
        by_metric.entry(group.label).or_default().add(sums);
    }
    let texts = Texts::of(call, by_metric.keys().copied())?;
    let mut items: Vec<Metric> = by_metric
        .iter()
        .map(|(label, sums)| Metric {
            metric_name: texts.owned(*label).unwrap_or_default(),
            total_quantity: units(sums.quantity_micros),
            totals: sums.into(),
        })
        .collect();
    let events = |metric: &Metric| metric.totals.event_count;
    order::by(&mut items, |a, b| {
        events(b)
            .cmp(&events(a))
            .then_with(|| a.metric_name.cmp(&b.metric_name))
    });
    let total = Sums::of(by_metric.values());
    Ok(json(
        StatusCode::OK,
        &Aggregation {
            items: &items,
            aggregations: &items,
            totals: (&total).into(),
            span: asked.period.into(),
        },
    ))
}
