//! Series of daily costs whose truth is known, and how a forecast fares on them. Read by the tests of the core and by
//! the bench, which prints the table.

#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "synthetic series and their statistics"
)]

use bearlumen_core::forecast::{DailyCosts, Direction, Forecast, Level, forecast};
use jiff::civil::Date;

/// Days ahead that are judged.
const AHEAD: usize = 30;

/// A kind of series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One level with noise.
    Constant,
    /// A straight way up, with noise.
    TrendUp,
    /// A straight way down, with noise.
    TrendDown,
    /// Weekends apart, with noise.
    Season,
    /// Weekends apart and a way up.
    SeasonAndTrend,
    /// A level that changed once, to two or four times or a part, with weekends apart.
    Step,
    /// One or two days of many times the level, in the past only.
    Spike,
    /// Such days now and then, in past and future.
    Spikes,
    /// Most days nothing.
    Intermittent,
    /// A level that wanders without end.
    Wandering,
}

/// All kinds, with what they are called.
pub(crate) const KINDS: [(Kind, &str); 10] = [
    (Kind::Constant, "constant"),
    (Kind::TrendUp, "trend up"),
    (Kind::TrendDown, "trend down"),
    (Kind::Season, "weekly season"),
    (Kind::SeasonAndTrend, "season + trend"),
    (Kind::Step, "step"),
    (Kind::Spike, "one-off spikes"),
    (Kind::Spikes, "recurring spikes"),
    (Kind::Intermittent, "intermittent"),
    (Kind::Wandering, "wandering level"),
];

/// What a kind's series came to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Score {
    /// The mean absolute error of a day, in per cent of the mean day.
    pub(crate) mae: f64,
    /// The same of "same as last week".
    pub(crate) naive_mae: f64,
    /// The symmetric mean absolute percentage error of a day.
    pub(crate) smape: f64,
    /// The same of "same as last week".
    pub(crate) naive_smape: f64,
    /// The mean absolute error of the 30 days' sum, in per cent.
    pub(crate) sum_error: f64,
    /// The same of "same as last week".
    pub(crate) naive_sum_error: f64,
    /// Per cent of days inside their interval.
    pub(crate) days_covered: f64,
    /// Per cent of 30 days' sums inside theirs.
    pub(crate) sums_covered: f64,
    /// The mean width of the sum's interval, in per cent of the sum.
    pub(crate) width: f64,
    /// Per cent of series with a trend told upwards, and downwards.
    pub(crate) up: f64,
    /// See `up`.
    pub(crate) down: f64,
}

/// Random numbers that are the same everywhere (splitmix64).
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// Nearly normal: twelve uniforms.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// A series of `days` and the 30 that follow it, in dollars.
pub(crate) fn series(kind: Kind, seed: u64, days: usize) -> (Vec<f64>, Vec<f64>) {
    let mut random = Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ kind as u64);
    let base = random.between(5.0, 500.0);
    let total = days + AHEAD;
    let noise = random.between(0.05, 0.15);
    let weekend = random.between(0.3, 0.7);
    let has_weekend = matches!(kind, Kind::Season | Kind::SeasonAndTrend | Kind::Step);
    let slope = match kind {
        Kind::TrendUp | Kind::SeasonAndTrend => random.between(0.006, 0.02),
        Kind::TrendDown => -random.between(0.3, 0.6) / total as f64,
        _ => 0.0,
    };
    let step_day = random.between(days as f64 / 3.0, days as f64 - 5.0) as usize;
    let step = if random.uniform() < 0.7 {
        random.between(1.6, 4.0)
    } else {
        random.between(0.2, 0.6)
    };
    let spike_days = [
        random.between(8.0, days as f64 - 1.0) as usize,
        random.between(8.0, days as f64 - 1.0) as usize,
    ];
    let mut level = base;
    let mut values = Vec::with_capacity(total);
    for day in 0..total {
        if kind == Kind::Wandering {
            level *= 1.0 + 0.03 * random.normal();
        }
        let mut value = level * (1.0 + slope * day as f64);
        if has_weekend && day % 7 >= 5 {
            value *= weekend;
        }
        if kind == Kind::Step && day >= step_day {
            value *= step;
        }
        value *= 1.0 + noise * random.normal();
        let is_spike = match kind {
            Kind::Spike => spike_days.contains(&day),
            Kind::Spikes => random.uniform() < 0.06,
            _ => false,
        };
        if is_spike {
            value *= random.between(4.0, 9.0);
        }
        if kind == Kind::Intermittent {
            value = if random.uniform() < 0.3 {
                base * random.between(0.2, 1.8)
            } else {
                0.0
            };
        }
        values.push(value.max(0.0));
    }
    let future = values.split_off(days);
    (values, future)
}

