//! Chooses season, pace and trend for a series: the pace by the smallest error one day ahead on a small grid, the
//! trend by its significance.

use super::robust::{mean, median};
use super::season::Season;
use super::series::DailyCosts;
use super::smooth::{Begin, Pace, Pass, Spike, Step, run, usual_error};
use super::trend::{LINE_DAYS, Line, MIN_LINE_DAYS, line};

/// How fast the level may follow. The slowest is nearly the mean of the window.
const LEVEL_PACES: [f64; 8] = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9];

/// How fast the season may follow.
const SEASON_PACES: [f64; 3] = [0.0, 0.08, 0.2];

/// A faster pace must lower the score by this much: noise always favours some pace a little.
const WORTHWHILE: f64 = 0.98;

/// How much likelier the slowest pace is than any other, before the days are looked at.
const SLOW_PRIOR: f64 = 3.0;

/// Errors that the spread is taken from: the latest six weeks.
const SPREAD_DAYS: usize = 42;

/// A series as the fit understands it.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    /// How many days it looked at, and which day of the given series was the first of them.
    pub(super) days: usize,
    pub(super) from: usize,
    pub(super) level: f64,
    pub(super) season: Season,
    pub(super) line: Option<Line>,
    /// The paces that explain the days nearly as well as the best, with weights that add up to 1.
    pub(super) paces: Vec<(Pace, f64)>,
    /// Spikes and steps by the day of the window.
    pub(super) spikes: Vec<Spike>,
    pub(super) steps: Vec<Step>,
    /// The variance of a day's error, in squared nano-dollars, and how many errors it stands on.
    pub(super) variance: f64,
    pub(super) freedom: f64,
    /// Days that the level stands on at least.
    pub(super) level_days: usize,
    /// Most days are 0.
    pub(super) is_intermittent: bool,
}

/// Fits the latest `window` days; `None` where the series is shorter than `least`.
pub(super) fn fit(series: &DailyCosts, window: usize, least: usize) -> Option<Fit> {
    let (recent, from) = series.recent(window);
    let values = recent.values();
    if values.len() < least {
        return None;
    }
    let first = recent.weekday(0);
    let zeros = recent.nanos.iter().filter(|nanos| **nanos == 0).count();
    // Five working days leave two of seven days at 0; more than that is no calendar.
    let is_intermittent = zeros * 5 > values.len() * 2;
    let season = if is_intermittent {
        Season::NONE
    } else {
        Season::of(&values, first)
    };
    let begin = Begin {
        level: start_level(&values, first, &season, is_intermittent),
        season,
        spread: usual_error(&values),
        judges: !is_intermittent,
    };
    let flat = best(&values, first, &begin, 0.0);
    let mut fitted = flat.clone();
    let mut offset = 0;
    let mut found = None;
    if !is_intermittent {
        let last_step = flat.pass.steps.last().map_or(0, |step| step.day);
        let earliest = values.len().saturating_sub(LINE_DAYS);
        let since_step = (earliest.max(last_step), WORTHWHILE);
        // What looked like a step may have been a stretch of a line, which then is far better.
        for (start, better) in [since_step, (earliest, 0.8)] {
            let found_line = with_line(&values, first, &begin, start, better, &flat.pass);
            if let Some((line, choice)) = found_line {
                offset = start;
                fitted = choice;
                found = Some(line);
                break;
            }
        }
    }
    let Choice { mut pass, paces } = fitted;
    for spike in &mut pass.spikes {
        spike.day += offset;
    }
    if offset > 0 {
        let (spikes, steps) = (&flat.pass.spikes, &flat.pass.steps);
        let before = spikes.iter().filter(|s| s.day < offset).copied();
        pass.spikes = before.chain(pass.spikes).collect();
        pass.steps = steps.iter().filter(|s| s.day <= offset).copied().collect();
    }
    let average = mean(&values);
    let scale = if is_intermittent {
        average
    } else {
        pass.level.max(average / 20.0)
    };
    let latest = pass.errors.len().saturating_sub(SPREAD_DAYS);
    let errors = pass.errors.get(latest..).unwrap_or_default();
    let used = 1.0
        + f64::from(u8::from(found.is_some()))
        + if begin.season == Season::NONE {
            0.0
        } else {
            3.0
        };
    let freedom = (errors.len() as f64 - used).max(3.0);
    let squares = errors.iter().map(|e| e * e).sum::<f64>();
    let last_step = pass.steps.last().map_or(0, |step| step.day);
    Some(Fit {
        days: values.len(),
        from,
        level: pass.level,
        season: pass.season,
        line: found,
        paces,
        spikes: pass.spikes,
        steps: pass.steps,
        variance: squares / freedom * scale * scale,
        freedom,
        level_days: values.len() - last_step.min(values.len() - 1),
        is_intermittent,
    })
}

