//! The projection: a mean and an interval for every coming day and for their sums.

use super::factors::{Factor, factors};
use super::fit::{Fit, fit};
use super::interval::Level;
use super::series::DailyCosts;
use super::smooth::Pace;
use super::trend::Direction;
use super::{MAX_HORIZON_DAYS, MIN_DAYS, WINDOW_DAYS};
use jiff::civil::Date;

/// A trend is carried this far; later days stay where it led.
const TREND_DAYS: usize = 30;

/// Spikes that make a habit: then they are projected, at their own rate.
const HABIT: usize = 3;

/// An amount and its interval, in nano-dollars; none is below 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// What is expected.
    pub expected: i64,
    /// The interval's lower end.
    pub low: i64,
    /// Its upper end.
    pub high: i64,
}

/// A day from which on the level is another, in nano-dollars a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepFound {
    /// The day of the series, from 0 on.
    pub day: usize,
    /// The level before.
    pub before: i64,
    /// The level from that day on.
    pub after: i64,
}

/// A series' future.
#[derive(Debug, Clone)]
pub struct Projection {
    /// The first day ahead.
    pub start: Date,
    /// Every day ahead, at least thirty of them.
    pub daily: Vec<Range>,
    /// The sum of the days asked for.
    pub total: Range,
    /// The sum of the next 7 days.
    pub next_7_days: Range,
    /// The sum of the next 30 days.
    pub next_30_days: Range,
    /// 100 x (1 - half the width of the 30 days' interval / their expected sum), from 0 to 99; `None` where
    /// nothing is expected.
    pub confidence: Option<u8>,
    /// Where the daily cost is going.
    pub trend: Direction,
    /// Where the level last jumped.
    pub latest_step: Option<StepFound>,
    /// What the fit found, with figures.
    pub factors: Vec<Factor>,
}

/// What can be said about a series.
#[derive(Debug, Clone)]
pub enum Forecast {
    /// A projection.
    Projected(Box<Projection>),
    /// Fewer days with a first cost than needed; how many there are.
    TooLittleData(usize),
}

/// Projects `series` for `horizon` days (1 to 90), with intervals of `level`.
pub fn forecast(series: &DailyCosts, horizon: usize, level: Level) -> Forecast {
    let Some(fit) = fit(series, WINDOW_DAYS, MIN_DAYS) else {
        return Forecast::TooLittleData(series.recent(WINDOW_DAYS).0.nanos.len());
    };
    let horizon = horizon.clamp(1, MAX_HORIZON_DAYS);
    let ahead = Ahead::of(&fit, series, horizon.max(30), level);
    let next_30_days = ahead.sum(30);
    let trend = match &fit.line {
        Some(line) if line.slope > 0.0 => Direction::Increasing,
        Some(_) => Direction::Decreasing,
        None => Direction::Stable,
    };
    Forecast::Projected(Box::new(Projection {
        start: series.date(series.nanos.len()),
        daily: (0..horizon).map(|day| ahead.day(day)).collect(),
        total: ahead.sum(horizon),
        next_7_days: ahead.sum(7),
        next_30_days,
        confidence: confidence(next_30_days),
        trend,
        latest_step: fit.steps.last().map(|step| StepFound {
            day: fit.from + step.day,
            before: whole(step.before),
            after: whole(step.after),
        }),
        factors: factors(&fit, series, ahead.spikes_a_day),
    }))
}

/// What the day after the last one is expected to cost; `None` for series below `least` days.
pub fn next_day(series: &DailyCosts, least: usize, level: Level) -> Option<Range> {
    let fit = fit(series, WINDOW_DAYS, least)?;
    Some(Ahead::of(&fit, series, 1, level).day(0))
}

/// In per cent: how narrow the interval is beside the sum.
fn confidence(range: Range) -> Option<u8> {
    if range.expected <= 0 {
        return None;
    }
    let half = range.high.saturating_sub(range.low) / 2;
    let lost = i128::from(half) * 100 / i128::from(range.expected);
    u8::try_from((100 - lost).clamp(0, 99)).ok()
}

