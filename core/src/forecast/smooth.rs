//! The filter: one pass over the days that follows the level, sets spikes aside and recognises steps.

use super::robust::{mean, median};
use super::season::Season;

/// A day further off than this many spreads is not followed at once.
const WILD: f64 = 3.5;

/// Wild days in a row, to one side, after which the level itself has moved.
const STEP_DAYS: usize = 3;

/// How fast the level and the season follow, and the trend a day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) level: f64,
    pub(super) season: f64,
    pub(super) trend: f64,
}

/// Where the filter begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begin {
    pub(super) level: f64,
    pub(super) season: Season,
    /// The usual error, as a part of the level.
    pub(super) spread: f64,
    /// False where most days are 0: then no day is wild.
    pub(super) judges: bool,
}

/// A day that stands alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spike {
    pub(super) day: usize,
    /// How much more than expected, or less.
    pub(super) excess: f64,
    pub(super) expected: f64,
}

/// A day from which on the level is another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) day: usize,
    pub(super) before: f64,
    pub(super) after: f64,
}

/// What one pass found.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    pub(super) level: f64,
    pub(super) season: Season,
    pub(super) spikes: Vec<Spike>,
    pub(super) steps: Vec<Step>,
    /// Errors one day ahead as parts of the level, days that stood alone left out.
    pub(super) errors: Vec<f64>,
    /// The mean of the squared errors, wild ones counted at the bound.
    pub(super) score: f64,
}

/// The usual error of a series as a part of its level, from the differences between equal weekdays.
pub(super) fn usual_error(values: &[f64]) -> f64 {
    let level = median(values);
    if level <= 0.0 {
        return 0.0;
    }
    let lag = if values.len() >= 14 { 7 } else { 1 };
    let differences: Vec<f64> = values
        .windows(lag + 1)
        .filter_map(|w| Some((w.last()? - w.first()?).abs()))
        .collect();
    // The median of absolute differences of normal noise is 0.954 of its deviation.
    median(&differences) / 0.954 / level
}

/// Runs over `values`, whose first day is the weekday `first`. The first `unscored` errors do not count.
pub(super) fn run(
    values: &[f64],
    first: usize,
    begin: &Begin,
    pace: Pace,
    unscored: usize,
) -> Pass {
    let average = mean(values);
    let floor = if begin.judges {
        median(values).max(average / 4.0) / 20.0
    } else {
        average
    };
    let mut filter = Filter {
        level: begin.level,
        season: begin.season,
        square: begin.spread * begin.spread,
        pending: Vec::new(),
        spikes: Vec::new(),
        steps: Vec::new(),
        floor,
        judges: begin.judges,
        pace,
        since_step: usize::MAX,
    };
    let mut errors = Vec::with_capacity(values.len());
    let mut penalties = 0.0;
    let mut scored = 0_usize;
    for (day, value) in values.iter().enumerate() {
        let (error, penalty) = filter.day(day, (first + day) % 7, *value);
        if day >= unscored {
            scored += 1;
            penalties += penalty;
            errors.extend(error);
        }
    }
    filter.settle();
    Pass {
        level: filter.level,
        season: filter.season,
        spikes: filter.spikes,
        steps: filter.steps,
        errors,
        score: if scored == 0 {
            0.0
        } else {
            penalties / scored as f64
        },
    }
}

struct Pending {
    day: usize,
    error: f64,
    factor: f64,
    expected: f64,
}

struct Filter {
    level: f64,
    season: Season,
    /// The running mean of squared relative errors.
    square: f64,
    pending: Vec<Pending>,
    spikes: Vec<Spike>,
    steps: Vec<Step>,
    /// The least level that errors are measured by; where no day is wild, what they are measured by.
    floor: f64,
    judges: bool,
    pace: Pace,
    /// Days since the level last jumped: a level of three days is learnt faster than an old one.
    since_step: usize,
}

