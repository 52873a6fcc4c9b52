//! Costs grouped by one thing.

use super::{Item, Span, Totals};
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
    items: &'a [Item],
    /// The same list under another name.
    breakdown: &'a [Item],
    #[serde(flatten)]
    totals: Totals,
    #[serde(flatten)]
    span: Span,
}

impl<'a> Breakdown<'a> {
    pub(crate) fn new(
        dimension: Option<&'a str>,
        items: &'a [Item],
        total: &Sums,
        period: Period,
    ) -> Self {
        Self {
            dimension,
            items,
            breakdown: items,
            totals: total.into(),
            span: period.into(),
        }
    }
}
