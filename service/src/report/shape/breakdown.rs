//! Costs grouped by one thing.

use super::{Item, Span, Totals, Written};
use crate::report::period::Period;
use crate::report::sums::Sums;
use serde::Serialize;

/// Costs grouped by one thing, the dearest first.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Breakdown<'a> {
    /// The dimension, where the request names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    dimension: Option<&'a str>,
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Item>"))]
    items: Written,
    /// The same list under another name.
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Item>"))]
    breakdown: Written,
    #[serde(flatten)]
    totals: Totals,
    #[serde(flatten)]
    span: Span,
}

impl<'a> Breakdown<'a> {
    pub(crate) fn new(
        dimension: Option<&'a str>,
        items: &[Item],
        total: &Sums,
        period: Period,
    ) -> Self {
        let items = Written::of(items);
        Self {
            dimension,
            items: items.clone(),
            breakdown: items,
            totals: total.into(),
            span: period.into(),
        }
    }
}
