//! Instants as milliseconds since 1970 and their ISO 8601 texts.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Milliseconds in a day.
pub const DAY_MS: i64 = 86_400_000;

/// `2026-01-13T10:35:00.000Z`.
pub fn format_ms(ms: i64) -> String {
    match Timestamp::from_millisecond(ms) {
        Ok(at) => format!("{at:.3}"),
        Err(_) => String::new(),
    }
}

/// A parsed date parameter or timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// An ISO date without a time: the whole day.
    Day(Date),
    /// An instant, in milliseconds since 1970.
    Instant(i64),
}

/// Reads an ISO 8601 date, or a date-time with an offset or `Z`. A date-time without either is taken as UTC.
pub fn parse(text: &str) -> Option<Moment> {
    if text.len() == 10 {
        return text.parse::<Date>().ok().map(Moment::Day);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(Moment::Instant(at.as_millisecond()));
    }
    // Without a separator it is the compact form of a date, which nobody sends and which reads as a number.
    if !text.contains('T') && !text.contains(' ') {
        return None;
    }
    let local: DateTime = text.parse().ok()?;
    let at = local.to_zoned(TimeZone::UTC).ok()?;
    Some(Moment::Instant(at.timestamp().as_millisecond()))
}

/// How long after `now_ms` an HTTP `Retry-After` value asks to wait, in milliseconds. Seconds or an HTTP
/// date; `None` when it is neither.
pub fn retry_after_ms(value: &str, now_ms: i64) -> Option<i64> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(
            i64::try_from(seconds)
                .unwrap_or(i64::MAX)
                .saturating_mul(1000),
        );
    }
    let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    let now = Timestamp::from_millisecond(now_ms).ok()?;
    let wait = at.duration_since(now);
    Some(i64::try_from(wait.max(SignedDuration::ZERO).as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_back() {
        let ms = 1_768_300_500_000;
        assert_eq!(format_ms(ms), "2026-01-13T10:35:00.000Z");
        assert_eq!(parse("2026-01-13T10:35:00.000Z"), Some(Moment::Instant(ms)));
        assert_eq!(
            parse("2026-01-13T12:35:00+02:00"),
            Some(Moment::Instant(ms))
        );
        assert_eq!(parse("2026-01-13T10:35:00"), Some(Moment::Instant(ms)));
        assert!(matches!(parse("2026-01-13"), Some(Moment::Day(_))));
        for text in [
            "",
            "2026-13-01",
            "2026-02-30",
            "yesterday",
            "20260113",
            "1768300500",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = 1_768_300_500_000;
        assert_eq!(retry_after_ms("5", now), Some(5_000));
        assert_eq!(
            retry_after_ms("Tue, 13 Jan 2026 10:36:00 GMT", now),
            Some(60_000)
        );
        assert_eq!(
            retry_after_ms("Tue, 13 Jan 2026 10:30:00 GMT", now),
            Some(0)
        );
        assert_eq!(retry_after_ms("99999999999999999999", now), None);
        assert_eq!(retry_after_ms("soon", now), None);
        assert_eq!(retry_after_ms("-5", now), None);
    }
}
