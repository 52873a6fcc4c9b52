use super::*;
use crate::http::Query;
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Vector {
    zone: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    now: i64,
    anchor_day: i8,
    query: String,
    expect: Expect,
}

#[derive(Deserialize)]
struct Expect {
    start: i64,
    end: i64,
    before: i64,
    days: Option<[i64; 2]>,
    months: Option<[i64; 2]>,
    steps: BTreeMap<String, Vec<(String, i64)>>,
}

fn read_query(
    query: &str,
    calendar: &Calendar,
    now_ms: i64,
) -> Result<Compared, crate::http::Problem> {
    let uri: http::Uri = format!("/x?{query}").parse().unwrap();
    read(&Query::of(&uri), calendar, now_ms)
}

fn numbers(slots: Option<Slots>) -> Option<[i64; 2]> {
    slots.map(|slots| [slots.first, slots.end])
}

#[test]
fn periods_are_those_of_the_vectors() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/periods");
    let mut checked = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let vector: Vector = serde_json::from_str(&text).unwrap();
        let zone = TimeZone::get(&vector.zone).unwrap();
        for case in vector.cases {
            let place = format!(
                "{} {} now {} anchor {}",
                vector.zone, case.query, case.now, case.anchor_day
            );
            let calendar = Calendar::new(zone.clone(), case.anchor_day);
            let compared = read_query(&case.query, &calendar, case.now).unwrap();
            let Period { start_ms, end_ms } = compared.now;
            let expect = case.expect;
            assert_eq!((start_ms, end_ms), (expect.start, expect.end), "{place}");
            let before = (compared.before.start_ms, compared.before.end_ms);
            assert_eq!(before, (expect.before, expect.start), "{place}, before");
            let days = numbers(calendar.whole_days(compared.now));
            assert_eq!(days, expect.days, "{place}, days");
            let months = numbers(calendar.whole_months(compared.now));
            assert_eq!(months, expect.months, "{place}, months");
            for (name, steps) in expect.steps {
                let uri: http::Uri = format!("/x?granularity={name}").parse().unwrap();
                let granularity = Granularity::read(&Query::of(&uri)).unwrap();
                let slots = granularity.slots(compared.now, &calendar).unwrap();
                let found: Vec<(String, i64)> = slots
                    .iter()
                    .map(|slot| (slot.date.clone(), slot.period.start_ms))
                    .collect();
                assert_eq!(found, steps, "{place}, by {name}");
                assert!(
                    slots
                        .windows(2)
                        .all(|two| two[0].period.end_ms == two[1].period.start_ms)
                );
                assert_eq!(slots.last().unwrap().period.end_ms, end_ms, "{place}");
                checked += 1;
            }
        }
    }
    assert!(checked > 500, "the vectors are gone");
}

const JAN: i64 = 1_767_225_600_000; // 2026-01-01

fn utc() -> Calendar {
    Calendar::new(TimeZone::UTC, 1)
}

#[test]
fn every_spelling_of_a_month_is_the_same_month() {
    let expected = Period {
        start_ms: JAN,
        end_ms: JAN + 31 * 86_400_000,
    };
    for query in [
        "start_date=2026-01-01&end_date=2026-01-31",
        "startDate=2026-01-01T00:00:00Z&endDate=2026-02-01T00:00:00Z",
        "start=2026-01-01&end=2026-01-31T23:59:59Z",
        "start=2026-01-01&end=2026-01-31T23:59:59.999Z",
        "start=2026-01-01T00:00&end=2026-02-01T00:00:00",
        "start=2026-01-01T02:00:00%2B02:00&end=2026-02-01T00:00Z",
        "time_window=current-period",
        "timeWindow=current-period",
        "",
    ] {
        let compared = read_query(query, &utc(), JAN + 5).unwrap();
        assert_eq!(compared.now, expected, "{query}");
        assert_eq!(
            compared.before.start_ms,
            JAN - 31 * 86_400_000,
            "{query}, before"
        );
    }
}

#[test]
fn times_without_an_offset_are_the_organisations_own() {
    let berlin = Calendar::new(TimeZone::get("Europe/Berlin").unwrap(), 1);
    let query = "start=2026-01-01T00:00:00&end=2026-01-01T12:00:00";
    let period = read_query(query, &berlin, 0).unwrap().now;
    assert_eq!(period.start_ms, JAN - 3_600_000);
    assert_eq!(period.end_ms, JAN + 11 * 3_600_000);
}

#[test]
fn a_wrong_parameter_is_named() {
    for (query, field) in [
        ("time_window=weekly", "time_window"),
        ("start_date=2026-01-01", "end_date"),
        ("end_date=2026-01-01", "start_date"),
        ("start_date=x&end_date=2026-01-01", "start_date"),
        ("start_date=2026-01-02&end_date=2026-01-01", "end_date"),
        ("start_date=2026-01-01&end_date=2026-02-30", "end_date"),
        // A plus sign that was not escaped reads as a blank: the offset is in doubt.
        (
            "start_date=2026-01-01T00:00:00+02:00&end_date=2026-02-01",
            "start_date",
        ),
        (
            "start_date=2026-01-02T00:00:00Z&end_date=2026-01-02T00:00:00Z",
            "end_date",
        ),
        (
            "time_window=last-period&start_date=2026-01-02&end_date=2026-01-03",
            "time_window",
        ),
        ("start_date=20260101&end_date=20260102", "start_date"),
        ("start_date=2026-01-01&end_date=9999-12-31", "end_date"),
    ] {
        let problem = read_query(query, &utc(), JAN).unwrap_err();
        assert_eq!(problem.field.as_deref(), Some(field), "{query}");
    }
}

#[test]
fn a_series_has_a_bound() {
    let compared = read_query("start=2000-01-01&end=2026-12-31", &utc(), JAN).unwrap();
    let slots = |granularity: Granularity| granularity.slots(compared.now, &utc());
    assert_eq!(slots(Granularity::Month).unwrap().len(), 27 * 12);
    assert_eq!(slots(Granularity::Day).unwrap().len(), 9862);
    let problem = slots(Granularity::Hour).unwrap_err();
    assert_eq!(problem.field.as_deref(), Some("granularity"));
}

#[test]
fn an_instant_finds_its_step() {
    let compared = read_query("start=2026-01-01&end=2026-01-03", &utc(), JAN).unwrap();
    let slots = Granularity::Day.slots(compared.now, &utc()).unwrap();
    let day = 86_400_000;
    let found = |ms| Slot::position(&slots, ms);
    assert_eq!(found(JAN - 1), None);
    assert_eq!(found(JAN), Some(0));
    assert_eq!(found(JAN + day - 1), Some(0));
    assert_eq!(found(JAN + day), Some(1));
    assert_eq!(found(JAN + 3 * day - 1), Some(2));
    assert_eq!(found(JAN + 3 * day), None);
    assert_eq!(
        Slot::position_of_day(&slots, JAN / day + 2, &utc()),
        Some(2)
    );
}
