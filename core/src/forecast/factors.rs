//! What the fit found, told with its figures. Nothing is said here that was not found.

use super::fit::Fit;
use super::project::whole;
use super::series::DailyCosts;
use crate::money::Nanos;
use crate::order;
use serde::Serialize;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Factor {
    /// A stable lower-snake name.
    pub code: &'static str,
    /// One sentence with figures.
    pub message: String,
}

const WEEKDAYS: [&str; 7] = [
    "Mondays",
    "Tuesdays",
    "Wednesdays",
    "Thursdays",
    "Fridays",
    "Saturdays",
    "Sundays",
];

pub(super) fn factors(fit: &Fit, series: &DailyCosts, spikes_a_day: f64) -> Vec<Factor> {
    let mut found = Vec::new();
    let mut tell = |code: &'static str, message: String| found.push(Factor { code, message });
    let course = fit.told();
    if let Some((line, course)) = course.and_then(|course| Some((course.line?, course))) {
        let change = percent(line.slope * 30.0, course.level);
        let way = if line.slope > 0.0 { "up" } else { "down" };
        let days = line.days;
        tell(
            "trend",
            format!(
                "Daily cost is trending {way} over the last {days} days, by {} a day: {}% of today's level in 30 days",
                dollars(line.slope.abs()),
                change.abs(),
            ),
        );
    }
    if let Some(step) = fit.steps.last() {
        let way = if step.after > step.before {
            "up"
        } else {
            "down"
        };
        tell(
            "step",
            format!(
                "Daily cost stepped {way} on {}, from about {} to {}",
                series.date(fit.from + step.day),
                dollars(step.before),
                dollars(step.after),
            ),
        );
    }
    if let Some(course) = course.filter(|course| course.season.is_clear) {
        tell("season", season(&course.season.factors));
    }
    if let Some(spike) = fit.spikes.last() {
        let count = fit.spikes.len();
        let date = series.date(fit.from + spike.day);
        let actual = dollars(spike.expected + spike.excess);
        let usual = dollars(spike.expected);
        let message = if spikes_a_day.abs() > 0.0 {
            format!(
                "{count} days stood out, the latest on {date} with {actual} where {usual} was expected; the projection counts on more of them, {} a day",
                signed(spikes_a_day),
            )
        } else if count == 1 {
            format!("{date} stood out with {actual} where {usual} was expected; it was set aside")
        } else {
            format!(
                "{count} days stood out, the latest on {date} with {actual} where {usual} was expected; they were set aside"
            )
        };
        tell("spike", message);
    }
    if fit.is_intermittent {
        tell(
            "intermittent",
            "Most days cost nothing, so only the average is projected".to_owned(),
        );
    }
    if fit.days < super::MIN_SEASON_DAYS {
        tell(
            "short_history",
            format!(
                "Only {} days of history: weekdays and trends are told apart from {} on",
                fit.days,
                super::MIN_SEASON_DAYS,
            ),
        );
    }
    found
}

fn season(factors: &[f64; 7]) -> String {
    let weekend = factors.iter().skip(5).sum::<f64>() / 2.0;
    let weekdays = factors.iter().take(5).sum::<f64>() / 5.0;
    let calm = |days: &[f64], middle: f64| days.iter().all(|f| (f - middle).abs() < 0.1);
    let (work, rest) = factors.split_at(5);
    let is_weekend = calm(work, weekdays) && calm(rest, weekend);
    if is_weekend && weekdays > 0.0 {
        let difference = percent(weekend - weekdays, weekdays);
        let way = if difference < 0 { "lower" } else { "higher" };
        return format!("Weekends cost {}% {way} than weekdays", difference.abs());
    }
    let mut by_height: Vec<(usize, f64)> = factors.iter().copied().enumerate().collect();
    order::by(&mut by_height, |a, b| a.1.total_cmp(&b.1));
    let told = |entry: Option<&(usize, f64)>| {
        entry.map_or_else(String::new, |(day, factor)| {
            let difference = percent(factor - 1.0, 1.0);
            let name = WEEKDAYS.get(*day).copied().unwrap_or_default();
            format!("{name} {difference:+}%")
        })
    };
    format!(
        "The week has a shape: {}, {} of the week's average",
        told(by_height.last()),
        told(by_height.first()),
    )
}

/// `part` of `whole` in whole per cent.
#[expect(clippy::cast_possible_truncation, reason = "bounded before it is cut")]
fn percent(part: f64, whole: f64) -> i64 {
    if whole > 0.0 {
        (part / whole * 100.0).clamp(-1e6, 1e6).round() as i64
    } else {
        0
    }
}

/// Dollars with as many decimals as tell something.
pub(crate) fn dollars(nanos: f64) -> String {
    usd(whole(nanos))
}

/// Nano-dollars for people: `$12.34`, or `$0.0012` where cents would say nothing.
pub fn usd(nanos: i64) -> String {
    let step = match nanos {
        10_000_000.. => 10_000_000,
        10_000.. => 10_000,
        _ => 1,
    };
    let rounded = (nanos + step / 2) / step * step;
    let text = Nanos::new(rounded).to_string();
    match text.split_once('.') {
        Some((_, cents)) if cents.len() == 1 => format!("${text}0"),
        _ => format!("${text}"),
    }
}

fn signed(nanos: f64) -> String {
    let sign = if nanos < 0.0 { "-" } else { "" };
    format!("{sign}{}", dollars(nanos.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_say_what_matters() {
        assert_eq!(usd(12_345_678_901), "$12.35");
        assert_eq!(usd(12_500_000_000), "$12.50");
        assert_eq!(usd(1_234_567), "$0.00123");
        assert_eq!(usd(3_000_000_000), "$3");
        assert_eq!(usd(0), "$0");
        assert_eq!(usd(999), "$0.000000999");
    }
}
