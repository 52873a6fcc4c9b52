//! The stretch of time a report is about, in the organisation's own calendar.

mod calendar;
mod instant;
mod read;
mod slots;
#[cfg(test)]
mod tests;

pub(crate) use calendar::{BillingDays, Calendar, Slots, day_numbered};
pub(crate) use instant::{end_ms, start_ms};
pub(crate) use read::read;
pub(crate) use slots::{Granularity, Slot};

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
