//! A range beside the one before.

use crate::http::Problem;
use crate::report::asked::Asked;
use crate::report::shape::{Comparison, Span, Totals};
use crate::report::sums::Scope;
use serde::Serialize;

/// What a range cost, beside the range before.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Summary {
    #[serde(flatten)]
    totals: Totals,
    #[serde(flatten)]
    comparison: Comparison,
    #[serde(flatten)]
    span: Span,
}

pub(crate) fn summary(asked: &Asked<'_>, scope: Scope) -> Result<Summary, Problem> {
    let ledger = asked.ledger();
    let now = ledger.total(scope, asked.period)?;
    let before = ledger.total(scope, asked.before)?;
    Ok(Summary {
        totals: (&now).into(),
        comparison: Comparison::of(&now, &before),
        span: asked.period.into(),
    })
}
