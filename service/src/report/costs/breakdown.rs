//! Costs grouped by one thing.

use crate::report::asked::Asked;
use crate::report::shape::{Breakdown, Item, Naming, items};
use crate::report::sums::{Axis, Scope};
use crate::router::Answer;
use http::Response;

/// Answers with what `shown` makes of the breakdown.
pub(crate) fn breakdown(
    asked: &Asked<'_>,
    scope: Scope,
    axis: Axis,
    naming: Naming,
    shown: impl FnOnce(&Breakdown<'_>) -> Response<Vec<u8>>,
) -> Answer {
    let groups = asked.ledger().groups(scope, axis, asked.period)?;
    let (items, total) = items(asked.call, naming, &groups)?;
    let items: Vec<Item> = items.into_iter().map(|(_, item)| item).collect();
    Ok(shown(&Breakdown::new(None, &items, &total, asked.period)))
}
