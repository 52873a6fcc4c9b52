//! The weekly season: how each weekday lies to the level. The seven factors have the mean 1.

use super::MIN_SEASON_DAYS;
use super::robust::{mean, trimmed_mean, variance_around};

/// A season, Monday first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Season {
    pub(super) factors: [f64; 7],
    /// Whether the weekdays differ beyond chance.
    pub(super) is_clear: bool,
}

/// What the variance between weekdays must exceed, in units of the variance within them: the 99th percentile of F
/// with 6 and some fifty degrees of freedom.
const CLEAR: f64 = 3.2;

impl Season {
    /// Every weekday alike.
    pub(super) const NONE: Self = Self {
        factors: [1.0; 7],
        is_clear: false,
    };

    /// The season of `values`, whose first day is the weekday `first`. Differences that chance explains are shrunk
    /// away (James and Stein), so that noise is not projected.
    pub(super) fn of(values: &[f64], first: usize) -> Self {
        if values.len() < MIN_SEASON_DAYS {
            return Self::NONE;
        }
        let mut ratios: [Vec<f64>; 7] = Default::default();
        for (start, week) in values.windows(7).enumerate() {
            let level = mean(week);
            let (Some(middle), true) = (week.get(3), level > 0.0) else {
                continue;
            };
            if let Some(of_weekday) = ratios.get_mut((first + start + 3) % 7) {
                of_weekday.push(middle / level);
            }
        }
        if ratios.iter().any(Vec::is_empty) {
            return Self::NONE;
        }
        let means = ratios.each_ref().map(|r| trimmed_mean(r));
        let average = mean(&means);
        if average <= 0.0 {
            return Self::NONE;
        }
        let raw = means.map(|m| m / average);
        let count = ratios.iter().map(Vec::len).sum::<usize>() as f64;
        let within = ratios
            .iter()
            .zip(raw)
            // The trimmed spread: one spike must not hide a season that is plain on all other days.
            .map(|(ratios, middle)| {
                let squares: Vec<f64> =
                    ratios.iter().map(|r| (r - middle) * (r - middle)).collect();
                trimmed_mean(&squares) * ratios.len() as f64
            })
            .sum::<f64>()
            / (count - 7.0).max(1.0);
        let between = variance_around(&raw, 1.0) * 7.0 / 6.0;
        let noise = within / (count / 7.0);
        let kept = if between > noise {
            1.0 - noise / between
        } else {
            0.0
        };
        Self {
            factors: raw.map(|factor| 1.0 + kept * (factor - 1.0)),
            is_clear: between > CLEAR * noise,
        }
    }

    pub(super) fn factor(&self, weekday: usize) -> f64 {
        self.factors.get(weekday % 7).copied().unwrap_or(1.0)
    }

    /// Moves a weekday's factor by `by` and brings the mean back to 1; answers what that mean was.
    pub(super) fn nudge(&mut self, weekday: usize, by: f64) -> f64 {
        if let Some(factor) = self.factors.get_mut(weekday % 7) {
            *factor = (*factor + by).max(0.0);
        }
        let average = mean(&self.factors);
        if average > 0.0 {
            self.factors = self.factors.map(|factor| factor / average);
            average
        } else {
            *self = Self::NONE;
            1.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekends_stand_out_and_noise_does_not() {
        let week = [10.0, 10.0, 10.0, 10.0, 10.0, 2.0, 4.0];
        let values: Vec<f64> = week.iter().copied().cycle().take(35).collect();
        let season = Season::of(&values, 0);
        assert!(season.is_clear);
        assert!((season.factor(5) - 0.25).abs() < 0.01, "{season:?}");
        assert!((season.factor(6) - 0.5).abs() < 0.01, "{season:?}");
        let shifted = Season::of(&values, 2);
        assert!(
            (shifted.factor(0) - 0.25).abs() < 0.01,
            "the first day is a Wednesday"
        );
        let flat = [10.0, 10.2, 9.9, 10.1, 9.8];
        let values: Vec<f64> = flat.iter().copied().cycle().take(42).collect();
        assert!(!Season::of(&values, 0).is_clear);
    }
}
