//! Costs over time.

use crate::report::asked::Asked;
use crate::report::shape::{Trend, points};
use crate::report::sums::{Axis, Scope, Sums};
use crate::router::Answer;
use http::Response;

/// Answers with what `shown` makes of the trend.
pub(crate) fn trend(
    asked: &Asked<'_>,
    scope: Scope,
    shown: impl FnOnce(&Trend) -> Response<Vec<u8>>,
) -> Answer {
    let (granularity, steps) = asked.steps()?;
    let ledger = asked.ledger();
    let mut sums = vec![Sums::default(); steps.len()];
    for placed in ledger.series(scope, Axis::Nothing, &steps, granularity)? {
        if let Some(sum) = sums.get_mut(placed.step) {
            sum.add(&placed.sums);
        }
    }
    let total = Sums::of(&sums);
    let points = points(&steps, &sums);
    Ok(shown(&Trend::new(
        &points,
        granularity,
        &total,
        asked.period,
    )))
}
