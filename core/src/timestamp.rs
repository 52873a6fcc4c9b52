//! Instants as milliseconds since 1970 and their texts: ISO 8601, and dates of HTTP.
//!
//! Written out rather than left to a library: every event passes here, and in a module that a page loads the library's
//! parsers and what they have to say of errors would be a tenth of it. The tests hold it against the library.

use jiff::civil::Date;

/// Milliseconds in a day.
pub const DAY_MS: i64 = 86_400_000;

const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;
const SECOND_MS: i64 = 1_000;

/// The days of 400 years, after which the calendar repeats.
const ERA_DAYS: i64 = 146_097;
/// The days from the first of March of year 0, where a calendar that begins with March has its leap days last, to 1970.
const EPOCH_DAYS: i64 = 719_468;

/// `2026-01-13T10:35:00.000Z`; nothing for an instant outside of the years 0 to 9999.
pub fn format_ms(ms: i64) -> String {
    let (year, month, day) = civil(ms.div_euclid(DAY_MS));
    if !(0..=9_999).contains(&year) {
        return String::new();
    }
    let time = ms.rem_euclid(DAY_MS);
    let (hour, minute) = (time / HOUR_MS, time / MINUTE_MS % 60);
    let (second, milli) = (time / SECOND_MS % 60, time % SECOND_MS);
    // Digit by digit: every event's answer has one, and formatting takes many times as long.
    let mut text = String::with_capacity(24);
    push_two(&mut text, year / 100);
    for (two, after) in [
        (year % 100, '-'),
        (month, '-'),
        (day, 'T'),
        (hour, ':'),
        (minute, ':'),
        (second, '.'),
    ] {
        push_two(&mut text, two);
        text.push(after);
    }
    push_two(&mut text, milli / 10);
    text.push(digit(milli));
    text.push('Z');
    text
}

fn push_two(text: &mut String, number: i64) {
    text.push(digit(number / 10));
    text.push(digit(number));
}

/// The last one.
fn digit(number: i64) -> char {
    char::from(b'0' + u8::try_from(number % 10).unwrap_or(0))
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
    let mut rest = Text(text);
    let year = rest.digits(4)?;
    rest.take(b'-')?;
    let month = rest.digits(2)?;
    rest.take(b'-')?;
    let day = rest.digits(2)?;
    let days = days(year, month, day)?;
    if rest.0.is_empty() {
        let [year, month, day] = [year, month, day].map(i16::try_from);
        let [month, day] =
            [month, day].map(|part| part.ok().and_then(|part| i8::try_from(part).ok()));
        return Date::new(year.ok()?, month?, day?).ok().map(Moment::Day);
    }
    rest.take_any(b"Tt ")?;
    let time = rest.time()?;
    let fraction = rest.fraction()?;
    let offset = rest.offset()?;
    let at = days * DAY_MS + time + fraction - offset;
    rest.0.is_empty().then_some(Moment::Instant(at))
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
    Some(http_date(value)?.saturating_sub(now_ms).max(0))
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `Tue, 13 Jan 2026 10:36:00 GMT`; the day of the week says nothing new.
fn http_date(text: &str) -> Option<i64> {
    let text = text.split_once(',').map_or(text, |(_, rest)| rest);
    let mut parts = text.split_ascii_whitespace();
    let day = parts.next()?.parse().ok()?;
    let name = parts.next()?;
    let month = MONTHS
        .iter()
        .position(|month| month.eq_ignore_ascii_case(name))?;
    let year = parts.next()?;
    if year.len() != 4 {
        return None;
    }
    let days = days(year.parse().ok()?, i64::try_from(month).ok()? + 1, day)?;
    let mut time = Text(parts.next()?);
    let time_ms = time.time()?;
    let mut zone = Text(parts.next()?);
    let offset = match zone.0 {
        "GMT" | "UTC" | "UT" | "Z" => Some(0),
        _ => zone.offset().filter(|_| zone.0.is_empty()),
    }?;
    let is_over = time.0.is_empty() && parts.next().is_none();
    is_over.then_some(days * DAY_MS + time_ms - offset)
}

/// A text that is read from its beginning. Every method answers `None` when something else comes.
struct Text<'a>(&'a str);