/// The fit carried into the future.
struct Ahead<'a> {
    fit: &'a Fit,
    deviations: f64,
    /// Ordinary days.
    means: Vec<f64>,
    /// What spikes add to each, where they are a habit.
    spikes_a_day: f64,
    spike_variance: f64,
}

impl<'a> Ahead<'a> {
    fn of(fit: &'a Fit, series: &DailyCosts, days: usize, level: Level) -> Self {
        let window = fit.days as f64;
        let (mut spikes_a_day, mut spike_variance) = (0.0, 0.0);
        for spike in &fit.spikes {
            spikes_a_day += spike.excess / window;
            spike_variance += spike.excess * spike.excess / window;
        }
        if fit.spikes.len() < HABIT {
            // It may have been the last of them.
            spikes_a_day = 0.0;
            spike_variance /= 4.0;
        }
        let slope = fit.line.as_ref().map_or(0.0, |line| line.slope);
        let last = series.nanos.len();
        let mean = |day: usize| {
            let level = fit.level + slope * (day + 1).min(TREND_DAYS) as f64;
            let factor = fit.season.factor(series.weekday(last + day));
            (level * factor).max(0.0)
        };
        Self {
            fit,
            deviations: level.deviations(fit.freedom),
            means: (0..days).map(mean).collect(),
            spikes_a_day,
            spike_variance,
        }
    }

    /// The variance of where the line stands, for the sum of the `days` from day `from` on; 0 without one.
    fn standing(&self, from: usize, days: usize) -> f64 {
        let Some(line) = &self.fit.line else {
            return 0.0;
        };
        let (count, length) = (days as f64, line.days as f64);
        // How far the days lie from the middle of the line, together.
        let distance: f64 = (from..from + days)
            .map(|day| length / 2.0 + (day + 1).min(TREND_DAYS) as f64)
            .sum();
        let spread = length * length * length / 12.0;
        line.noise * (count * count / length + distance * distance / spread)
    }

    /// The mean of `of_pace` over the paces that are likely.
    fn over_paces(&self, of_pace: impl Fn(Pace) -> f64) -> f64 {
        let weighted = |(pace, weight): &(Pace, f64)| of_pace(*pace) * weight;
        self.fit.paces.iter().map(weighted).sum()
    }

    /// An ordinary day's interval; a habit of spikes raises what is expected, not what a day without one costs.
    fn day(&self, day: usize) -> Range {
        let ordinary = self.means.get(day).copied().unwrap_or_default();
        let own = self.over_paces(|pace| {
            let (level, season) = (pace.level, pace.season);
            1.0 + level * level * day as f64 + season * (2.0 * level + season) * (day / 7) as f64
        });
        let variance = self.fit.variance * own + self.standing(day, 1);
        let range = self.range(ordinary, variance);
        let expected = whole(ordinary + self.spikes_a_day);
        Range {
            expected,
            low: range.low.min(expected),
            high: range.high.max(expected),
        }
    }

    fn sum(&self, days: usize) -> Range {
        let ordinary: f64 = self.means.iter().take(days).sum();
        let spikes = self.spikes_a_day * days as f64;
        // An error of one day moves the level of every later one by its pace.
        let carried = self.over_paces(|pace| {
            let of_day = |later: usize| {
                let weeks = (later / 7) as f64;
                let carried = 1.0 + pace.level * later as f64 + pace.season * weeks;
                carried * carried
            };
            let steady = days as f64 * (1.0 + days as f64 / self.fit.level_days.max(1) as f64);
            (0..days).map(of_day).sum::<f64>().max(steady)
        });
        let variance = self.fit.variance * carried
            + self.standing(0, days)
            // How many spikes there will be is uncertain, and so is how often they come.
            + self.spike_variance * days as f64 * (1.0 + days as f64 / self.fit.days as f64);
        self.range(ordinary + spikes, variance)
    }

    fn range(&self, expected: f64, variance: f64) -> Range {
        let half = self.deviations * variance.max(0.0).sqrt();
        Range {
            expected: whole(expected),
            low: whole(expected - half),
            high: whole(expected + half),
        }
    }
}

/// Whole nano-dollars, none below 0.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a float beyond 64 bits becomes the largest amount"
)]
pub(super) fn whole(nanos: f64) -> i64 {
    nanos.round().max(0.0) as i64
}
