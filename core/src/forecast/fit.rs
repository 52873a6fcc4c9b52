//! Chooses season, pace and trend for a series: the pace by the smallest error one day ahead on a small grid, the
//! trend by its significance.

use super::robust::{mean, median};
use super::season::Season;
use super::series::DailyCosts;
use super::smooth::{Begin, Pace, Pass, Spike, Step, run, usual_error};
use super::stretches::widening;
use super::trend::{LINE_DAYS, Line, MIN_LINE_DAYS, line};

/// How fast the level may follow. The slowest is nearly the mean of the window.
const LEVEL_PACES: [f64; 8] = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9];

/// How fast the season may follow.
const SEASON_PACES: [f64; 3] = [0.0, 0.08, 0.2];

/// A faster pace must lower the score by this much: noise always favours some pace a little.
const WORTHWHILE: f64 = 0.98;

/// How much likelier the slowest pace is than any other, before the days are looked at.
const SLOW_PRIOR: f64 = 3.0;

/// A ratio of scores that leaves no doubt.
const MOST_RATIO: f64 = 16.0;

/// Errors that the spread is taken from: the latest six weeks.
const SPREAD_DAYS: usize = 42;

/// A series as the fit understands it.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    /// How many days it looked at, and which day of the given series was the first of them.
    pub(super) days: usize,
    pub(super) from: usize,
    /// How the series may go on, the reading that is told first. Their weights add up to 1.
    pub(super) courses: Vec<Course>,
    /// Spikes and steps by the day of the window.
    pub(super) spikes: Vec<Spike>,
    pub(super) steps: Vec<Step>,
    /// Most days are 0.
    pub(super) is_intermittent: bool,
}

/// One reading of the days: along a line, or at a level that may wander.
#[derive(Debug, Clone)]
pub(super) struct Course {
    pub(super) weight: f64,
    pub(super) level: f64,
    pub(super) season: Season,
    pub(super) line: Option<Line>,
    /// The paces that explain the days nearly as well as the best.
    pub(super) paces: Vec<Likely>,
    /// The variance of a day's error, in squared nano-dollars, and how many errors it stands on.
    pub(super) variance: f64,
    pub(super) freedom: f64,
    /// Days that the level stands on at least.
    pub(super) level_days: usize,
    /// By how much more sums vary than the errors of single days say.
    pub(super) widening: f64,
}

/// A pace that may be the right one, and the level it leads to. The weights of a course's add up to 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Likely {
    pub(super) pace: Pace,
    pub(super) weight: f64,
    pub(super) level: f64,
}

impl Fit {
    /// The reading that is told.
    pub(super) fn told(&self) -> Option<&Course> {
        self.courses.first()
    }
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
    let average = mean(&values);
    let flat = best(&values, first, &begin, 0.0);
    let mut found = None;
    if !is_intermittent {
        let last_step = flat.pass.steps.last().map_or(0, |step| step.day);
        let earliest = values.len().saturating_sub(LINE_DAYS);
        let since_step = (earliest.max(last_step), WORTHWHILE);
        // What looked like a step may have been a stretch of a line, which then is far better.
        for (start, better) in [since_step, (earliest, 0.8)] {
            found = with_line(&values, first, &begin, start, better, &flat.pass);
            if found.is_some() {
                break;
            }
        }
    }
    let (mut spikes, mut steps) = (flat.pass.spikes.clone(), flat.pass.steps.clone());
    let courses = match found {
        None => {
            let scale = if is_intermittent {
                average
            } else {
                flat.pass.level.max(average / 20.0)
            };
            vec![flat.course(None, 1.0, scale)]
        }
        Some(along) => {
            spikes.retain(|spike| spike.day < along.start);
            spikes.extend(along.line.1.pass.spikes.iter().map(|spike| Spike {
                day: spike.day + along.start,
                ..*spike
            }));
            steps.retain(|step| step.day <= along.start && along.start > 0);
            along.courses(average)
        }
    };
    Some(Fit {
        days: values.len(),
        from,
        courses,
        spikes,
        steps,
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
    paces: Vec<Likely>,
    /// How many days it went over.
    days: usize,
}

impl Choice {
    /// The pace of the level, as far as it is known.
    fn wander(&self) -> f64 {
        let weighted = |likely: &Likely| likely.pace.level * likely.weight;
        self.paces.iter().map(weighted).sum()
    }

    /// The course that it takes; errors are parts of `scale`.
    fn course(&self, line: Option<Line>, weight: f64, scale: f64) -> Course {
        let pass = &self.pass;
        let latest = pass.errors.len().saturating_sub(SPREAD_DAYS);
        let errors = pass.errors.get(latest..).unwrap_or_default();
        let of_season = if pass.season == Season::NONE {
            0.0
        } else {
            3.0
        };
        let used = 1.0 + f64::from(u8::from(line.is_some())) + of_season;
        let freedom = (errors.len() as f64 - used).max(3.0);
        let squares = errors.iter().map(|e| e * e).sum::<f64>();
        let last_step = pass.steps.last().map_or(0, |step| step.day);
        Course {
            weight,
            level: pass.level,
            season: pass.season,
            line,
            paces: self.paces.clone(),
            variance: squares / freedom * scale * scale,
            freedom,
            level_days: self.days - last_step.min(self.days.saturating_sub(1)),
            widening: widening(&pass.errors, self.wander()),
        }
    }
}

/// A significant line from a day on, and the same days without one.
struct Along {
    start: usize,
    line: (Line, Choice),
    without: Choice,
}

impl Along {
    /// Both readings, weighed by their likelihood: a level that wandered somewhere looks like a line.
    fn courses(&self, average: f64) -> Vec<Course> {
        let (line, choice) = &self.line;
        let scored = choice.days - unscored(choice.days);
        // Schwarz's price for one number more.
        let price = (scored as f64).sqrt();
        let ratio = self.without.pass.score / choice.pass.score;
        let weight = if choice.pass.score > 0.0 {
            let odds = power(ratio.min(MOST_RATIO), scored / 2) / price;
            odds / (1.0 + odds)
        } else {
            1.0
        };
        let scale = |choice: &Choice| choice.pass.level.max(average / 20.0);
        vec![
            choice.course(Some(*line), weight, scale(choice)),
            self.without
                .course(None, 1.0 - weight, scale(&self.without)),
        ]
    }
}

/// The pace with the smallest score, slow ones preferred.
fn best(values: &[f64], first: usize, begin: &Begin, trend: f64) -> Choice {
    let unscored = unscored(values.len());
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
    let paces = tried.iter().zip(weights).map(|(tried, weight)| Likely {
        pace: tried.pace,
        weight,
        level: tried.level,
    });
    Choice {
        pass,
        paces: paces.filter(|likely| likely.weight > 0.0).collect(),
        days: values.len(),
    }
}

/// The first days, whose errors do not count: the filter is still finding its level.
fn unscored(days: usize) -> usize {
    (days / 3).min(7)
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
) -> Option<Along> {
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
    is_straight.then_some(Along {
        start,
        line: (line, choice),
        without,
    })
}