/// The level of the first days, seen through the season.
fn start_level(values: &[f64], first: usize, season: &Season, is_intermittent: bool) -> f64 {
    let days: Vec<f64> = values
        .iter()
        .take(14)
        .enumerate()
        .filter(|(day, _)| season.factor(first + day) >= 0.25)
        .map(|(day, value)| value / season.factor(first + day))
        .collect();
    if is_intermittent {
        mean(values)
    } else {
        median(&days)
    }
}

/// A pass and all paces that could have been its own.
#[derive(Debug, Clone)]
struct Choice {
    pass: Pass,
    paces: Vec<(Pace, f64)>,
}

impl Choice {
    /// The pace of the level, as far as it is known.
    fn wander(&self) -> f64 {
        self.paces
            .iter()
            .map(|(pace, weight)| pace.level * weight)
            .sum()
    }
}

/// The pace with the smallest score, slow ones preferred.
fn best(values: &[f64], first: usize, begin: &Begin, trend: f64) -> Choice {
    let unscored = (values.len() / 3).min(7);
    let has_season = begin.season != Season::NONE;
    let mut tried: Vec<Tried> = Vec::new();
    let mut best: Option<Pass> = None;
    for season in SEASON_PACES {
        if season > 0.0 && !has_season {
            continue;
        }
        for level in LEVEL_PACES {
            // Where days are mostly 0 a quick level only chases the last call.
            if !begin.judges && level > 0.2 {
                continue;
            }
            let pace = Pace {
                level,
                season,
                trend,
            };
            let next = run(values, first, begin, pace, unscored);
            tried.push(Tried {
                pace,
                score: next.score,
                level: next.level,
            });
            let is_better = |best: &Pass| next.score < best.score * WORTHWHILE;
            if best.as_ref().is_none_or(is_better) {
                best = Some(next);
            }
        }
    }
    let mut pass = best.unwrap_or_else(|| {
        let slowest = Pace {
            level: 0.02,
            season: 0.0,
            trend,
        };
        run(values, first, begin, slowest, unscored)
    });
    let weights = weights(&tried, values.len().saturating_sub(unscored));
    let of = |(tried, weight): (&Tried, &f64)| tried.level * weight;
    pass.level = tried.iter().zip(&weights).map(of).sum();
    let paces = tried.iter().map(|tried| tried.pace).zip(weights);
    Choice {
        pass,
        paces: paces.filter(|(_, weight)| *weight > 0.0).collect(),
    }
}

/// A pace and what it came to.
struct Tried {
    pace: Pace,
    score: f64,
    level: f64,
}

/// Weighs paces by their likelihood, (least score / score) ^ (days / 2): which one is right is never certain, and an
/// interval that forgets this is too narrow.
fn weights(tried: &[Tried], days: usize) -> Vec<f64> {
    let least = tried
        .iter()
        .map(|tried| tried.score)
        .fold(f64::MAX, f64::min);
    let likely = |tried: &Tried| {
        let ratio = if tried.score > 0.0 {
            least / tried.score
        } else {
            1.0
        };
        let prior = if tried.pace.level < 0.03 {
            SLOW_PRIOR
        } else {
            1.0
        };
        prior * power(ratio, days / 2)
    };
    let mut weights: Vec<f64> = tried.iter().map(likely).collect();
    let sum: f64 = weights.iter().sum();
    for weight in &mut weights {
        *weight /= sum;
    }
    weights
}

/// `base` to a whole power, by multiplication alone: `powi` may differ between platforms.
fn power(base: f64, exponent: usize) -> f64 {
    (0..exponent).fold(1.0, |product, _| product * base)
}

/// The fit along a significant line from day `start` on, if its score is `better` times the score without one.
fn with_line(
    values: &[f64],
    first: usize,
    begin: &Begin,
    start: usize,
    better: f64,
    flat: &Pass,
) -> Option<(Line, Choice)> {
    let window = values.get(start..).filter(|w| w.len() >= MIN_LINE_DAYS)?;
    let first = first + start;
    let skipped: Vec<usize> = flat
        .spikes
        .iter()
        .filter_map(|spike| spike.day.checked_sub(start))
        .collect();
    let along = |line: &Line| {
        let on_line = Begin {
            level: line.begin - line.slope,
            ..*begin
        };
        best(window, first, &on_line, line.slope)
    };
    let steady = line(window, first, &begin.season, &skipped, 0.0)?;
    let wander = along(&steady).wander();
    let line = line(window, first, &begin.season, &skipped, wander)?;
    let choice = along(&line);
    let level = Begin {
        level: start_level(window, first, &begin.season, false),
        ..*begin
    };
    let without = best(window, first, &level, 0.0);
    let is_straight =
        choice.pass.steps.is_empty() && choice.pass.score <= without.pass.score * better;
    is_straight.then_some((line, choice))
}
