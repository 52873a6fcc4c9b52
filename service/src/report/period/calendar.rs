//! Days and months as the organisation's clocks show them.

use super::Period;
use super::instant::midnight;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// A time zone and the day of the month on which billing periods begin.
#[derive(Debug, Clone)]
pub(crate) struct Calendar {
    zone: TimeZone,
    anchor_day: i8,
}

/// Whole days or months inside a period, as numbers of rollup slots, with the instants they begin and end at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slots {
    pub(crate) first: i64,
    /// The first slot that is no longer inside.
    pub(crate) end: i64,
    pub(crate) period: Period,
}

/// The days of a billing period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BillingDays {
    pub(crate) first: Date,
    pub(crate) last: Date,
}

const SECONDS_A_DAY: i64 = 86_400;

impl Calendar {
    /// `anchor_day` lies between 1 and 28, so that every month has it.
    pub(crate) fn new(zone: TimeZone, anchor_day: i8) -> Self {
        Self {
            zone,
            anchor_day: anchor_day.clamp(1, 28),
        }
    }

    /// The first instant of a day.
    pub(crate) fn midnight(&self, day: Date) -> Option<i64> {
        midnight(day, &self.zone)
    }

    /// The first instant of a day, counted from 1970-01-01.
    pub(crate) fn start_of_day(&self, day: i64) -> Option<i64> {
        self.midnight(day_numbered(day)?)
    }

    /// The day that an instant lies in.
    pub(crate) fn day_of(&self, ms: i64) -> Option<Date> {
        let at = Timestamp::from_millisecond(ms).ok()?;
        Some(self.zone.to_datetime(at).date())
    }

    pub(super) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The instant after `ms` at which the clock next shows a full hour.
    pub(super) fn next_hour(&self, ms: i64) -> Option<i64> {
        const HOUR_MS: i64 = 3_600_000;
        let mut next = ms;
        loop {
            let past_hour = self.shown_ms(next)?.rem_euclid(HOUR_MS);
            // Clocks may jump on the way there, by half an hour in some places.
            next += HOUR_MS - past_hour;
            if self.shown_ms(next)?.rem_euclid(HOUR_MS) == 0 {
                return Some(next);
            }
        }
    }

    /// What the clock shows, as if it were UTC.
    fn shown_ms(&self, ms: i64) -> Option<i64> {
        let at = Timestamp::from_millisecond(ms).ok()?;
        Some(ms + i64::from(self.zone.to_offset(at).seconds()) * 1000)
    }

    /// The billing period that a day lies in: its first day and the first day after it.
    pub(super) fn billing_period(&self, day: Date) -> (Date, Date) {
        let month = if day.day() < self.anchor_day {
            day.first_of_month().saturating_sub(1.month())
        } else {
            day.first_of_month()
        };
        let start = month.saturating_add((self.anchor_day - 1).days());
        (start, start.saturating_add(1.month()))
    }

    /// The days of the billing period that an instant lies in.
    pub(crate) fn billing_days(&self, ms: i64) -> Option<BillingDays> {
        let (first, next) = self.billing_period(self.day_of(ms)?);
        let last = next.checked_sub(1.day()).ok()?;
        Some(BillingDays { first, last })
    }

    /// The whole days inside a period.
    pub(crate) fn whole_days(&self, period: Period) -> Option<Slots> {
        let mut first = self.day_of(period.start_ms)?;
        if self.midnight(first)? < period.start_ms {
            first = first.checked_add(1.day()).ok()?;
        }
        let end = self.day_of(period.end_ms)?;
        self.slots(first, end, day_number)
    }

    /// The whole calendar months inside a period, numbered from the year 0 on.
    pub(crate) fn whole_months(&self, period: Period) -> Option<Slots> {
        let mut first = self.day_of(period.start_ms)?.first_of_month();
        if self.midnight(first)? < period.start_ms {
            first = first.checked_add(1.month()).ok()?;
        }
        let end = self.day_of(period.end_ms)?.first_of_month();
        self.slots(first, end, month_number)
    }

    /// From when until when the calendar month lasts that an instant lies in.
    pub(crate) fn month_around(&self, ms: i64) -> Option<(i64, i64)> {
        let first = self.day_of(ms)?.first_of_month();
        let next = first.checked_add(1.month()).ok()?;
        let (start_ms, end_ms) = (self.midnight(first)?, self.midnight(next)?);
        (start_ms <= ms && ms < end_ms).then_some((start_ms, end_ms))
    }

    fn slots(&self, first: Date, end: Date, number: fn(Date) -> i64) -> Option<Slots> {
        if first >= end {
            return None;
        }
        let period = Period {
            start_ms: self.midnight(first)?,
            end_ms: self.midnight(end)?,
        };
        Some(Slots {
            first: number(first),
            end: number(end),
            period,
        })
    }
}

impl BillingDays {
    /// The first day, counted from 1970-01-01.
    pub(crate) fn first_number(self) -> i64 {
        day_number(self.first)
    }
}

/// Days since 1970.
fn day_number(day: Date) -> i64 {
    let midnight = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0));
    midnight.map_or(0, |at| at.as_second().div_euclid(SECONDS_A_DAY))
}

/// The day that is so many days after 1970-01-01.
pub(crate) fn day_numbered(number: i64) -> Option<Date> {
    let at = Timestamp::from_second(number.checked_mul(SECONDS_A_DAY)?).ok()?;
    Some(TimeZone::UTC.to_datetime(at).date())
}

fn month_number(day: Date) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month()) - 1
}
