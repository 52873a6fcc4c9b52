//! Times in bodies, with errors that name their field.

use crate::http::Problem;
use crate::report::{end_ms, start_ms};
use crate::router::Call;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

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
        start_ms(text, &self.zone).ok_or_else(|| wrong(field))
    }

    /// The first instant after a period.
    pub(crate) fn end(&self, field: &str, text: &str) -> Result<i64, Problem> {
        end_ms(text, &self.zone).ok_or_else(|| wrong(field))
    }

    /// So many months, weeks or years later, by the organisation's calendar.
    pub(crate) fn after(&self, field: &str, ms: i64, span: Span) -> Result<i64, Problem> {
        Timestamp::from_millisecond(ms)
            .and_then(|at| at.to_zoned(self.zone.clone()).checked_add(span))
            .map(|at| at.timestamp().as_millisecond())
            .map_err(|_| wrong(field))
    }
}

fn wrong(field: &str) -> Problem {
    Problem::invalid(
        field,
        format!("Invalid {field}: expected an ISO 8601 date or date-time"),
    )
}