impl Filter {
    /// Takes a day in; answers its relative error, unless it stands alone, and what it adds to the score.
    fn day(&mut self, day: usize, weekday: usize, value: f64) -> (Option<f64>, f64) {
        let base = self.level + self.pace.trend;
        let factor = self.season.factor(weekday);
        let expected = base * factor;
        let error = value - expected;
        let scale = if self.judges {
            base.max(self.floor)
        } else {
            self.floor
        };
        if scale <= 0.0 {
            self.level = value;
            return (None, 0.0);
        }
        let relative = error / scale;
        let limit = WILD * self.square.sqrt().max(0.01);
        self.level = base;
        if self.judges && relative.abs() > limit {
            self.wild(day, error, factor, expected);
            let bounded = limit * limit;
            self.square = 0.97 * self.square + 0.03 * bounded;
            return (None, bounded);
        }
        self.settle();
        self.since_step = self.since_step.saturating_add(1);
        let share = 1.0 / self.since_step.saturating_add(STEP_DAYS) as f64;
        let pace = self.pace.level.max(share);
        self.level = (base + pace * factor * error).max(0.0);
        if self.pace.season > 0.0 {
            self.level *= self.season.nudge(weekday, self.pace.season * relative);
        }
        let square = relative * relative;
        self.square = 0.97 * self.square + 0.03 * square;
        (Some(relative), square)
    }

    fn wild(&mut self, day: usize, error: f64, factor: f64, expected: f64) {
        let same_side = self
            .pending
            .last()
            .is_some_and(|last| (last.error > 0.0) == (error > 0.0) && last.day + 1 == day);
        if !same_side {
            self.settle();
        }
        self.pending.push(Pending {
            day,
            error,
            factor,
            expected,
        });
        if self.pending.len() < STEP_DAYS {
            return;
        }
        let moved: Vec<f64> = self
            .pending
            .iter()
            .map(|p| p.error / p.factor.max(0.2))
            .collect();
        let before = self.level;
        self.level = (before + median(&moved)).max(0.0);
        if let Some(first) = self.pending.first() {
            self.steps.push(Step {
                day: first.day,
                before,
                after: self.level,
            });
        }
        self.pending.clear();
        self.since_step = 0;
    }

    /// What was wild and did not last was a spike.
    fn settle(&mut self) {
        let spikes = self.pending.drain(..).map(|p| Spike {
            day: p.day,
            excess: p.error,
            expected: p.expected,
        });
        self.spikes.extend(spikes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        level: 0.1,
        season: 0.0,
        trend: 0.0,
    };

    fn pass(values: &[f64]) -> Pass {
        let begin = Begin {
            level: 100.0,
            season: Season::NONE,
            spread: 0.02,
            judges: true,
        };
        run(values, 0, &begin, PACE, 0)
    }

    #[test]
    fn a_spike_is_set_aside() {
        let mut values = vec![100.0; 30];
        values[20] = 900.0;
        let pass = pass(&values);
        assert!((pass.level - 100.0).abs() < 1e-6);
        assert_eq!(pass.spikes.len(), 1);
        assert_eq!(pass.spikes[0].day, 20);
        assert!((pass.spikes[0].excess - 800.0).abs() < 1e-6);
    }

    #[test]
    fn a_step_is_followed_on_its_third_day() {
        let mut values = vec![100.0; 20];
        values.extend([300.0; 3]);
        let pass = pass(&values);
        assert!((pass.level - 300.0).abs() < 1e-6);
        assert_eq!((pass.steps.len(), pass.steps[0].day), (1, 20));
        assert!(pass.spikes.is_empty());
    }

    #[test]
    fn a_slow_change_is_neither() {
        let values: Vec<f64> = (0..40).map(|day| 100.0 + f64::from(day) * 0.5).collect();
        let pass = pass(&values);
        assert!(pass.spikes.is_empty() && pass.steps.is_empty());
    }
}
