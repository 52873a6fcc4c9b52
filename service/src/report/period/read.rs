//! The period parameters, in every spelling the documents use.

use super::{Calendar, Compared, Period, end_ms, start_ms};
use crate::http::{Problem, Query};
use bearlumen_core::error::ErrorCode;
use jiff::ToSpan;
use jiff::civil::Date;

const START: [&str; 3] = ["start_date", "startDate", "start"];
const END: [&str; 3] = ["end_date", "endDate", "end"];
const WINDOW: [&str; 2] = ["time_window", "timeWindow"];
const WINDOWS: &str = "current-period, last-period, last-7-days, last-30-days";

/// Reads the period parameters; the billing period that `now_ms` lies in when there are none.
pub(crate) fn read(
    query: &Query<'_>,
    calendar: &Calendar,
    now_ms: i64,
) -> Result<Compared, Problem> {
    let (start, end) = (query.get(&START), query.get(&END));
    let window = query.get(&WINDOW);
    match (window, start, end) {
        (Some(window), None, None) => by_window(window, calendar, now_ms),
        (None, None, None) => by_window("current-period", calendar, now_ms),
        (Some(_), _, _) => {
            let message = "Invalid time_window: expected either time_window or start_date and end_date, not both";
            Err(Problem::invalid("time_window", message))
        }
        (None, Some(start), Some(end)) => between(start, end, calendar),
        (None, Some(_), None) => Err(missing("end_date")),
        (None, None, Some(_)) => Err(missing("start_date")),
    }
}

fn missing(field: &str) -> Problem {
    Problem::invalid(
        field,
        format!("Missing {field}: expected an ISO 8601 date or date-time"),
    )
}

fn by_window(window: &str, calendar: &Calendar, now_ms: i64) -> Result<Compared, Problem> {
    let out_of_range = || Problem::new(ErrorCode::InternalError, "The clock is out of range");
    let today = calendar.day_of(now_ms).ok_or_else(out_of_range)?;
    let tomorrow = today.saturating_add(1.day());
    let current = calendar.billing_period(today);
    let previous = (current.0.saturating_sub(1.month()), current.0);
    let (now, before) = match window {
        "current-period" => (current, previous),
        "last-period" => (previous, (previous.0.saturating_sub(1.month()), previous.0)),
        "last-7-days" => trailing(tomorrow, 7),
        "last-30-days" => trailing(tomorrow, 30),
        other => {
            let message = format!("Invalid time_window: {other}. Valid options: {WINDOWS}");
            return Err(Problem::invalid("time_window", message));
        }
    };
    let period = |(start, end): (Date, Date)| {
        Some(Period {
            start_ms: calendar.midnight(start)?,
            end_ms: calendar.midnight(end)?,
        })
    };
    Ok(Compared {
        now: period(now).ok_or_else(out_of_range)?,
        before: period(before).ok_or_else(out_of_range)?,
    })
}

fn trailing(tomorrow: Date, days: i32) -> ((Date, Date), (Date, Date)) {
    let start = tomorrow.saturating_sub(days.days());
    (
        (start, tomorrow),
        (start.saturating_sub(days.days()), start),
    )
}

fn between(start: &str, end: &str, calendar: &Calendar) -> Result<Compared, Problem> {
    let wrong = |field: &str, value: &str| {
        Problem::invalid(
            field,
            format!("Invalid {field}: {value}. Expected an ISO 8601 date or date-time"),
        )
    };
    let zone = calendar.zone();
    let start_ms = start_ms(start, zone).ok_or_else(|| wrong("start_date", start))?;
    let end_ms = end_ms(end, zone).ok_or_else(|| wrong("end_date", end))?;
    if end_ms <= start_ms {
        return Err(Problem::invalid(
            "end_date",
            "Invalid end_date: expected an instant after start_date",
        ));
    }
    let now = Period { start_ms, end_ms };
    let before = Period {
        start_ms: as_long_before(now, calendar),
        end_ms: start_ms,
    };
    Ok(Compared { now, before })
}

/// Where the period before begins: whole days are compared with as many days, however many hours they have.
fn as_long_before(period: Period, calendar: &Calendar) -> i64 {
    let by_days = calendar
        .whole_days(period)
        .filter(|days| days.period == period)
        .and_then(|days| {
            let length = i32::try_from(days.end - days.first).ok()?;
            let start = calendar.day_of(period.start_ms)?;
            calendar.midnight(start.checked_sub(length.days()).ok()?)
        });
    by_days.unwrap_or_else(|| {
        period
            .start_ms
            .saturating_sub(period.end_ms - period.start_ms)
    })
}
