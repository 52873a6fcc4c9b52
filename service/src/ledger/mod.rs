//! The sums that reports read: what an event adds to them, gathered in memory, written with a watermark.
//!
//! Ingestion only inserts events. What they add is gathered in a [`Delta`]; writing it moves `folded.seq` in the same
//! transaction, so that whatever dies, the events behind the watermark say what is missing.

pub(crate) mod bins;
pub(crate) mod block;
mod calendar;
mod delta;
mod fact;
mod flush;
mod kept;
mod measured;
pub(crate) mod session_count;
mod stored;
mod sums;
mod told;

pub(crate) use calendar::Calendar;
pub(crate) use delta::{Delta, Grain, Kind};
pub(crate) use fact::{Fact, FactLabels, MAX_NUMBER, micros_of};
pub(crate) use flush::{EVERY_SUM, write};
pub(crate) use kept::{Kept, KeptNumbers, KeptRow};
pub(crate) use measured::{COLUMNS as MEASURED, Measured};
pub(crate) use stored::{StoredEvent, split};
pub(crate) use sums::Sums;
pub(crate) use told::Told;

/// Quarters of an hour divide every time zone's offset in use.
pub(crate) const QUARTER_MS: i64 = 15 * 60 * 1000;
