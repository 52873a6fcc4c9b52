//! The trend: a line through the days since the last step, kept only where it is significant and matters.

use super::season::Season;
use serde::Serialize;

/// How many spreads of itself the slope must exceed: about one false alarm in a hundred.
const SIGNIFICANT: f64 = 2.6;

/// What thirty days must change, as a part of the level, to be called a trend.
const MATTERS: f64 = 0.05;

/// Days of one line at most: an older course says little about the coming weeks.
pub(super) const LINE_DAYS: usize = 42;

/// Days a line needs.
pub(super) const MIN_LINE_DAYS: usize = 14;

/// Where the daily cost is going.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Significantly up, by at least 5 % in thirty days.
    Increasing,
    /// Significantly down, by at least 5 % in thirty days.
    Decreasing,
    /// Neither.
    Stable,
}

impl Direction {
    /// The lower-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Increasing => "increasing",
            Self::Decreasing => "decreasing",
            Self::Stable => "stable",
        }
    }
}

/// A significant line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// Of the level, a day, already drawn towards 0 by its uncertainty.
    pub(super) slope: f64,
    /// The line's value on the first of its days.
    pub(super) begin: f64,
    /// How many days it was drawn through.
    pub(super) days: usize,
    /// The variance of the noise around it, follow-up errors included.
    pub(super) noise: f64,
}

/// The line through `values`, which wanders by `wander` of the noise a day beside it, the first of them the weekday `first`, days of `skipped` left out; `None` where it is
/// not significant or too flat to matter.
pub(super) fn line(
    values: &[f64],
    first: usize,
    season: &Season,
    skipped: &[usize],
    wander: f64,
) -> Option<Line> {
    let points: Vec<(f64, f64)> = values
        .iter()
        .enumerate()
        .filter(|(day, _)| !skipped.contains(day))
        .filter_map(|(day, value)| {
            let factor = season.factor(first + day);
            // A weekday of nearly nothing says nearly nothing about the level.
            (factor >= 0.25).then(|| (day as f64, value / factor))
        })
        .collect();
    if points.len() < MIN_LINE_DAYS * 5 / 7 {
        return None;
    }
    let count = points.len() as f64;
    let (sum_x, sum_y) = points
        .iter()
        .fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
    let (mid_x, mid_y) = (sum_x / count, sum_y / count);
    let (xx, xy) = points.iter().fold((0.0, 0.0), |(xx, xy), (x, y)| {
        (
            xx + (x - mid_x) * (x - mid_x),
            xy + (x - mid_x) * (y - mid_y),
        )
    });
    if xx <= 0.0 || mid_y <= 0.0 {
        return None;
    }
    let slope = xy / xx;
    let rests: Vec<f64> = points
        .iter()
        .map(|(x, y)| y - mid_y - slope * (x - mid_x))
        .collect();
    let squares = rests.iter().map(|r| r * r).sum::<f64>();
    let follow = rests
        .windows(2)
        .map(|pair| pair.iter().product::<f64>())
        .sum::<f64>();
    // Days that follow their neighbours say less than independent ones.
    let correlation = if squares > 0.0 {
        (follow / squares).clamp(0.0, 0.9)
    } else {
        0.0
    };
    let noise = squares / (count - 2.0) * (1.0 + correlation) / (1.0 - correlation);
    // A level that wanders goes somewhere by chance: the slope of such a walk of n days has 6/5 of a step's variance,
    // over n.
    let drift = 2.0 * wander * wander * squares / (count - 2.0) / count;
    let spread = (noise / xx + drift).sqrt();
    let certainty = if spread > 0.0 {
        slope / spread
    } else if slope.abs() > 0.0 {
        1e9_f64.copysign(slope)
    } else {
        0.0
    };
    if certainty.abs() < SIGNIFICANT || slope.abs() * 30.0 < MATTERS * mid_y {
        return None;
    }
    let kept = 1.0 - 1.0 / (certainty * certainty);
    Some(Line {
        slope: slope * kept,
        begin: mid_y - slope * mid_x,
        days: values.len(),
        noise: noise + drift * xx,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_and_a_wobble_is_not() {
        let up: Vec<f64> = (0..30)
            .map(|day| 100.0 + 2.0 * f64::from(day) + f64::from(day * 7 % 5))
            .collect();
        let found = line(&up, 0, &Season::NONE, &[], 0.0).unwrap();
        assert!((found.slope - 2.0).abs() < 0.1, "{found:?}");
        let wobble: Vec<f64> = (0..30).map(|day| 100.0 + f64::from(day * 7 % 5)).collect();
        assert!(line(&wobble, 0, &Season::NONE, &[], 0.0).is_none());
    }

    #[test]
    fn a_certain_line_that_is_nearly_flat_does_not_matter() {
        let flat: Vec<f64> = (0..30).map(|day| 100.0 + 0.05 * f64::from(day)).collect();
        assert!(line(&flat, 0, &Season::NONE, &[], 0.0).is_none());
    }
}
