//! Undelivered events on disk: the format of a spool file, and what is left of one after a crash.
//!
//! A spool is appended to by one process, which holds a lock on it. An entry is a line: `+<position> <length> <event>`
//! when an event is queued, `-<position> <position> …` when events are settled, delivered or given up. The last line
//! may be torn by a crash, and a damaged line costs that line alone. A host writes an entry before it lets the event be
//! sent, so that what is missing from the file was not lost: it was never taken, or it is settled.

use crate::event::event_id;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// Begins the names of the spool files of one key at one service, so that no other key's owner pays for its events. It
/// does not show the key.
pub fn spool_label(base_url: &str, api_key: &str) -> String {
    let id = event_id(&format!("spool\0{base_url}\0{api_key}"));
    id.trim_start_matches("evt_").to_owned()
}

/// The entry of an event that was queued at `position`.
pub fn spool_entry(position: u64, event: &[u8]) -> Vec<u8> {
    let mut line = format!("+{position} {} ", event.len()).into_bytes();
    line.extend_from_slice(event);
    line.push(b'\n');
    line
}

/// The entry of events that are settled.
pub fn spool_settled(positions: &[u64]) -> Vec<u8> {
    let positions: Vec<String> = positions.iter().map(u64::to_string).collect();
    format!("-{}\n", positions.join(" ")).into_bytes()
}

/// What a spool holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spooled {
    /// The events that are not settled, in the order they were queued.
    pub events: Vec<Vec<u8>>,
    /// Lines that could not be read, a torn last one included.
    pub damaged: u64,
}

/// Reads a spool, however its process ended.
pub fn read_spool(bytes: &[u8]) -> Spooled {
    let mut events: BTreeMap<u64, &[u8]> = BTreeMap::new();
    let mut damaged = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let read = match line.strip_suffix(b"\n") {
            Some(line) => read_line(line),
            None => None,
        };
        match read {
            Some(Line::Queued(position, event)) => {
                events.insert(position, event);
            }
            Some(Line::Settled(positions)) => {
                for position in positions {
                    events.remove(&position);
                }
            }
            None => damaged += 1,
        }
    }
    Spooled {
        events: events.into_values().map(<[u8]>::to_vec).collect(),
        damaged,
    }
}

enum Line<'a> {
    Queued(u64, &'a [u8]),
    Settled(Vec<u64>),
}

fn read_line(line: &[u8]) -> Option<Line<'_>> {
    let number = |text: &[u8]| std::str::from_utf8(text).ok()?.parse::<u64>().ok();
    let (kind, rest) = line.split_first()?;
    if *kind == b'-' {
        let positions = rest.split(|byte| *byte == b' ').map(number);
        return positions.collect::<Option<Vec<u64>>>().map(Line::Settled);
    }
    let mut parts = rest.splitn(3, |byte| *byte == b' ');
    let position = number(parts.next()?)?;
    let length = number(parts.next()?)?;
    let event = parts.next()?;
    let whole = *kind == b'+' && event.len() as u64 == length;
    (whole && serde_json::from_slice::<IgnoredAny>(event).is_ok())
        .then_some(Line::Queued(position, event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::{Delivery, Outcome, Policy, Step};

    fn spool(lines: &[&str]) -> Vec<u8> {
        lines.concat().into_bytes()
    }

    #[test]
    fn a_label_is_one_keys_at_one_service_and_shows_neither() {
        let label = spool_label("http://a", "sk_test_secret");
        assert_eq!(label, spool_label("http://a", "sk_test_secret"));
        assert_ne!(label, spool_label("http://a", "sk_test_other"));
        assert_ne!(label, spool_label("http://b", "sk_test_secret"));
        assert!(label.len() == 36 && !label.contains("secret"));
    }

    #[test]
    fn what_is_not_settled_is_left_in_order() {
        let mut file = Vec::new();
        for position in 0..12 {
            file.extend(spool_entry(
                position,
                format!("{{\"n\":{position}}}").as_bytes(),
            ));
        }
        file.extend(spool_settled(&[0, 1, 3]));
        file.extend(spool_settled(&[11]));
        let left = read_spool(&file);
        let expected = [2, 4, 5, 6, 7, 8, 9, 10].map(|n| format!("{{\"n\":{n}}}").into_bytes());
        assert_eq!(left.events, expected);
        assert_eq!(left.damaged, 0);
    }

    #[test]
    fn a_torn_or_damaged_line_costs_itself_alone() {
        let file = spool(&[
            "+0 2 {}\n",
            "+1 9 {}\n",
            "+2 2 {\0\n",
            "?\n",
            "\n",
            "- \n",
            "+x 2 {}\n",
            "+3 7 {\"a\":1}\n",
            "+4 7 {\"a\"",
        ]);
        let left = read_spool(&file);
        assert_eq!(left.events, [b"{}".to_vec(), b"{\"a\":1}".to_vec()]);
        assert_eq!(left.damaged, 7);
    }

    #[test]
    fn cut_anywhere_a_spool_never_gains_an_event() {
        let mut file = spool_entry(0, br#"{"a":[1,{"b":"c"}]}"#);
        file.extend(spool_entry(1, br#"{"d":"e"}"#));
        file.extend(spool_settled(&[0]));
        for cut in 0..file.len() {
            let left = read_spool(&file[..cut]);
            assert!(left.events.len() <= 2 && left.damaged <= 1, "{cut}");
        }
        assert_eq!(read_spool(&file).events, [br#"{"d":"e"}"#.to_vec()]);
    }

    #[test]
    fn delivery_says_what_is_settled_and_what_is_not() {
        let mut delivery = Delivery::new(Policy::default());
        delivery.note_settled();
        for name in ["{\"a\":1}", "{\"b\":1}", "{\"c\":1}"] {
            delivery.enqueue(name.as_bytes().to_vec(), 0);
        }
        assert_eq!(delivery.next_position(), 3);
        assert!(delivery.take_settled().is_empty());
        delivery.flush();
        let Step::Send(batch) = delivery.next_step(0) else {
            panic!("nothing to send")
        };
        let answer = r#"{"results":[{"index":0},{"index":1,"error":{"code":"VALIDATION_ERROR"}},
            {"index":2,"error":{"code":"INTERNAL_ERROR","details":{"retryable":true}}}]}"#;
        let outcome = Outcome::Answered {
            status: 207,
            retry_after: None,
            body: answer.as_bytes(),
        };
        delivery.report(batch.id, &outcome, 0, 0);
        assert_eq!(delivery.take_settled(), [0, 1]);
        assert!(delivery.take_settled().is_empty());
        let left: Vec<_> = delivery.unsettled().collect();
        assert_eq!(left, [(2, b"{\"c\":1}".as_slice())]);
        assert_eq!(delivery.next_step(86_400_001), Step::Idle);
        assert_eq!(delivery.take_settled(), [2], "expired");
        assert_eq!(delivery.unsettled().count(), 0);
    }

    #[test]
    fn who_has_no_spool_keeps_no_list_of_it() {
        let mut delivery = Delivery::new(Policy::default());
        delivery.enqueue(b"{}".to_vec(), 0);
        assert_eq!(delivery.next_step(86_400_001), Step::Idle);
        assert!(delivery.take_settled().is_empty());
    }
}
