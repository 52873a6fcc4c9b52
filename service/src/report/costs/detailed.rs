//! `GET /v1/cost-data/detailed/…`: breakdowns with tokens by class, page by page.

use super::tokens::{Tokens, by_group};
use crate::http::{Page, PageAsked, json};
use crate::report::asked::Asked;
use crate::report::end_users::Known;
use crate::report::money::mean;
use crate::report::period::Period;
use crate::report::shape::{Item, Naming, Span, Totals, Written, items};
use crate::report::sums::{Axis, Group, Scope, Sums};
use crate::router::{Answer, Call};
use http::StatusCode;
use serde::Serialize;
use std::collections::HashMap;

/// A group with its tokens.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct DetailedItem {
    #[serde(flatten)]
    item: Item,
    /// Tokens by class, in breakdowns by model and by provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<Tokens>,
    /// US dollars; of the events whose price is known. `null` when none is.
    average_cost_per_event: Option<f64>,
    /// Who it is, in the breakdown by end user; absent for the events without one.
    #[serde(flatten)]
    end_user: Option<Known>,
}

/// A breakdown, page by page. Totals and percentages are of all groups, not of those on the page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Detailed {
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<DetailedItem>"))]
    items: Written,
    /// The same list under another name.
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<DetailedItem>"))]
    breakdown: Written,
    #[serde(flatten)]
    totals: Totals,
    #[serde(flatten)]
    page: Page,
    #[serde(flatten)]
    span: Span,
}

impl Detailed {
    fn new(items: &[DetailedItem], total: &Sums, page: Page, period: Period) -> Self {
        let items = Written::of(items);
        Self {
            items: items.clone(),
            breakdown: items,
            totals: total.into(),
            page,
            span: period.into(),
        }
    }
}

pub(super) fn by_model(call: &Call<'_>) -> Answer {
    detailed(call, Axis::ModelOfProvider, Naming::ModelOfProvider)
}

pub(super) fn by_provider(call: &Call<'_>) -> Answer {
    detailed(call, Axis::Provider, Naming::Provider)
}

pub(super) fn by_end_user(call: &Call<'_>) -> Answer {
    detailed(call, Axis::EndUser, Naming::EndUser)
}

fn detailed(call: &Call<'_>, axis: Axis, naming: Naming) -> Answer {
    let asked = Asked::of(call)?;
    let groups = asked.ledger().groups(Scope::Everyone, axis, asked.period)?;
    let (list, total) = items(call, naming, &groups)?;
    let (part, page) = PageAsked::of(&asked.query).part(list);
    let mut tokens = by_group(&asked, axis, asked.period)?;
    let mut known = match axis {
        Axis::EndUser => Known::of(call.sql, part.iter().map(|(group, _)| group.label))?,
        _ => HashMap::new(),
    };
    let items: Vec<DetailedItem> = part
        .into_iter()
        .map(|(group, item)| DetailedItem {
            average_cost_per_event: average(&groups, group),
            tokens: (axis != Axis::EndUser).then(|| tokens.remove(&group).unwrap_or_default()),
            end_user: known.remove(&group.label),
            item,
        })
        .collect();
    Ok(json(
        StatusCode::OK,
        &Detailed::new(&items, &total, page, asked.period),
    ))
}

fn average(groups: &HashMap<Group, Sums>, group: Group) -> Option<f64> {
    let sums = groups.get(&group)?;
    mean(sums.cost_nanos, sums.events - sums.unpriced)
}
