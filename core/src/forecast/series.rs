//! A series of whole days.

use crate::event::FieldError;
use crate::question::{self, Fields};
use jiff::civil::Date;
use serde_json::Value;

/// The longest series that is read, ten years.
pub const MAX_DAYS: usize = 3_660;

/// What consecutive days cost, in nano-dollars. A day without calls is 0; a day that is not over is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyCosts {
    /// The first day.
    pub start: Date,
    /// One amount a day.
    pub nanos: Vec<i64>,
}

impl DailyCosts {
    /// The day `index` days after the first.
    pub fn date(&self, index: usize) -> Date {
        let days = i64::try_from(index).unwrap_or(i64::MAX);
        self.start
            .saturating_add(jiff::Span::new().days(days.min(4_000_000)))
    }

    /// Monday is 0.
    pub(super) fn weekday(&self, index: usize) -> usize {
        let monday_first = self.start.weekday().to_monday_zero_offset();
        let first = usize::try_from(monday_first).unwrap_or_default();
        (first + index) % 7
    }

    /// The days from the first that cost anything, at most `days` of them, and how many were skipped.
    pub(super) fn recent(&self, days: usize) -> (Self, usize) {
        let first_cost = self.nanos.iter().position(|nanos| *nanos != 0);
        let from = first_cost
            .unwrap_or(self.nanos.len())
            .max(self.nanos.len().saturating_sub(days));
        let recent = Self {
            start: self.date(from),
            nanos: self.nanos.get(from..).unwrap_or_default().to_vec(),
        };
        (recent, from)
    }

    /// The days as floats, in nano-dollars.
    pub(super) fn values(&self) -> Vec<f64> {
        self.nanos.iter().map(|nanos| *nanos as f64).collect()
    }

    /// Reads `start` and `dailyNanos`.
    pub(crate) fn read(fields: &Fields<'_>) -> Result<Self, FieldError> {
        let start = fields.date("start")?.ok_or_else(|| {
            FieldError::missing(&fields.place("start"), "a date such as 2026-01-31")
        })?;
        if fields.value("dailyNanos").is_none() {
            let expected = "a list of whole nano-dollars, one a day";
            return Err(FieldError::missing(&fields.place("dailyNanos"), expected));
        }
        let day = |(index, value): (usize, &Value)| {
            question::whole(value)
                .filter(|nanos| *nanos >= 0)
                .ok_or_else(|| {
                    let name = format!("dailyNanos[{index}]");
                    fields.wrong(&name, "whole nano-dollars, 0 or more")
                })
        };
        let days = fields.list("dailyNanos", MAX_DAYS)?;
        let nanos = days.iter().enumerate().map(day).collect::<Result<_, _>>()?;
        Ok(Self { start, nanos })
    }
}
