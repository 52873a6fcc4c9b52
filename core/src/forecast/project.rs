//! The projection: a mean and an interval for every coming day and for their sums.

use super::factors::{Factor, factors};
use super::fit::{Course, Fit, Likely, fit};
use super::interval::Level;
use super::series::DailyCosts;
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
    let trend = match fit.told().and_then(|course| course.line) {
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
    courses: Vec<Carried<'a>>,
    /// What spikes add to each day, where they are a habit.
    spikes_a_day: f64,
    spike_variance: f64,
}

/// What is expected, and its variance.
#[derive(Debug, Clone, Copy)]
struct Guess {
    mean: f64,
    variance: f64,
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
        let carried = |course| Carried::of(course, series, days);
        let weighted = |course: &Course| course.freedom * course.weight;
        let freedom = fit.courses.iter().map(weighted).sum();
        Self {
            fit,
            deviations: level.deviations(freedom),
            courses: fit.courses.iter().map(carried).collect(),
            spikes_a_day,
            spike_variance,
        }
    }

    /// What all courses say together: where they disagree, nobody knows.
    fn over_courses(&self, of_course: impl Fn(&Carried<'a>) -> Guess) -> Guess {
        let guesses: Vec<(f64, Guess)> = self
            .courses
            .iter()
            .map(|carried| (carried.course.weight, of_course(carried)))
            .collect();
        let mean = guesses
            .iter()
            .map(|(weight, guess)| weight * guess.mean)
            .sum();
        let spread = |(weight, guess): &(f64, Guess)| {
            let apart = guess.mean - mean;
            weight * (guess.variance + apart * apart)
        };
        Guess {
            mean,
            variance: guesses.iter().map(spread).sum(),
        }
    }

    /// An ordinary day's interval; a habit of spikes raises what is expected, not what a day without one costs.
    fn day(&self, day: usize) -> Range {
        let ordinary = self.over_courses(|carried| carried.day(day));
        let range = self.range(ordinary);
        let expected = whole(ordinary.mean + self.spikes_a_day);
        Range {
            expected,
            low: range.low.min(expected),
            high: range.high.max(expected),
        }
    }

    fn sum(&self, days: usize) -> Range {
        let ordinary = self.over_courses(|carried| carried.sum(days));
        let (window, count) = (self.fit.days as f64, days as f64);
        // How many spikes there will be is uncertain, and so is how often they come.
        let of_spikes = self.spike_variance * count * (1.0 + count / window);
        self.range(Guess {
            mean: ordinary.mean + self.spikes_a_day * count,
            variance: ordinary.variance + of_spikes,
        })
    }

    fn range(&self, guess: Guess) -> Range {
        let half = self.deviations * guess.variance.max(0.0).sqrt();
        Range {
            expected: whole(guess.mean),
            low: whole(guess.mean - half),
            high: whole(guess.mean + half),
        }
    }
}

/// One course carried into the future.
struct Carried<'a> {
    course: &'a Course,
    /// Ordinary days.
    means: Vec<f64>,
    /// What the season makes of each.
    factors: Vec<f64>,
}

impl<'a> Carried<'a> {
    fn of(course: &'a Course, series: &DailyCosts, days: usize) -> Self {
        let slope = course.line.as_ref().map_or(0.0, |line| line.slope);
        let last = series.nanos.len();
        let factor = |day: usize| course.season.factor(series.weekday(last + day));
        let mean = |day: usize| {
            let level = course.level + slope * (day + 1).min(TREND_DAYS) as f64;
            (level * factor(day)).max(0.0)
        };
        Self {
            course,
            means: (0..days).map(mean).collect(),
            factors: (0..days).map(factor).collect(),
        }
    }

    /// The variance of where the line stands, for the sum of the `days` from day `from` on; 0 without one.
    fn standing(&self, from: usize, days: usize) -> f64 {
        let Some(line) = &self.course.line else {
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
    fn over_paces(&self, of_pace: impl Fn(&Likely) -> f64) -> f64 {
        let weighted = |likely: &Likely| of_pace(likely) * likely.weight;
        self.course.paces.iter().map(weighted).sum()
    }

    /// How far the paces are apart about where the level is now.
    fn apart(&self) -> f64 {
        self.over_paces(|likely| {
            let apart = likely.level - self.course.level;
            apart * apart
        })
    }

    fn day(&self, day: usize) -> Guess {
        let own = self.over_paces(|Likely { pace, .. }| {
            let (level, season) = (pace.level, pace.season);
            1.0 + level * level * day as f64 + season * (2.0 * level + season) * (day / 7) as f64
        });
        let factor = self.factors.get(day).copied().unwrap_or(1.0);
        Guess {
            mean: self.means.get(day).copied().unwrap_or_default(),
            variance: self.course.variance * own
                + self.standing(day, 1)
                + self.apart() * factor * factor,
        }
    }

    fn sum(&self, days: usize) -> Guess {
        // An error of one day moves the level of every later one by its pace.
        let carried = self.over_paces(|Likely { pace, .. }| {
            let of_day = |later: usize| {
                let weeks = (later / 7) as f64;
                let carried = 1.0 + pace.level * later as f64 + pace.season * weeks;
                carried * carried
            };
            let known = self.course.level_days.max(1) as f64;
            let steady = days as f64 * (1.0 + days as f64 / known);
            let wandering = (0..days).map(of_day).sum::<f64>() * self.course.widening;
            wandering.max(steady)
        });
        let factors: f64 = self.factors.iter().take(days).sum();
        Guess {
            mean: self.means.iter().take(days).sum(),
            variance: self.course.variance * carried
                + self.standing(0, days)
                + self.apart() * factors * factors,
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