impl Text<'_> {
    fn peek(&self) -> Option<u8> {
        self.0.as_bytes().first().copied()
    }

    fn take_any(&mut self, expected: &[u8]) -> Option<u8> {
        let next = self.peek().filter(|next| expected.contains(next))?;
        self.0 = self.0.get(1..)?;
        Some(next)
    }

    fn take(&mut self, expected: u8) -> Option<u8> {
        self.take_any(&[expected])
    }

    /// So many digits as a number.
    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        let is_number = digits.bytes().all(|digit| digit.is_ascii_digit());
        self.0 = rest;
        is_number.then(|| digits.parse().ok()).flatten()
    }

    /// `10:35` or `10:35:00`, in milliseconds. A leap second is the one before it.
    fn time(&mut self) -> Option<i64> {
        let hour = self.digits(2)?;
        self.take(b':')?;
        let minute = self.digits(2)?;
        let second = match self.take(b':') {
            Some(_) => self.digits(2)?,
            None => 0,
        };
        let is_time = hour < 24 && minute < 60 && second <= 60;
        is_time.then(|| hour * HOUR_MS + minute * MINUTE_MS + second.min(59) * SECOND_MS)
    }

    /// `.250`, in milliseconds; what is finer is left out.
    fn fraction(&mut self) -> Option<i64> {
        if self.take_any(b".,").is_none() {
            return Some(0);
        }
        let count = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let digits = self.digits(count).filter(|_| (1..=9).contains(&count))?;
        let scale = 10_i64.pow(u32::try_from(count).ok()?);
        Some(digits * SECOND_MS / scale)
    }

    /// `Z`, `+02:00`, `+0200`, `+02` or nothing, in milliseconds east of UTC; a name in brackets behind it says
    /// nothing new.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.take_any(b"Zz+-") {
            None => return Some(0),
            Some(b'+') => 1,
            Some(b'-') => -1,
            Some(_) => 0,
        };
        let mut offset = 0;
        if sign != 0 {
            let hours = self.digits(2)?;
            let is_split = self.take(b':').is_some();
            let has_minutes = is_split || self.peek().is_some_and(|next| next.is_ascii_digit());
            let minutes = if has_minutes { self.digits(2)? } else { 0 };
            if hours > 25 || minutes > 59 {
                return None;
            }
            offset = sign * (hours * HOUR_MS + minutes * MINUTE_MS);
        }
        if self.0.starts_with('[') && self.0.ends_with(']') {
            self.0 = "";
        }
        Some(offset)
    }
}

/// The days from 1970 to a date; `None` for one that is not in the calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Counted from March, a leap day is the last of its year.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let before_month = (153 * month + 2) / 5;
    let of_years = of_era * 365 + of_era / 4 - of_era / 100;
    Some(era * ERA_DAYS + of_years + before_month + day - 1 - EPOCH_DAYS)
}

/// The date of a day since 1970: year, month, day.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH_DAYS;
    let (era, day) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
    // The leap days before it, taken out, leave years of 365 days.
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (era * 400 + year + later, month, day)
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

    /// What the library makes of the same text, where it means the same by it.
    fn by_library(text: &str) -> Option<Moment> {
        if text.len() == 10 {
            return text.parse::<Date>().ok().map(Moment::Day);
        }
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            return Some(Moment::Instant(at.as_millisecond()));
        }
        let local: jiff::civil::DateTime = text.parse().ok()?;
        let at = local.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Moment::Instant(at.timestamp().as_millisecond()))
    }

    #[test]
    fn texts_mean_what_the_library_says() {
        let dates = [
            "1970-01-01",
            "1999-12-31",
            "2000-02-29",
            "2024-02-29",
            "2023-02-29",
            "2100-02-29",
            "2026-00-10",
            "2026-11-31",
            "9998-12-31",
        ];
        let times = [
            "00:00",
            "23:59:59",
            "24:00:00",
            "10:35:60",
            "12:60:00",
            "10:35:00.5",
            "10:35:00.123456789",
            "10:35:00,25",
            "1:2:3",
        ];
        let zones = [
            "", "Z", "z", "+02:00", "-05:30", "+0200", "-08", "+26:00", "+02:60", "Z[UTC]", "GMT",
        ];
        for date in dates {
            assert_eq!(parse(date), by_library(date), "{date}");
            for time in times {
                for zone in zones {
                    for between in ["T", "t", " "] {
                        let text = format!("{date}{between}{time}{zone}");
                        assert_eq!(parse(&text), by_library(&text), "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn instants_are_written_as_the_library_writes_them() {
        let mut ms = -62_135_596_800_000_i64;
        while ms < 253_370_764_800_000 {
            let at = jiff::Timestamp::from_millisecond(ms).unwrap();
            assert_eq!(format_ms(ms), format!("{at:.3}"));
            assert_eq!(parse(&format_ms(ms)), Some(Moment::Instant(ms)));
            // Ever other days, at ever other times.
            ms += DAY_MS * 61 + 7_777_777;
        }
        assert_eq!(format_ms(i64::MAX), "");
        assert_eq!(format_ms(-62_167_219_200_001), "");
    }

    #[test]
    fn dates_of_http_mean_what_the_library_says() {
        for text in [
            "Tue, 13 Jan 2026 10:36:00 GMT",
            "13 Jan 2026 10:36:00 GMT",
            "Sun, 29 Feb 2032 23:59:59 +0200",
            "Thu, 01 Jan 1970 00:00:00 -0530",
            "Tue, 32 Jan 2026 10:36:00 GMT",
            "Tue, 13 Foo 2026 10:36:00 GMT",
            "Tue, 13 Jan 2026 10:36:00",
            "Tue, 13 Jan 2026 10:36:00 GMT now",
        ] {
            let library = jiff::fmt::rfc2822::parse(text).ok();
            assert_eq!(
                http_date(text),
                library.map(|at| at.timestamp().as_millisecond()),
                "{text}"
            );
        }
    }
}
