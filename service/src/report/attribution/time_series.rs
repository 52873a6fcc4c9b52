//! `GET /v1/attribution/time-series`: a series for each of the dearest values, one for the rest.

use super::axis::Named;
use crate::http::{Problem, json};
use crate::report::asked::Asked;
use crate::report::labels::Texts;
use crate::report::shape::{Series, SeriesAnswer, points};
use crate::report::sums::{Placed, Scope, Sums};
use crate::route::{Kind, Parameter};
use crate::router::{Answer, Call};
use bearlumen_core::order;
use http::StatusCode;
use std::collections::HashMap;

/// How many series.
pub(crate) const MANY: &[Parameter] = &[Parameter::new(
    "limit",
    Kind::Integer(1, 100),
    "The most values with a series of their own; 10 when absent",
)];

const DEFAULT_SERIES: i64 = 10;

/// The most points of an answer, over all series.
const MAX_POINTS: usize = 100_000;

pub(super) fn time_series(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let named = Named::asked(&asked.query, call.sql)?;
    series_of(&asked, &named, |_| true)
}

/// A value's sums by step, without the steps in which nothing happened: there may be very many values.
struct Line {
    label: i64,
    by_step: HashMap<usize, Sums>,
    total: Sums,
}

/// Costs over time of those values of a dimension that are wanted.
pub(crate) fn series_of(
    asked: &Asked<'_>,
    named: &Named,
    is_wanted: impl Fn(Option<&str>) -> bool,
) -> Answer {
    let (granularity, steps) = asked.steps()?;
    let placed = match named.axis {
        Some(axis) => asked
            .ledger()
            .series(Scope::Everyone, axis, &steps, granularity)?,
        None => Vec::new(),
    };
    let texts = Texts::of(asked.call, placed.iter().map(|placed| placed.group.label))?;
    let mut lines = lines(
        placed
            .into_iter()
            .filter(|placed| is_wanted(texts.get(placed.group.label))),
    );
    order::by(&mut lines, |a, b| {
        let by_cost = b.total.cost_nanos.cmp(&a.total.cost_nanos);
        by_cost.then_with(|| texts.get(a.label).cmp(&texts.get(b.label)))
    });
    let limit = usize::try_from(asked.query.integer("limit", DEFAULT_SERIES)).unwrap_or(1);
    if steps.len().saturating_mul(limit.min(lines.len()) + 1) > MAX_POINTS {
        let message = format!(
            "Invalid granularity: {} gives more than {MAX_POINTS} points; expected a longer one, or a smaller limit",
            granularity.as_str()
        );
        return Err(Problem::invalid("granularity", message));
    }
    let total = Sums::of(lines.iter().map(|line| &line.total));
    let rest = lines.split_off(limit.min(lines.len()));
    let shown = |name: Option<String>, other: bool, lines: &[Line]| {
        let sums = by_step(lines, steps.len());
        Series {
            attribution_value: name,
            other,
            totals: (&Sums::of(&sums)).into(),
            points: points(&steps, &sums),
        }
    };
    let mut series: Vec<Series> = lines
        .iter()
        .map(|line| shown(texts.owned(line.label), false, std::slice::from_ref(line)))
        .collect();
    if !rest.is_empty() {
        series.push(shown(None, true, &rest));
    }
    let answer = SeriesAnswer::new(&named.name, granularity, &series, &total, asked.period);
    Ok(json(StatusCode::OK, &answer))
}

fn lines(placed: impl Iterator<Item = Placed>) -> Vec<Line> {
    let mut by_label: HashMap<i64, HashMap<usize, Sums>> = HashMap::new();
    for Placed { group, step, sums } in placed {
        let line = by_label.entry(group.label).or_default();
        line.entry(step).or_default().add(&sums);
    }
    let line = |(label, by_step): (i64, HashMap<usize, Sums>)| Line {
        label,
        total: Sums::of(by_step.values()),
        by_step,
    };
    by_label.into_iter().map(line).collect()
}

/// The sums of lines together in every step.
fn by_step(lines: &[Line], steps: usize) -> Vec<Sums> {
    let mut sums = vec![Sums::default(); steps];
    for (step, more) in lines.iter().flat_map(|line| &line.by_step) {
        if let Some(sum) = sums.get_mut(*step) {
            sum.add(more);
        }
    }
    sums
}
