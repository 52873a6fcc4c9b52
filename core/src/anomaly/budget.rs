//! Whether a budget lasts.

use super::{Alert, Severity};
use crate::forecast::{DailyCosts, Forecast, Level, MAX_HORIZON_DAYS, Range, forecast, usd};
use jiff::civil::Date;

/// A sum for a period, and what of it is spent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    pub(super) nanos: i64,
    /// The last day of the period.
    pub(super) until: Date,
    /// Spent in the period up to the last day of the series.
    pub(super) spent: i64,
}

/// Where a budget is going.
#[derive(Debug)]
pub(super) struct Course {
    /// What the whole period comes to; absent where the series is too short to say.
    pub(super) period: Option<Range>,
    /// The first day on which more than the budget is expected to be spent.
    pub(super) exhausted_on: Option<Date>,
    pub(super) alert: Option<Alert>,
}

/// Carries the spend of `series` to the end of the period.
pub(super) fn course(series: &DailyCosts, budget: &Budget) -> Course {
    let next = series.date(series.nanos.len());
    let left = budget
        .until
        .since(next)
        .map_or(-1, |span| i64::from(span.get_days()));
    let left = usize::try_from(left + 1)
        .unwrap_or_default()
        .min(MAX_HORIZON_DAYS);
    let mut course = Course {
        period: None,
        exhausted_on: None,
        alert: None,
    };
    if left == 0 {
        course.period = Some(Range {
            expected: budget.spent,
            low: budget.spent,
            high: budget.spent,
        });
    } else if let Forecast::Projected(projection) = forecast(series, left, Level::P80) {
        let add = |nanos: i64| budget.spent.saturating_add(nanos);
        course.period = Some(Range {
            expected: add(projection.total.expected),
            low: add(projection.total.low),
            high: add(projection.total.high),
        });
        let mut sum = budget.spent;
        let is_over = |day: &Range| {
            sum = sum.saturating_add(day.expected);
            sum > budget.nanos
        };
        course.exhausted_on = projection.daily.iter().position(is_over).map(|day| {
            DailyCosts {
                start: next,
                nanos: Vec::new(),
            }
            .date(day)
        });
    }
    course.alert = alert(budget, &course);
    course
}

fn alert(budget: &Budget, course: &Course) -> Option<Alert> {
    let (limit, spent, until) = (usd(budget.nanos), usd(budget.spent), budget.until);
    let expected = course.period.map_or(budget.spent, |period| period.expected);
    let high = course.period.map_or(budget.spent, |period| period.high);
    let (severity, message) = if budget.spent >= budget.nanos {
        let message = format!("The budget of {limit} until {until} is spent: {spent} so far");
        (Severity::Critical, message)
    } else if expected > budget.nanos {
        let on = course
            .exhausted_on
            .map_or_else(String::new, |date| format!(", reached on {date}"));
        let message = format!(
            "Spend is on course for {} until {until}, over the budget of {limit}{on}; {spent} is spent",
            usd(expected)
        );
        (Severity::Critical, message)
    } else if high > budget.nanos {
        let message = format!(
            "Spend until {until} may pass the budget of {limit}: {} is expected and up to {} is likely; {spent} is spent",
            usd(expected),
            usd(high)
        );
        (Severity::Warning, message)
    } else {
        return None;
    };
    Some(Alert {
        code: "budget",
        severity,
        message,
        about: None,
        date: course.exhausted_on,
        figures: course.period.map(|period| (budget.spent, period)),
    })
}
