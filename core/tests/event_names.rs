//! The names inside an event, however they are spelled and however often they stand there.

#![expect(clippy::unwrap_used, reason = "a test")]

use bearlumen_core::event::parse_event;

fn usage(json: &str) -> Vec<(String, String)> {
    let event = parse_event(&format!(r#"{{"usage":{json}}}"#)).unwrap();
    let shown = event.usage.iter();
    shown
        .map(|(bucket, amount)| (bucket.id().to_owned(), amount.to_string()))
        .collect()
}

#[test]
fn escapes_spell_a_name_and_of_two_the_last_counts() {
    let plain = usage(r#"{"input":5,"output":7}"#);
    assert_eq!(usage(r#"{"inp\u0075t":5,"output":7}"#), plain);
    assert_eq!(usage(r#"{"output":1,"input":5,"output":7}"#), plain);
    assert_eq!(usage(r#"{"output":7,"inp\u0075t":9,"input":5}"#), plain);
    let event = parse_event(r#"{"us\u0061ge":{"input":5,"output":7},"mod\u0065l":"m"}"#).unwrap();
    assert_eq!(event.model.as_deref(), Some("m"));
    assert_eq!(event.usage.len(), 2);
    let twice = parse_event(r#"{"model":"a","mod\u0065l":"b","usage":{"input":1}}"#).unwrap_err();
    assert_eq!(twice.field, "model");
    assert!(
        twice.message.contains("model stands twice"),
        "{}",
        twice.message
    );
}

#[test]
fn more_buckets_than_there_may_be_are_refused_by_name_and_at_once() {
    for count in [64, 65, 66, 80_000] {
        // The last first, where each would be put before all others.
        let names: Vec<String> = (0..count)
            .rev()
            .map(|n| format!(r#""u{n:06}":1"#))
            .collect();
        let read = parse_event(&format!(r#"{{"units":{{{}}}}}"#, names.join(",")));
        if count == 64 {
            assert_eq!(read.unwrap().usage.len(), 64);
        } else {
            let error = read.unwrap_err();
            assert_eq!(error.field, "units");
            assert_eq!(error.message, "Invalid units: expected at most 64 entries");
        }
    }
}
