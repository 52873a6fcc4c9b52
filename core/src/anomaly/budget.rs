//! Whether a budget lasts.

use super::{Alert, Severity};
use crate::forecast::{DailyCosts, Forecast, Level, MAX_HORIZON_DAYS, Range, forecast, usd};
use jiff::civil::Date;

/// A sum for a period, and what of it is spent.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    pub(super) nanos: i64,
    /// The last day of the period.
    pub(super) until: Date,
    /// Spent in the period up to the last day of the series.
    pub(super) spent: i64,
    /// Spent on the day after it, which is not over.
    pub(super) today: i64,
    /// What it is for, `feature` and `chat`; nothing for everything together.
    pub(super) about: Option<(String, String)>,
}

impl Budget {
    fn so_far(&self) -> i64 {
        self.spent.saturating_add(self.today)
    }
}

/// From this part of a budget on, in per cent, its use is told where nothing says how it will go on.
const NEARLY_SPENT: i64 = 80;

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
        let spent = budget.so_far();
        course.period = Some(Range {
            expected: spent,
            low: spent,
            high: spent,
        });
    } else if let Forecast::Projected(mut projection) = forecast(series, left, Level::P80) {
        // A day that has cost more already than was expected of it.
        let more = projection.daily.first_mut().map_or(0, |day| {
            let more = (budget.today - day.expected).max(0);
            day.expected += more;
            more
        });
        let add = |nanos: i64| budget.spent.saturating_add(nanos).saturating_add(more);
        course.period = Some(Range {
            expected: add(projection.total.expected),
            low: add(projection.total.low).max(budget.so_far()),
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
    let (limit, spent, until) = (usd(budget.nanos), budget.so_far(), budget.until);
    let of = match &budget.about {
        None => limit,
        Some((kind, value)) if kind == "model" => format!("{limit} for {value}"),
        Some((kind, value)) => format!("{limit} for {kind} {value}"),
    };
    let so_far = usd(spent);
    let expected = course.period.map_or(spent, |period| period.expected);
    let high = course.period.map_or(spent, |period| period.high);
    let percent = i128::from(spent) * 100 / i128::from(budget.nanos.max(1));
    let (severity, message) = if spent >= budget.nanos {
        let message = format!("The budget of {of} until {until} is spent: {so_far} so far");
        (Severity::Critical, message)
    } else if expected > budget.nanos {
        let on = course
            .exhausted_on
            .map_or_else(String::new, |date| format!(", reached on {date}"));
        let message = format!(
            "Spend is on course for {} until {until}, over the budget of {of}{on}; {so_far} is spent",
            usd(expected)
        );
        (Severity::Critical, message)
    } else if high > budget.nanos {
        let message = format!(
            "Spend until {until} may pass the budget of {of}: {} is expected and up to {} is likely; {so_far} is spent",
            usd(expected),
            usd(high)
        );
        (Severity::Warning, message)
    } else if course.period.is_none() && percent >= i128::from(NEARLY_SPENT) {
        let message = format!(
            "{percent}% of the budget of {of} until {until} is spent, {so_far}; there is too little data to say how it goes on"
        );
        (Severity::Warning, message)
    } else {
        return None;
    };
    Some(Alert {
        code: "budget",
        severity,
        message,
        about: budget.about.clone(),
        date: course.exhausted_on,
        figures: course.period.map(|period| (spent, period)),
    })
}
