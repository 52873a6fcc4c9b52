//! Times in bodies: ISO 8601, dates in the organisation's time zone.

use crate::http::Problem;
use crate::router::Call;
use bearlumen_core::timestamp::{Moment, parse};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

/// Reads times as the organisation means them.
pub(crate) struct Instants {
    zone: TimeZone,
}

impl Instants {
    /// In the time zone of the organisation that is asked.
    pub(crate) fn of(call: &Call<'_>) -> Result<Self, Problem> {
        let settings = call.tenant.organization(call.sql)?;
        Ok(Self {
            zone: settings.calendar.zone().clone(),
        })
    }

    /// The first instant of a period, in milliseconds since 1970.
    pub(crate) fn start(&self, field: &str, text: &str) -> Result<i64, Problem> {
        match parse(text) {
            Some(Moment::Instant(ms)) => Ok(ms),
            Some(Moment::Day(day)) => self.midnight(day).ok_or_else(|| wrong(field)),
            None => Err(wrong(field)),
        }
    }

    /// The first instant after a period: a date means that whole day, a time ending in `:59` that second, too.
    pub(crate) fn end(&self, field: &str, text: &str) -> Result<i64, Problem> {
        match parse(text) {
            Some(Moment::Instant(ms)) if ms.rem_euclid(60_000) == 59_000 => Ok(ms + 1000),
            Some(Moment::Instant(ms)) => Ok(ms),
            Some(Moment::Day(day)) => day
                .checked_add(1.day())
                .ok()
                .and_then(|next| self.midnight(next))
                .ok_or_else(|| wrong(field)),
            None => Err(wrong(field)),
        }
    }

    /// So many months, weeks or years later, by the organisation's calendar.
    pub(crate) fn after(&self, field: &str, ms: i64, span: Span) -> Result<i64, Problem> {
        Timestamp::from_millisecond(ms)
            .and_then(|at| at.to_zoned(self.zone.clone()).checked_add(span))
            .map(|at| at.timestamp().as_millisecond())
            .map_err(|_| wrong(field))
    }

    fn midnight(&self, day: Date) -> Option<i64> {
        let at = day.to_zoned(self.zone.clone()).ok()?;
        Some(at.timestamp().as_millisecond())
    }
}

fn wrong(field: &str) -> Problem {
    Problem::invalid(
        field,
        format!("Invalid {field}: expected an ISO 8601 date or date-time"),
    )
}
