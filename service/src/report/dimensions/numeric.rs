//! `GET /v1/dimensions/{key}/numeric-summary` and `…/numeric-trend`

use crate::http::{Problem, json};
use crate::ledger::bins::{Bins, value_of_bin};
use crate::report::asked::Asked;
use crate::report::labels::find;
use crate::report::money::units;
use crate::report::period::{Granularity, Slot};
use crate::report::shape::{Span, Written};
use crate::report::sums::{MAX_HOURS_OF_EVENTS_MS, Numbers};
use crate::router::{Answer, Call};
use http::StatusCode;
use serde::Serialize;

/// Between a percentile and a value that was measured, relative to it.
const PERCENTILE_ACCURACY: f64 = 0.01;

/// Percentiles, `null` where nothing was measured.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Percentiles {
    p50: Option<f64>,
    p75: Option<f64>,
    p90: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
}

/// What measurements come to, in the dimension's own unit.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Aggregate {
    /// How many events have it.
    count: i64,
    /// To six decimals.
    sum: f64,
    /// `null` where nothing was measured; so are `min` and `max`.
    avg: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
}

/// What a numeric dimension comes to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Summary<'a> {
    dimension: &'a str,
    #[serde(flatten)]
    aggregate: Aggregate,
    percentiles: Percentiles,
    /// How far a percentile may lie from a value that was measured, relative to it.
    percentile_accuracy: f64,
    #[serde(flatten)]
    span: Span,
}

/// One step.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Point {
    /// The day that the step begins on, in the organisation's time zone; for an hour the instant.
    date: String,
    #[serde(flatten)]
    span: Span,
    #[serde(flatten)]
    aggregate: Aggregate,
}

/// A numeric dimension over time.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Trend<'a> {
    dimension: &'a str,
    /// How long a step is: `hour`, `day`, `week` (from Monday) or `month`.
    granularity: &'static str,
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Point>"))]
    items: Written,
    /// The same list under another name.
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Point>"))]
    trend: Written,
    #[serde(flatten)]
    span: Span,
}

pub(super) fn summary(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let key = call.path_value("key");
    let whole = [Slot {
        date: String::new(),
        period: asked.period,
    }];
    let mut numbers = None;
    let mut bins = Bins::default();
    if let Some(label) = find(call.sql, &key)? {
        let measured = asked.ledger().numbers((label, &key), &whole, true)?;
        numbers = measured.by_step.into_iter().flatten().next();
        bins = measured.bins;
    }
    let percentile = |hundredths| {
        numbers.and_then(
            |Numbers {
                 count, min, max, ..
             }| {
                percentile(&bins, count, hundredths).map(|value| value.clamp(min, max))
            },
        )
    };
    Ok(json(
        StatusCode::OK,
        &Summary {
            dimension: &key,
            aggregate: numbers.into(),
            percentiles: Percentiles {
                p50: percentile(50),
                p75: percentile(75),
                p90: percentile(90),
                p95: percentile(95),
                p99: percentile(99),
            },
            percentile_accuracy: PERCENTILE_ACCURACY,
            span: asked.period.into(),
        },
    ))
}

pub(super) fn trend(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let key = call.path_value("key");
    let (granularity, steps) = asked.steps()?;
    let by_days = granularity != Granularity::Hour;
    if !by_days && asked.period.end_ms - asked.period.start_ms > MAX_HOURS_OF_EVENTS_MS {
        let message = "Invalid granularity: hour is kept for at most 7 days of this report; expected day, week or month";
        return Err(Problem::invalid("granularity", message));
    }
    let by_step = match find(call.sql, &key)? {
        Some(label) => {
            asked
                .ledger()
                .numbers((label, &key), &steps, by_days)?
                .by_step
        }
        None => vec![None; steps.len()],
    };
    let points: Vec<Point> = steps
        .into_iter()
        .zip(by_step)
        .map(|(step, numbers)| Point {
            date: step.date,
            span: step.period.into(),
            aggregate: numbers.into(),
        })
        .collect();
    let points = Written::of(&points);
    Ok(json(
        StatusCode::OK,
        &Trend {
            dimension: &key,
            granularity: granularity.as_str(),
            items: points.clone(),
            trend: points,
            span: asked.period.into(),
        },
    ))
}

/// The smallest value that so many hundredths of all are not above.
fn percentile(bins: &Bins, count: i64, hundredths: i64) -> Option<f64> {
    let rank = (i128::from(count) * i128::from(hundredths) + 99) / 100;
    let mut passed = 0_i128;
    bins.iter()
        .find(|(_, events)| {
            passed += i128::from(*events);
            passed >= rank.max(1)
        })
        .map(|(bin, _)| value_of_bin(bin))
}

impl From<Option<Numbers>> for Aggregate {
    fn from(numbers: Option<Numbers>) -> Self {
        let average = |numbers: Numbers| {
            let (sum, count) = (numbers.sum_micros, i128::from(numbers.count));
            units((sum + count / 2).div_euclid(count.max(1)))
        };
        Self {
            count: numbers.map_or(0, |numbers| numbers.count),
            sum: numbers.map_or(0.0, |numbers| units(numbers.sum_micros)),
            avg: numbers.map(average),
            min: numbers.map(|numbers| numbers.min),
            max: numbers.map(|numbers| numbers.max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_ranks() {
        let mut bins = Bins::default();
        for value in 1..=100 {
            bins.count(f64::from(value));
        }
        for hundredths in [1, 50, 75, 90, 95, 99, 100] {
            let found = percentile(&bins, 100, hundredths).unwrap();
            let exact = f64::from(u32::try_from(hundredths).unwrap());
            assert!(
                (found - exact).abs() <= exact * 0.0101,
                "{hundredths}: {found}"
            );
        }
        assert_eq!(percentile(&Bins::default(), 0, 50), None);
    }
}
