//! A period cut into the steps of a time series.

use super::{Calendar, Period};
use crate::http::{Problem, Query};
use bearlumen_core::timestamp::format_ms;
use jiff::ToSpan;
use jiff::civil::Date;

/// The length of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Granularity {
    /// From one full hour on the organisation's clocks to the next.
    Hour,
    Day,
    /// From Monday on.
    Week,
    /// A calendar month.
    Month,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    /// The day it begins on; for an hour the instant.
    pub(crate) date: String,
    pub(crate) period: Period,
}

/// The most steps of an answer: 27 years of days, more than a year of hours.
const MAX_SLOTS: usize = 10_000;

impl Granularity {
    /// Reads `granularity`; days when it is absent.
    pub(crate) fn read(query: &Query<'_>) -> Result<Self, Problem> {
        match query.get(&["granularity"]) {
            None | Some("day") => Ok(Self::Day),
            Some("hour") => Ok(Self::Hour),
            Some("week") => Ok(Self::Week),
            Some("month") => Ok(Self::Month),
            Some(other) => Err(Problem::invalid(
                "granularity",
                format!("Invalid granularity: {other}. Valid options: hour, day, week, month"),
            )),
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The steps of a period. The first and the last are cut where the period is.
    pub(crate) fn slots(self, period: Period, calendar: &Calendar) -> Result<Vec<Slot>, Problem> {
        let mut slots = Vec::new();
        let mut start_ms = period.start_ms;
        while start_ms < period.end_ms {
            if slots.len() == MAX_SLOTS {
                let message = format!(
                    "Invalid granularity: {} cuts this period into more than {MAX_SLOTS} steps; expected a longer one",
                    self.as_str()
                );
                return Err(Problem::invalid("granularity", message));
            }
            let next = self.next(start_ms, calendar);
            let end_ms = next.unwrap_or(period.end_ms).min(period.end_ms);
            slots.push(Slot {
                date: self.date(start_ms, calendar),
                period: Period { start_ms, end_ms },
            });
            start_ms = end_ms;
        }
        Ok(slots)
    }

    /// Where the step that `ms` lies in ends.
    fn next(self, ms: i64, calendar: &Calendar) -> Option<i64> {
        if self == Self::Hour {
            return calendar.next_hour(ms);
        }
        let mut day = calendar.day_of(ms)?;
        // A day that a zone skipped has no length.
        loop {
            day = self.next_day(day)?;
            let next = calendar.midnight(day)?;
            if next > ms {
                return Some(next);
            }
        }
    }

    fn next_day(self, day: Date) -> Option<Date> {
        match self {
            Self::Hour | Self::Day => day.checked_add(1.day()).ok(),
            Self::Week => {
                let passed = day.weekday().to_monday_zero_offset();
                day.checked_add((7 - passed).days()).ok()
            }
            Self::Month => day.first_of_month().checked_add(1.month()).ok(),
        }
    }

    fn date(self, ms: i64, calendar: &Calendar) -> String {
        if self == Self::Hour {
            return format_ms(ms);
        }
        calendar
            .day_of(ms)
            .map_or_else(String::new, |day| day.to_string())
    }
}

impl Slot {
    /// Which of `slots` an instant lies in.
    pub(crate) fn position(slots: &[Self], ms: i64) -> Option<usize> {
        let after = slots.partition_point(|slot| slot.period.start_ms <= ms);
        let position = after.checked_sub(1)?;
        (ms < slots.get(position)?.period.end_ms).then_some(position)
    }

    /// Which of `slots` a day, as days since 1970, lies in.
    pub(crate) fn position_of_day(slots: &[Self], day: i64, calendar: &Calendar) -> Option<usize> {
        Self::position(slots, calendar.start_of_day(day)?)
    }
}
