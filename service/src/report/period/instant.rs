//! Instants as parameters and bodies state them: ISO 8601; dates, and date-times without an offset, in the organisation's
//! time zone.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

enum Stated {
    Day(Date),
    Instant(i64),
}

/// The first instant of a period, in milliseconds since 1970.
pub(crate) fn start_ms(text: &str, zone: &TimeZone) -> Option<i64> {
    match stated(text, zone)? {
        Stated::Day(day) => midnight(day, zone),
        Stated::Instant(ms) => Some(ms),
    }
}

/// The first instant after a period. A date means that whole day. "23:59:59" means the second it names, too, and so does
/// the "23:59:59.999" of our own answers.
pub(crate) fn end_ms(text: &str, zone: &TimeZone) -> Option<i64> {
    match stated(text, zone)? {
        Stated::Day(day) => midnight(day.checked_add(1.day()).ok()?, zone),
        Stated::Instant(ms) if ms.rem_euclid(60_000) >= 59_000 => {
            Some(ms - ms.rem_euclid(1000) + 1000)
        }
        Stated::Instant(ms) => Some(ms),
    }
}

fn stated(text: &str, zone: &TimeZone) -> Option<Stated> {
    if text.len() == 10 {
        return text.parse().ok().map(Stated::Day);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(Stated::Instant(at.as_millisecond()));
    }
    // Without a separator it is the compact form of a date, which nobody sends and which reads as a number.
    if !text.contains(['T', 't', ' ']) {
        return None;
    }
    let shown: DateTime = text.parse().ok()?;
    // Of two instants that a clock shows alike, the earlier.
    let at = shown.to_zoned(zone.clone()).ok()?;
    Some(Stated::Instant(at.timestamp().as_millisecond()))
}

/// The first instant of a day. Where clocks skip midnight, the day begins when they go on.
pub(super) fn midnight(day: Date, zone: &TimeZone) -> Option<i64> {
    let at = day.to_zoned(zone.clone()).ok()?;
    Some(at.timestamp().as_millisecond())
}
