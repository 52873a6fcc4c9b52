//! Local days: the ranges that these endpoints ask about.

use crate::http::Problem;
use crate::router::Call;
use crate::sql::SqlError;
use bearlumen_core::timestamp::{self, Moment};
use jiff::civil::Date;
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

    /// `startDate` to `endDate`, both included; the latest 30 days when neither is there. An instant means the day it
    /// lies in.
    pub(super) fn asked(call: &Call<'_>) -> Result<Self, Problem> {
        let query = call.query();
        let organization = call.tenant.organization(call.sql)?;
        let day = |name: &str, also: &str| match query.get(&[name, also]) {
            None => Ok(None),
            Some(text) => match timestamp::parse(text) {
                Some(Moment::Day(date)) => Ok(number(date)),
                Some(Moment::Instant(ms)) => Ok(Some(organization.calendar.day_of(ms))),
                None => {
                    let message = format!("Invalid {name}: expected an ISO 8601 date");
                    Err(Problem::invalid(name, message))
                }
            },
        };
        let last = match day("end_date", "end")? {
            Some(last) => last,
            None => organization.calendar.day_of(call.ctx.now_ms),
        };
        let first = day("start_date", "start")?.unwrap_or(last - 29);
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

fn number(date: Date) -> Option<i64> {
    let span = date.since(Date::constant(1970, 1, 1)).ok()?;
    Some(i64::from(span.get_days()))
}

/// `2026-01-31T12:00:00.000Z`, as the core's questions take it.
pub(super) fn instant(now_ms: i64) -> String {
    Timestamp::from_millisecond(now_ms).map_or_else(|_| String::new(), |at| at.to_string())
}
