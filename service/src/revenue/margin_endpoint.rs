//! `/v1/margins/…`

use super::margin::{Margin, by_step, earned};
use crate::http::{Page, PageAsked, json};
use crate::report::{Asked, Axis, Known, Scope, Span, Sums};
use crate::route::{Kind, Parameter};
use crate::router::{Answer, Call};
use bearlumen_core::order;
use http::StatusCode;
use serde::Serialize;
use std::collections::HashMap;

pub(super) use crate::report::GRANULARITY;

/// In which order end users stand.
pub(super) const SORT: &[Parameter] = &[Parameter::new(
    "sort",
    Kind::OneOf(&["cost", "revenue", "margin", "name"]),
    "cost: the dearest first, when absent; revenue: the highest first; margin: the lowest first; name: by name",
)];

/// The margin of a range.
#[derive(Serialize)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "MarginSummary")
)]
pub(super) struct Summary {
    summary: Margin,
    #[serde(flatten)]
    span: Span,
}

/// `GET /v1/margins/summary`
pub(super) fn summary(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let costs = asked.ledger().total(Scope::Everyone, asked.period)?;
    let revenue = earned(call.sql, asked.period)?
        .iter()
        .map(|earned| earned.within(asked.period))
        .sum();
    Ok(json(
        StatusCode::OK,
        &Summary {
            summary: Margin::of(revenue, &costs),
            span: asked.period.into(),
        },
    ))
}

/// The margin of an end user.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct EndUserMargin {
    /// `eu_…`; null for the cost of events that name no end user.
    end_user_id: Option<String>,
    /// The caller's own id.
    external_id: Option<String>,
    /// The name given, else the caller's own id.
    end_user_name: Option<String>,
    #[serde(flatten)]
    margin: Margin,
}

/// The margins of end users.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "MarginsByEndUser")
)]
pub(super) struct ByEndUser {
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<EndUserMargin>"))]
    end_users: Box<serde_json::value::RawValue>,
    /// The same list.
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<EndUserMargin>"))]
    items: Box<serde_json::value::RawValue>,
    /// Of all end users, on this page or not.
    summary: Margin,
    #[serde(flatten)]
    page: Page,
    #[serde(flatten)]
    span: Span,
}

/// `GET /v1/margins/by-end-user`
pub(super) fn by_end_user(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let mut rows: HashMap<i64, (i128, Sums)> = HashMap::new();
    let costs = asked
        .ledger()
        .groups(Scope::Everyone, Axis::EndUser, asked.period)?;
    for (group, sums) in &costs {
        rows.entry(group.label).or_default().1.add(sums);
    }
    for earned in earned(call.sql, asked.period)? {
        rows.entry(earned.end_user).or_default().0 += earned.within(asked.period);
    }
    let known = Known::of(call.sql, rows.keys().copied())?;
    let name = |label: &i64| known.get(label).map(|known| known.end_user_name.as_str());
    let revenue = rows.values().map(|(revenue, _)| revenue).sum();
    let total = Sums::of(rows.values().map(|(_, costs)| costs));
    let mut sorted: Vec<(&i64, &(i128, Sums))> = rows.iter().collect();
    let sort = asked.query.get(&["sort"]).unwrap_or("cost");
    order::by(
        &mut sorted,
        |(a, (a_revenue, a_costs)), (b, (b_revenue, b_costs))| {
            let first = match sort {
                "revenue" => b_revenue.cmp(a_revenue),
                "margin" => (a_revenue - a_costs.cost_nanos).cmp(&(b_revenue - b_costs.cost_nanos)),
                "name" => std::cmp::Ordering::Equal,
                _ => b_costs.cost_nanos.cmp(&a_costs.cost_nanos),
            };
            // Equals in a fixed order, so that pages fit together.
            first.then_with(|| name(a).cmp(&name(b))).then(a.cmp(b))
        },
    );
    let (page_rows, page) = PageAsked::of(&asked.query).part(sorted);
    let end_users: Vec<EndUserMargin> = page_rows
        .into_iter()
        .map(|(label, (revenue, costs))| {
            let known = known.get(label);
            EndUserMargin {
                end_user_id: known.map(|known| known.end_user_id.clone()),
                external_id: known.map(|known| known.external_id.clone()),
                end_user_name: known.map(|known| known.end_user_name.clone()),
                margin: Margin::of(*revenue, costs),
            }
        })
        .collect();
    let list = serde_json::value::to_raw_value(&end_users).unwrap_or_default();
    Ok(json(
        StatusCode::OK,
        &ByEndUser {
            items: list.clone(),
            end_users: list,
            summary: Margin::of(revenue, &total),
            page,
            span: asked.period.into(),
        },
    ))
}

/// The margin of a step.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct MarginPoint {
    /// The day that the step begins on, in the organisation's time zone; for an hour the instant.
    date: String,
    #[serde(flatten)]
    span: Span,
    #[serde(flatten)]
    margin: Margin,
}

/// Margins over time.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "MarginTrend")
)]
pub(super) struct Trend {
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<MarginPoint>"))]
    items: Box<serde_json::value::RawValue>,
    /// The same list.
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<MarginPoint>"))]
    trend: Box<serde_json::value::RawValue>,
    summary: Margin,
    /// How long a step is: `hour`, `day`, `week` (from Monday) or `month`.
    granularity: &'static str,
    #[serde(flatten)]
    span: Span,
}

/// `GET /v1/margins/trend`
pub(super) fn trend(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let (granularity, steps) = asked.steps()?;
    let mut costs = vec![Sums::default(); steps.len()];
    let ledger = asked.ledger();
    for placed in ledger.series(Scope::Everyone, Axis::Nothing, &steps, granularity)? {
        if let Some(sums) = costs.get_mut(placed.step) {
            sums.add(&placed.sums);
        }
    }
    let revenues = by_step(&earned(call.sql, asked.period)?, &steps);
    let points: Vec<MarginPoint> = steps
        .iter()
        .zip(revenues.iter().zip(&costs))
        .map(|(step, (revenue, costs))| MarginPoint {
            date: step.date.clone(),
            span: step.period.into(),
            margin: Margin::of(*revenue, costs),
        })
        .collect();
    let list = serde_json::value::to_raw_value(&points).unwrap_or_default();
    Ok(json(
        StatusCode::OK,
        &Trend {
            items: list.clone(),
            trend: list,
            summary: Margin::of(revenues.iter().sum(), &Sums::of(&costs)),
            granularity: granularity.as_str(),
            span: asked.period.into(),
        },
    ))
}
