//! The forecast against series whose truth is known: it beats "same as last week", its intervals cover what they say,
//! and it tells a trend only where there is one.

#![expect(clippy::panic, reason = "a test that cannot go on says so")]

mod synthetic;

use bearlumen_core::forecast::{DailyCosts, Direction, Forecast, Level, Projection, forecast};
use synthetic::{KINDS, Kind, back_test, daily, series};

const ROUNDS: u64 = 120;

fn projected(series: &DailyCosts, days: usize) -> Projection {
    match forecast(series, days, Level::P80) {
        Forecast::Projected(projection) => *projection,
        Forecast::TooLittleData(days) => panic!("only {days} days"),
    }
}

#[test]
fn it_beats_same_as_last_week_on_every_kind_of_series() {
    for (kind, name) in KINDS {
        let score = back_test(kind, ROUNDS, Level::P80);
        assert!(score.mae < score.naive_mae, "{name}: {score:?}");
        // A mean is no guess of which day costs nothing or is a spike, and relative errors ask for nothing else. Of the
        // sum of a level that wanders, its last week is as good a guess as any.
        if !matches!(kind, Kind::Intermittent | Kind::Spikes) {
            assert!(score.smape < score.naive_smape, "{name}: {score:?}");
        }
        if kind != Kind::Wandering {
            assert!(score.sum_error < score.naive_sum_error, "{name}: {score:?}");
        }
    }
}

#[test]
fn an_interval_covers_about_what_it_says() {
    for (kind, name) in KINDS {
        for (level, percent) in [(Level::P80, 80.0), (Level::P95, 95.0)] {
            let score = back_test(kind, ROUNDS, level);
            // A tenth of the worst kind's intervals: spikes are few and skewed, whatever is known of them.
            let least = percent - 10.0;
            assert!(score.days_covered >= least, "{name} {percent}: {score:?}");
            assert!(
                score.days_covered <= percent + 8.0,
                "{name} {percent}: {score:?}"
            );
            // How far a level will wander is hardly told by a few weeks.
            let least = if kind == Kind::Wandering {
                percent - 7.0
            } else {
                least
            };
            assert!(score.sums_covered >= least, "{name} {percent}: {score:?}");
        }
    }
}

#[test]
fn an_interval_of_an_even_series_is_narrow() {
    let score = back_test(Kind::Constant, ROUNDS, Level::P80);
    assert!(score.width < 15.0, "{score:?}");
}

#[test]
fn a_trend_is_told_where_there_is_one_and_not_elsewhere() {
    let of = |kind| back_test(kind, ROUNDS, Level::P80);
    assert!(of(Kind::TrendUp).up >= 80.0);
    assert!(of(Kind::SeasonAndTrend).up >= 80.0);
    assert!(of(Kind::TrendDown).down >= 70.0);
    for kind in [
        Kind::Constant,
        Kind::Season,
        Kind::Step,
        Kind::Spike,
        Kind::Spikes,
    ] {
        let score = of(kind);
        assert!(score.up + score.down <= 3.0, "{kind:?}: {score:?}");
    }
    for kind in [Kind::TrendUp, Kind::TrendDown] {
        let score = of(kind);
        assert!(
            score.up.min(score.down) < 1.0,
            "never the wrong way: {score:?}"
        );
    }
}

#[test]
fn days_without_noise_are_known_exactly() {
    let week = [10.0, 10.0, 10.0, 10.0, 10.0, 4.0, 2.0];
    let past: Vec<f64> = week.iter().copied().cycle().take(56).collect();
    let projection = projected(&daily(&past), 30);
    assert_eq!(projection.next_7_days.expected, 56_000_000_000);
    // Thirty days from a Monday on: four weeks, a Monday and a Tuesday.
    assert_eq!(projection.next_30_days.expected, 244_000_000_000);
    assert_eq!(projection.trend, Direction::Stable);
    assert_eq!(projection.confidence, Some(99));
    let codes: Vec<&str> = projection
        .factors
        .iter()
        .map(|factor| factor.code)
        .collect();
    assert_eq!(codes, ["season"]);
}

#[test]
fn too_little_data_says_so() {
    let six = daily(&[3.0; 6]);
    assert!(matches!(
        forecast(&six, 30, Level::P80),
        Forecast::TooLittleData(6)
    ));
    let nothing = daily(&[0.0; 60]);
    assert!(matches!(
        forecast(&nothing, 30, Level::P80),
        Forecast::TooLittleData(0)
    ));
    // Days before the first cost are no history.
    let mut late = vec![0.0; 40];
    late.extend([3.0; 6]);
    assert!(matches!(
        forecast(&daily(&late), 30, Level::P80),
        Forecast::TooLittleData(6)
    ));
    assert!(projected(&daily(&[3.0; 7]), 30).confidence.is_some());
}

#[test]
fn more_noise_is_less_confidence() {
    let of = |noise: f64| {
        let past: Vec<f64> = (0..60)
            .map(|day| 100.0 + noise * f64::from(day * 37 % 11 - 5))
            .collect();
        projected(&daily(&past), 30).confidence.unwrap()
    };
    let confidences = [of(0.5), of(4.0), of(15.0)];
    assert!(confidences.is_sorted_by(|a, b| a > b), "{confidences:?}");
}

#[test]
fn a_spend_that_stopped_is_not_projected() {
    let mut past = vec![50.0; 40];
    past.extend([0.0; 10]);
    let projection = projected(&daily(&past), 30);
    assert!(
        projection.next_30_days.expected < 1_000_000_000,
        "{projection:?}"
    );
    assert_eq!(projection.factors[0].code, "step");
}

#[test]
fn no_series_is_too_wild_to_answer() {
    for (kind, _) in KINDS {
        for days in 7..45 {
            let (past, _) = series(kind, 7, days);
            let projection = projected(&daily(&past), 90);
            for range in &projection.daily {
                assert!(
                    0 <= range.low && range.low <= range.expected && range.expected <= range.high
                );
            }
        }
    }
    for nanos in [
        vec![i64::MAX; 90],
        vec![1; 90],
        (0..90).map(|day| 1_i64 << (day % 63)).collect(),
    ] {
        let start = daily(&[]).start;
        let projection = projected(&DailyCosts { start, nanos }, 90);
        assert!(projection.total.low >= 0 && projection.total.low <= projection.total.high);
    }
}
