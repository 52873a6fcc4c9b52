//! `GET /v1/insights/summary`: totals, what they are made of, and what changed most.

use crate::http::{Problem, json};
use crate::order;
use crate::report::{
    Asked, Axis, Group, Item, Naming, Scope, Span, Sums, Texts, Totals, dollars, items, mean,
    percent,
};
use crate::route::{Kind, Parameter};
use crate::router::{Answer, Call};
use http::StatusCode;
use serde::Serialize;
use std::collections::HashMap;

/// What to answer.
pub(super) const WHAT: &[Parameter] = &[
    Parameter::new(
        "include",
        Kind::SomeOf(&["totals", "distributions", "top_movers", "topMovers"]),
        "Which parts to answer besides the totals, which are always there; all when absent",
    ),
    Parameter::new(
        "limit",
        Kind::Integer(1, 1000),
        "The most items of each distribution and of the movers; 10 when absent",
    ),
];

/// What a range cost, by what, and what changed most.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Insights {
    totals: InsightTotals,
    /// Only where asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    distributions: Option<Distributions>,
    /// What changed most against the range before, in either direction. Only where asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    top_movers: Option<Vec<Mover>>,
    #[serde(flatten)]
    span: Span,
}

/// What a range cost, beside the range before.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct InsightTotals {
    #[serde(flatten)]
    totals: Totals,
    /// How many different models events name.
    unique_models: i64,
    /// How many different end users events name.
    unique_end_users: i64,
    /// US dollars an event whose cost is known; null without one.
    average_cost_per_event: Option<f64>,
    /// US dollars.
    previous_period_cost: f64,
    /// US dollars.
    change_amount: f64,
    /// Against the range before, with two decimals; null when that cost nothing and this one something.
    change_percent: Option<f64>,
}

/// The dearest of everything that costs are grouped by.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Distributions {
    by_model: Vec<Item>,
    by_provider: Vec<Item>,
    by_feature: Vec<Item>,
    by_end_user: Vec<Item>,
    by_agent: Vec<Item>,
    by_workflow: Vec<Item>,
}

/// Something whose cost changed.
#[derive(Serialize, Clone)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Mover {
    /// `model`, `provider`, `feature`, `endUser`, `agent` or `workflow`.
    kind: &'static str,
    /// Its name; null for events without one.
    value: Option<String>,
    /// US dollars in the range.
    cost: f64,
    /// US dollars in the range before.
    previous_cost: f64,
    /// US dollars more, or less.
    change_amount: f64,
    /// The exact change in nano-dollars, decimal text.
    change_amount_nanos: String,
    /// With two decimals; null when it cost nothing before.
    change_percent: Option<f64>,
}

const KINDS: [(&str, Axis, Naming); 6] = [
    ("model", Axis::Model, Naming::Model),
    ("provider", Axis::Provider, Naming::Provider),
    ("feature", Axis::Feature, Naming::Feature),
    ("endUser", Axis::EndUser, Naming::EndUser),
    ("agent", Axis::Agent, Naming::Agent),
    ("workflow", Axis::Workflow, Naming::Workflow),
];

/// `GET /v1/insights/summary`
pub(super) fn summary(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let included = asked.query.words("include");
    let wants = |names: &[&str]| included.is_empty() || included.iter().any(|i| names.contains(i));
    let limit = usize::try_from(asked.query.integer("limit", 10)).unwrap_or(10);
    let distributions = if wants(&["distributions"]) {
        Some(distributions(&asked, limit)?)
    } else {
        None
    };
    let top_movers = if wants(&["top_movers", "topMovers"]) {
        Some(movers(&asked, limit)?)
    } else {
        None
    };
    Ok(json(
        StatusCode::OK,
        &Insights {
            totals: totals(&asked)?,
            distributions,
            top_movers,
            span: asked.period.into(),
        },
    ))
}

fn totals(asked: &Asked<'_>) -> Result<InsightTotals, Problem> {
    let ledger = asked.ledger();
    let now = ledger.total(Scope::Everyone, asked.period)?;
    let before = ledger.total(Scope::Everyone, asked.before)?;
    let change = now.cost_nanos - before.cost_nanos;
    Ok(InsightTotals {
        totals: (&now).into(),
        unique_models: ledger.count(Axis::Model, asked.period)?,
        unique_end_users: ledger.count(Axis::EndUser, asked.period)?,
        average_cost_per_event: mean(now.cost_nanos, now.events - now.unpriced),
        previous_period_cost: dollars(before.cost_nanos),
        change_amount: dollars(change),
        change_percent: change_percent(change, before.cost_nanos),
    })
}

fn change_percent(change: i128, before: i128) -> Option<f64> {
    (before != 0 || change == 0).then(|| percent(change, before))
}

fn distributions(asked: &Asked<'_>, limit: usize) -> Result<Distributions, Problem> {
    let dearest = |axis, naming| -> Result<Vec<Item>, Problem> {
        let groups = asked.ledger().groups(Scope::Everyone, axis, asked.period)?;
        let (items, _) = items(asked.call, naming, &groups)?;
        Ok(items
            .into_iter()
            .take(limit)
            .map(|(_, item)| item)
            .collect())
    };
    Ok(Distributions {
        by_model: dearest(Axis::Model, Naming::Model)?,
        by_provider: dearest(Axis::Provider, Naming::Provider)?,
        by_feature: dearest(Axis::Feature, Naming::Feature)?,
        by_end_user: dearest(Axis::EndUser, Naming::EndUser)?,
        by_agent: dearest(Axis::Agent, Naming::Agent)?,
        by_workflow: dearest(Axis::Workflow, Naming::Workflow)?,
    })
}

fn movers(asked: &Asked<'_>, limit: usize) -> Result<Vec<Mover>, Problem> {
    let ledger = asked.ledger();
    let mut changes: Vec<(&'static str, i64, i128, i128)> = Vec::new();
    for (kind, axis, _) in KINDS {
        let now = ledger.groups(Scope::Everyone, axis, asked.period)?;
        let before = ledger.groups(Scope::Everyone, axis, asked.before)?;
        let cost =
            |of: &HashMap<Group, Sums>, group: &Group| of.get(group).map_or(0, |s| s.cost_nanos);
        let mut groups: Vec<&Group> = now.keys().chain(before.keys()).collect();
        groups.sort();
        groups.dedup();
        changes.extend(
            groups
                .into_iter()
                .map(|group| (kind, group.label, cost(&now, group), cost(&before, group)))
                .filter(|(_, _, now, before)| now != before),
        );
    }
    let texts = Texts::of(asked.call, changes.iter().map(|(_, label, ..)| *label))?;
    // The largest change first; equals in a fixed order, so that two answers compare.
    order::by(
        &mut changes,
        |(a_kind, a, a_now, a_before), (b_kind, b, b_now, b_before)| {
            (b_now - b_before)
                .abs()
                .cmp(&(a_now - a_before).abs())
                .then_with(|| a_kind.cmp(b_kind))
                .then_with(|| texts.get(*a).cmp(&texts.get(*b)))
        },
    );
    let mover = |(kind, label, now, before): (&'static str, i64, i128, i128)| Mover {
        kind,
        value: texts.owned(label),
        cost: dollars(now),
        previous_cost: dollars(before),
        change_amount: dollars(now - before),
        change_amount_nanos: (now - before).to_string(),
        change_percent: change_percent(now - before, before),
    };
    Ok(changes.into_iter().take(limit).map(mover).collect())
}
