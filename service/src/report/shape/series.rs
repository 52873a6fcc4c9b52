//! Costs over time.

use super::{Span, Totals, Written};
use crate::report::period::{Granularity, Period, Slot};
use crate::report::sums::Sums;
use serde::Serialize;

/// One step of a series.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Point {
    /// The day that the step begins on, in the organisation's time zone; for an hour the instant.
    date: String,
    #[serde(flatten)]
    span: Span,
    #[serde(flatten)]
    totals: Totals,
}

/// Every step with its sums, also where nothing happened.
pub(crate) fn points(steps: &[Slot], sums: &[Sums]) -> Vec<Point> {
    let pairs = steps.iter().zip(sums);
    let point = |(step, sums): (&Slot, &Sums)| Point {
        date: step.date.clone(),
        span: step.period.into(),
        totals: sums.into(),
    };
    pairs.map(point).collect()
}

/// Costs over time. Every step of the range stands there, also where nothing happened.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Trend {
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Point>"))]
    items: Written,
    /// The same list under another name.
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Point>"))]
    trend: Written,
    /// The same list under another name.
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Point>"))]
    data_points: Written,
    /// How long a step is: `hour`, `day`, `week` (from Monday) or `month`.
    granularity: &'static str,
    #[serde(flatten)]
    totals: Totals,
    #[serde(flatten)]
    span: Span,
}

impl Trend {
    pub(crate) fn new(
        points: &[Point],
        granularity: Granularity,
        total: &Sums,
        period: Period,
    ) -> Self {
        let points = Written::of(points);
        Self {
            items: points.clone(),
            trend: points.clone(),
            data_points: points,
            granularity: granularity.as_str(),
            totals: total.into(),
            span: period.into(),
        }
    }
}

/// One value of a dimension over time.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Series {
    /// The value; `null` for the events without one, and for the rest.
    pub(crate) attribution_value: Option<String>,
    /// All values beyond `limit` together.
    pub(crate) other: bool,
    #[serde(flatten)]
    pub(crate) totals: Totals,
    pub(crate) points: Vec<Point>,
}

/// Costs over time by the values of a dimension, the dearest first.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct SeriesAnswer<'a> {
    dimension: &'a str,
    /// How long a step is: `hour`, `day`, `week` (from Monday) or `month`.
    granularity: &'static str,
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Series>"))]
    series: Written,
    /// The same list under another name.
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Series>"))]
    items: Written,
    #[serde(flatten)]
    totals: Totals,
    #[serde(flatten)]
    span: Span,
}

impl<'a> SeriesAnswer<'a> {
    pub(crate) fn new(
        dimension: &'a str,
        granularity: Granularity,
        series: &[Series],
        total: &Sums,
        period: Period,
    ) -> Self {
        let series = Written::of(series);
        Self {
            dimension,
            granularity: granularity.as_str(),
            series: series.clone(),
            items: series,
            totals: total.into(),
            span: period.into(),
        }
    }
}