/// Dollars a day as the forecast reads them. The series begins on a Monday.
pub(crate) fn daily(values: &[f64]) -> DailyCosts {
    DailyCosts {
        start: Date::constant(2026, 6, 1),
        nanos: values.iter().map(|v| (v * 1e9).round() as i64).collect(),
    }
}

/// Forecasts `rounds` series of a kind and judges them. Series are 35 to 112 days long.
pub(crate) fn back_test(kind: Kind, rounds: u64, level: Level) -> Score {
    let mut score = Score::default();
    let (mut days_judged, mut judged) = (0.0, 0.0);
    for round in 0..rounds {
        let days = 35 + (round as usize * 11) % 78;
        let (past, future) = series(kind, round + 1, days);
        let Forecast::Projected(projection) = forecast(&daily(&past), AHEAD, level) else {
            continue;
        };
        let average = future.iter().sum::<f64>() / AHEAD as f64;
        if average <= 0.0 {
            continue;
        }
        judged += 1.0;
        let (mut sum, mut naive_sum) = (0.0, 0.0);
        for (day, actual) in future.iter().enumerate() {
            let Some(range) = projection.daily.get(day) else {
                continue;
            };
            let expected = range.expected as f64 / 1e9;
            let naive = past[days - 7 + day % 7];
            let symmetric = |guess: f64| {
                let both = guess.abs() + actual.abs();
                if both > 0.0 {
                    200.0 * (guess - actual).abs() / both
                } else {
                    0.0
                }
            };
            days_judged += 1.0;
            score.mae += 100.0 * (expected - actual).abs() / average;
            score.naive_mae += 100.0 * (naive - actual).abs() / average;
            score.smape += symmetric(expected);
            score.naive_smape += symmetric(naive);
            let inside = range.low as f64 / 1e9 <= *actual && *actual <= range.high as f64 / 1e9;
            score.days_covered += 100.0 * f64::from(u8::from(inside));
            sum += actual;
            naive_sum += naive;
        }
        let total = projection.total;
        let expected = total.expected as f64 / 1e9;
        score.sum_error += 100.0 * (expected - sum).abs() / sum;
        score.naive_sum_error += 100.0 * (naive_sum - sum).abs() / sum;
        let inside = total.low as f64 / 1e9 <= sum && sum <= total.high as f64 / 1e9;
        score.sums_covered += 100.0 * f64::from(u8::from(inside));
        score.width += 100.0 * (total.high - total.low) as f64 / 1e9 / sum;
        score.up += 100.0 * f64::from(u8::from(projection.trend == Direction::Increasing));
        score.down += 100.0 * f64::from(u8::from(projection.trend == Direction::Decreasing));
    }
    for of_days in [
        &mut score.mae,
        &mut score.naive_mae,
        &mut score.smape,
        &mut score.naive_smape,
        &mut score.days_covered,
    ] {
        *of_days /= days_judged;
    }
    for of_series in [
        &mut score.sum_error,
        &mut score.naive_sum_error,
        &mut score.sums_covered,
        &mut score.width,
        &mut score.up,
        &mut score.down,
    ] {
        *of_series /= judged;
    }
    score
}
