//! The agents and workflows of a range.

use crate::http::json;
use crate::report::asked::Asked;
use crate::report::labels::Texts;
use crate::report::money::{count, dollars};
use crate::report::shape::Span;
use crate::report::sums::{Axis, Scope};
use crate::router::{Answer, Call};
use bearlumen_core::order;
use http::StatusCode;
use serde::Serialize;

/// An agent or a workflow.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Actor {
    value: String,
    event_count: i64,
    /// US dollars, for display.
    total_cost: f64,
    /// The exact amount in nano-dollars (10^-9 USD), as decimal text.
    total_cost_nanos: String,
    /// Events of which no price is known; the total lacks them.
    unpriced_event_count: i64,
    /// Some events are unpriced: the true total is higher.
    is_floor: bool,
}

/// The agents or workflows that have events.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Actors<'a> {
    /// Where agents are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    agents: Option<&'a [&'a str]>,
    /// Where workflows are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    workflows: Option<&'a [&'a str]>,
    /// The same list under another name.
    values: &'a [&'a str],
    items: &'a [Actor],
    #[serde(flatten)]
    span: Span,
}

pub(super) fn agents(call: &Call<'_>) -> Answer {
    actors(call, Axis::Agent)
}

pub(super) fn workflows(call: &Call<'_>) -> Answer {
    actors(call, Axis::Workflow)
}

fn actors(call: &Call<'_>, axis: Axis) -> Answer {
    let asked = Asked::of(call)?;
    let groups = asked.ledger().groups(Scope::Everyone, axis, asked.period)?;
    let texts = Texts::of(call, groups.keys().map(|group| group.label))?;
    let mut items: Vec<Actor> = groups
        .iter()
        .filter_map(|(group, sums)| {
            Some(Actor {
                value: texts.owned(group.label)?,
                event_count: count(sums.events),
                total_cost: dollars(sums.cost_nanos),
                total_cost_nanos: sums.cost_nanos.to_string(),
                unpriced_event_count: count(sums.unpriced),
                is_floor: sums.unpriced > 0,
            })
        })
        .collect();
    order::by(&mut items, |a, b| a.value.cmp(&b.value));
    let values: Vec<&str> = items.iter().map(|item| item.value.as_str()).collect();
    let of = |wanted| (axis == wanted).then_some(values.as_slice());
    Ok(json(
        StatusCode::OK,
        &Actors {
            agents: of(Axis::Agent),
            workflows: of(Axis::Workflow),
            values: &values,
            items: &items,
            span: asked.period.into(),
        },
    ))
}
