//! `GET /v1/insights/summary`: totals, what they are made of, and what changed most.

use crate::http::{Problem, json};
use crate::report::{
    Asked, Axis, Group, Item, Naming, Scope, Span, Sums, Texts, Totals, dollars, items, mean,
    percent,
};
use crate::route::{Kind, Parameter};
use crate::router::{Answer, Call};
use bearlumen_core::order;
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
    /// Some events of the range before are unpriced: its true cost is higher.
    previous_period_is_floor: bool,
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
    /// Some events of either range are unpriced: the change leaves them out.
    is_floor: bool,
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
        previous_period_is_floor: before.unpriced > 0,
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

/// What something cost in both ranges, in nano-dollars.
struct Moved {
    kind: &'static str,
    label: i64,
    now: i128,
    before: i128,
    is_floor: bool,
}

fn movers(asked: &Asked<'_>, limit: usize) -> Result<Vec<Mover>, Problem> {
    let ledger = asked.ledger();
    let mut changes: Vec<Moved> = Vec::new();
    for (kind, axis, _) in KINDS {
        let now = ledger.groups(Scope::Everyone, axis, asked.period)?;
        let before = ledger.groups(Scope::Everyone, axis, asked.before)?;
        let sums = |of: &HashMap<Group, Sums>, group: &Group| {
            of.get(group).map_or((0, 0), |s| (s.cost_nanos, s.unpriced))
        };
        let mut groups: Vec<&Group> = now.keys().chain(before.keys()).collect();
        order::by(&mut groups, Ord::cmp);
        groups.dedup();
        changes.extend(
            groups
                .into_iter()
                .map(|group| {
                    let ((now, lacking), (before, lacked)) =
                        (sums(&now, group), sums(&before, group));
                    let is_floor = lacking + lacked > 0;
                    Moved {
                        kind,
                        label: group.label,
                        now,
                        before,
                        is_floor,
                    }
                })
                .filter(|moved| moved.now != moved.before),
        );
    }
    let texts = Texts::of(asked.call, changes.iter().map(|moved| moved.label))?;
    // The largest change first; equals in a fixed order, so that two answers compare.
    order::by(&mut changes, |a, b| {
        (b.now - b.before)
            .abs()
            .cmp(&(a.now - a.before).abs())
            .then_with(|| a.kind.cmp(b.kind))
            .then_with(|| texts.get(a.label).cmp(&texts.get(b.label)))
    });
    let mover = |moved: Moved| {
        let change = moved.now - moved.before;
        Mover {
            kind: moved.kind,
            value: texts.owned(moved.label),
            cost: dollars(moved.now),
            previous_cost: dollars(moved.before),
            is_floor: moved.is_floor,
            change_amount: dollars(change),
            change_amount_nanos: change.to_string(),
            change_percent: change_percent(change, moved.before),
        }
    };
    Ok(changes.into_iter().take(limit).map(mover).collect())
}
