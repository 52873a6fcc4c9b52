//! One series judged: its latest days against what the days before them let expect.

use super::{Alert, Severity};
use crate::forecast::{
    DailyCosts, Direction, Forecast, Level, Projection, Range, forecast, next_day, usd,
};

/// Days before a judged day: two of each weekday.
pub(super) const LEAST_DAYS: usize = 14;

/// Steps, and first costs, are news for a week.
const NEWS_DAYS: usize = 7;

/// A day is told only if it is off by a fifth of what was expected.
const FIFTH: i64 = 5;

/// A named series.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    /// `model`, `user`, `feature`, …
    pub(super) kind: &'a str,
    pub(super) value: &'a str,
    pub(super) days: DailyCosts,
}

/// How closely to look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Care {
    /// How many of the latest days are judged.
    pub(super) check_days: usize,
    /// Differences below this, in nano-dollars, are nobody's concern.
    pub(super) least: i64,
}

/// What is odd about a series; `None` where it is too short to say.
pub(super) fn judge(subject: &Subject<'_>, care: Care) -> Option<Vec<Alert>> {
    let nanos = &subject.days.nanos;
    let first = nanos.iter().position(|nanos| *nanos > 0)?;
    let known = nanos.len() - first;
    let mut alerts = Vec::new();
    if first > 0 && known <= NEWS_DAYS {
        alerts.extend(newcomer(subject, first, care));
        return Some(alerts);
    }
    if known <= LEAST_DAYS {
        return None;
    }
    if let Forecast::Projected(projection) = forecast(&subject.days, 30, Level::P80) {
        alerts.extend(course(subject, &projection, care));
    }
    let has_stepped = alerts.iter().any(|alert| alert.code == "step");
    // The days after a step are told by it.
    if !has_stepped {
        let days = nanos.len().saturating_sub(care.check_days)..nanos.len();
        alerts.extend(days.filter_map(|day| odd_day(subject, day, care)));
    }
    Some(alerts)
}

fn odd_day(subject: &Subject<'_>, day: usize, care: Care) -> Option<Alert> {
    let before = DailyCosts {
        start: subject.days.start,
        nanos: subject.days.nanos.get(..day)?.to_vec(),
    };
    let actual = *subject.days.nanos.get(day)?;
    let range = next_day(&before, LEAST_DAYS, Level::P99)?;
    let off = actual.saturating_sub(range.expected);
    let is_inside = (range.low..=range.high).contains(&actual);
    if is_inside || off.abs() < care.least.max(range.expected / FIFTH) {
        return None;
    }
    let half = range.high.saturating_sub(range.expected).max(1);
    let (code, severity) = match off {
        ..0 => ("drop", Severity::Info),
        _ if off / half >= 3 => ("spike", Severity::Critical),
        _ => ("spike", Severity::Warning),
    };
    let date = subject.days.date(day);
    let message = format!(
        "{} cost {} on {date}, where {} was expected and {} to {} was usual",
        name(subject),
        usd(actual),
        usd(range.expected),
        usd(range.low),
        usd(range.high),
    );
    Some(Alert {
        code,
        severity,
        message,
        about: Some(about(subject)),
        date: Some(date),
        figures: Some((actual, range)),
    })
}

/// Steps of the last week and trends.
fn course(subject: &Subject<'_>, projection: &Projection, care: Care) -> Vec<Alert> {
    let mut alerts = Vec::new();
    if let Some(step) = &projection.latest_step {
        let is_news = step.day + NEWS_DAYS >= subject.days.nanos.len();
        let change = step.after.saturating_sub(step.before);
        if is_news && change.abs() >= care.least.max(step.before / FIFTH) {
            let (way, severity) = if change > 0 {
                ("up", Severity::Warning)
            } else {
                ("down", Severity::Info)
            };
            let date = subject.days.date(step.day);
            alerts.push(Alert {
                code: "step",
                severity,
                message: format!(
                    "Daily cost of {} stepped {way} on {date}, from about {} to {}",
                    name(subject),
                    usd(step.before),
                    usd(step.after),
                ),
                about: Some(about(subject)),
                date: Some(date),
                figures: None,
            });
        }
    }
    let told = projection
        .factors
        .iter()
        .find(|factor| factor.code == "trend");
    if let Some(factor) = told
        && projection.next_30_days.expected / 30 >= care.least
    {
        let severity = match projection.trend {
            Direction::Increasing => Severity::Warning,
            Direction::Decreasing | Direction::Stable => Severity::Info,
        };
        alerts.push(Alert {
            code: "trend",
            severity,
            message: format!("{}: {}", name(subject), factor.message),
            about: Some(about(subject)),
            date: None,
            figures: None,
        });
    }
    alerts
}

fn newcomer(subject: &Subject<'_>, first: usize, care: Care) -> Option<Alert> {
    let spent = subject
        .days
        .nanos
        .iter()
        .fold(0_i64, |sum, nanos| sum.saturating_add(*nanos));
    let date = subject.days.date(first);
    (spent >= care.least).then(|| Alert {
        code: "new",
        severity: Severity::Info,
        message: format!(
            "{} first cost something on {date}, and {} since",
            name(subject),
            usd(spent)
        ),
        about: Some(about(subject)),
        date: Some(date),
        figures: Some((
            spent,
            Range {
                expected: 0,
                low: 0,
                high: 0,
            },
        )),
    })
}

/// `gpt-4o`, `feature chat`.
fn name(subject: &Subject<'_>) -> String {
    match subject.kind {
        "total" => "Everything together".to_owned(),
        "model" => subject.value.to_owned(),
        kind => format!("{kind} {}", subject.value),
    }
}

fn about(subject: &Subject<'_>) -> (String, String) {
    (subject.kind.to_owned(), subject.value.to_owned())
}
