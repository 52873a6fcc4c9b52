//! Local days: the ranges that these endpoints ask about.

use crate::http::Problem;
use crate::report::{end_ms, start_ms};
use crate::router::Call;
use crate::sql::SqlError;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// Days since 1970 of the organisation's calendar, the last one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    pub(super) first: i64,
    pub(super) last: i64,
}

/// The longest range.
const MAX_DAYS: i64 = 400;

impl Days {
    /// The day it is now.
    pub(super) fn today(call: &Call<'_>) -> Result<i64, SqlError> {
        let organization = call.tenant.organization(call.sql)?;
        Ok(organization.calendar.day_of(call.ctx.now_ms))
    }

    /// The latest `count` days, today included.
    pub(super) fn latest(call: &Call<'_>, count: i64) -> Result<Self, SqlError> {
        let last = Self::today(call)?;
        Ok(Self {
            first: last - count + 1,
            last,
        })
    }

    /// The days from `startDate` to `endDate`; the latest 30 when neither is there. A date is that whole day, the end, too;
    /// an end with a time is exclusive, as everywhere.
    pub(super) fn asked(call: &Call<'_>) -> Result<Self, Problem> {
        let query = call.query();
        let organization = call.tenant.organization(call.sql)?;
        let calendar = &organization.calendar;
        let stated = |names: [&str; 2], read: fn(&str, &TimeZone) -> Option<i64>| {
            let [name, _] = names;
            let Some(text) = query.get(&names) else {
                return Ok(None);
            };
            read(text, calendar.zone()).map(Some).ok_or_else(|| {
                let message = format!("Invalid {name}: expected an ISO 8601 date");
                Problem::invalid(name, message)
            })
        };
        let last = match stated(["end_date", "end"], end_ms)? {
            Some(end_ms) => calendar.day_of(end_ms - 1),
            None => calendar.day_of(call.ctx.now_ms),
        };
        let first = match stated(["start_date", "start"], start_ms)? {
            Some(start_ms) => calendar.day_of(start_ms),
            None => last - 29,
        };
        if first > last || last - first >= MAX_DAYS {
            let message = format!(
                "Invalid end_date: expected a day not before startDate, at most {MAX_DAYS} days on"
            );
            return Err(Problem::invalid("end_date", message));
        }
        Ok(Self { first, last })
    }

    /// The days of the calendar month so far.
    pub(super) fn month(call: &Call<'_>) -> Result<Self, SqlError> {
        let last = Self::today(call)?;
        let first = date(last).map_or(last, |today| last - i64::from(today.day()) + 1);
        Ok(Self { first, last })
    }

    /// Every day.
    pub(super) fn each(self) -> impl Iterator<Item = i64> {
        self.first..=self.last
    }

    pub(super) const fn count(self) -> i64 {
        self.last - self.first + 1
    }
}

/// The date of a day.
pub(super) fn date(day: i64) -> Option<Date> {
    Date::constant(1970, 1, 1)
        .checked_add(Span::new().try_days(day).ok()?)
        .ok()
}

/// `2026-01-31`; nothing beyond the calendar's end.
pub(super) fn date_text(day: i64) -> String {
    date(day).map_or_else(String::new, |date| date.to_string())
}

/// `2026-01-31T12:00:00.000Z`, as the core's questions take it.
pub(super) fn instant(now_ms: i64) -> String {
    Timestamp::from_millisecond(now_ms).map_or_else(|_| String::new(), |at| at.to_string())
}
