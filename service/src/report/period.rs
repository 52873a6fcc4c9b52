//! The stretch of time a report is about.

use crate::http::{Problem, Query};
use bearlumen_core::error::ErrorCode;
use bearlumen_core::timestamp::{self, DAY_MS, Moment};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// From an instant on, up to but not including another, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) start_ms: i64,
    pub(crate) end_ms: i64,
}

/// A period and the one it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Compared {
    pub(crate) now: Period,
    pub(crate) before: Period,
}

const START: [&str; 3] = ["start_date", "startDate", "start"];
const END: [&str; 3] = ["end_date", "endDate", "end"];
const WINDOW: [&str; 2] = ["time_window", "timeWindow"];
const WINDOWS: &str = "current-period, last-period, last-7-days, last-30-days";

/// Reads the period parameters; the calendar month so far when there are none.
pub(crate) fn read(query: &Query<'_>, now_ms: i64) -> Result<Compared, Problem> {
    let (start, end) = (query.get(&START), query.get(&END));
    let window = query.get(&WINDOW);
    match (window, start, end) {
        (Some(window), None, None) => by_window(window, now_ms),
        (None, None, None) => by_window("current-period", now_ms),
        (Some(_), _, _) => {
            let message = "Invalid time_window: expected either time_window or start_date and end_date, not both";
            Err(Problem::invalid("time_window", message))
        }
        (None, Some(start), Some(end)) => between(start, end),
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

fn by_window(window: &str, now_ms: i64) -> Result<Compared, Problem> {
    let today = Timestamp::from_millisecond(now_ms)
        .map_err(|_| Problem::new(ErrorCode::InternalError, "The clock is out of range"))?
        .to_zoned(TimeZone::UTC)
        .date();
    let tomorrow = today.saturating_add(1.day());
    let month = today.first_of_month();
    let previous = month.saturating_sub(1.month());
    let (now, before) = match window {
        "current-period" => ((month, month.saturating_add(1.month())), (previous, month)),
        "last-period" => (
            (previous, month),
            (previous.saturating_sub(1.month()), previous),
        ),
        "last-7-days" => trailing(tomorrow, 7),
        "last-30-days" => trailing(tomorrow, 30),
        other => {
            let message = format!("Invalid time_window: {other}. Valid options: {WINDOWS}");
            return Err(Problem::invalid("time_window", message));
        }
    };
    let period = |(start, end): (Date, Date)| {
        Some(Period {
            start_ms: midnight(start)?,
            end_ms: midnight(end)?,
        })
    };
    match (period(now), period(before)) {
        (Some(now), Some(before)) => Ok(Compared { now, before }),
        _ => Err(Problem::new(
            ErrorCode::InternalError,
            "The clock is out of range",
        )),
    }
}

fn trailing(tomorrow: Date, days: i32) -> ((Date, Date), (Date, Date)) {
    let start = tomorrow.saturating_sub(days.days());
    (
        (start, tomorrow),
        (start.saturating_sub(days.days()), start),
    )
}

fn between(start: &str, end: &str) -> Result<Compared, Problem> {
    let wrong = |field: &str, value: &str| {
        Problem::invalid(
            field,
            format!("Invalid {field}: {value}. Expected an ISO 8601 date or date-time"),
        )
    };
    let start_ms = match timestamp::parse(start) {
        Some(Moment::Instant(ms)) => Some(ms),
        Some(Moment::Day(day)) => midnight(day),
        None => None,
    };
    let start_ms = start_ms.ok_or_else(|| wrong("start_date", start))?;
    let end_ms = match timestamp::parse(end) {
        // "23:59:59" means the second it names, too.
        Some(Moment::Instant(ms)) if ms.rem_euclid(60_000) == 59_000 => Some(ms + 1000),
        Some(Moment::Instant(ms)) => Some(ms),
        Some(Moment::Day(day)) => day.checked_add(1.day()).ok().and_then(midnight),
        None => None,
    };
    let end_ms = end_ms.ok_or_else(|| wrong("end_date", end))?;
    if end_ms <= start_ms {
        return Err(Problem::invalid(
            "end_date",
            "Invalid end_date: expected an instant after start_date",
        ));
    }
    let length = end_ms - start_ms;
    let before = Period {
        start_ms: start_ms.saturating_sub(length),
        end_ms: start_ms,
    };
    Ok(Compared {
        now: Period { start_ms, end_ms },
        before,
    })
}

fn midnight(day: Date) -> Option<i64> {
    day.to_zoned(TimeZone::UTC)
        .ok()
        .map(|at| at.timestamp().as_millisecond())
}

impl Period {
    /// The whole days inside, as a range of days since 1970, if there is at least one.
    pub(crate) fn whole_days(self) -> Option<(i64, i64)> {
        let first =
            self.start_ms.div_euclid(DAY_MS) + i64::from(self.start_ms.rem_euclid(DAY_MS) > 0);
        let end = self.end_ms.div_euclid(DAY_MS);
        (first < end).then_some((first, end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JAN: i64 = 1_767_225_600_000; // 2026-01-01

    fn read_query(query: &str, now_ms: i64) -> Result<Compared, Problem> {
        let uri: http::Uri = format!("/x?{query}").parse().unwrap();
        read(&Query::of(&uri), now_ms)
    }

    #[test]
    fn an_end_date_is_the_whole_day() {
        let period = read_query("start_date=2026-01-01&end_date=2026-01-31", 0)
            .unwrap()
            .now;
        assert_eq!(
            period,
            Period {
                start_ms: JAN,
                end_ms: JAN + 31 * DAY_MS
            }
        );
        assert_eq!(
            period,
            read_query(
                "startDate=2026-01-01T00:00:00Z&endDate=2026-02-01T00:00:00Z",
                0
            )
            .unwrap()
            .now
        );
        assert_eq!(
            period,
            read_query("start=2026-01-01&end=2026-01-31T23:59:59Z", 0)
                .unwrap()
                .now
        );
    }

    #[test]
    fn the_current_period_is_the_calendar_month() {
        let compared = read_query("", JAN + 12 * DAY_MS).unwrap();
        assert_eq!(
            compared.now,
            Period {
                start_ms: JAN,
                end_ms: JAN + 31 * DAY_MS
            }
        );
        assert_eq!(
            compared.before,
            Period {
                start_ms: JAN - 31 * DAY_MS,
                end_ms: JAN
            }
        );
    }

    #[test]
    fn trailing_days_include_today() {
        let compared = read_query("time_window=last-7-days", JAN + 10 * DAY_MS + 5).unwrap();
        assert_eq!(
            compared.now,
            Period {
                start_ms: JAN + 4 * DAY_MS,
                end_ms: JAN + 11 * DAY_MS
            }
        );
        assert_eq!(compared.before.end_ms, compared.now.start_ms);
    }

    #[test]
    fn a_wrong_parameter_is_named() {
        for (query, field) in [
            ("time_window=weekly", "time_window"),
            ("start_date=2026-01-01", "end_date"),
            ("end_date=2026-01-01", "start_date"),
            ("start_date=x&end_date=2026-01-01", "start_date"),
            ("start_date=2026-01-02&end_date=2026-01-01", "end_date"),
            (
                "start_date=2026-01-02T00:00:00Z&end_date=2026-01-02T00:00:00Z",
                "end_date",
            ),
            (
                "time_window=last-period&start_date=2026-01-02&end_date=2026-01-03",
                "time_window",
            ),
        ] {
            assert_eq!(
                read_query(query, JAN).unwrap_err().field.as_deref(),
                Some(field),
                "{query}"
            );
        }
    }

    #[test]
    fn whole_days_lie_inside() {
        let days = |start, end| {
            Period {
                start_ms: start,
                end_ms: end,
            }
            .whole_days()
        };
        assert_eq!(days(0, DAY_MS), Some((0, 1)));
        assert_eq!(days(1, 2 * DAY_MS), Some((1, 2)));
        assert_eq!(days(1, 2 * DAY_MS - 1), None);
        assert_eq!(days(0, DAY_MS - 1), None);
    }
}
