//! A batch read and priced: what of it needs nothing of its tenant.

use super::priced::{Priced, Prices, price};
use crate::context::Context;
use crate::http::Problem;
use bearlumen_core::error::ErrorCode;
use bearlumen_core::event::{EventFields, FieldError, MAX_EVENT_BYTES, UsageEvent, parse_event};
use bearlumen_core::pricing::TenantPrices;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The most events of a batch.
const MAX_EVENTS: usize = 1000;

/// What an event takes, comma and all, at the least as far as room is made for it.
const LEAST_BYTES: usize = 64;

/// The events of a batch.
pub(super) struct Reading {
    pub(super) accepted: Vec<Priced>,
    /// By the order they were sent in: which of the accepted, or why not.
    pub(super) outcomes: Vec<Result<usize, Problem>>,
}

impl Reading {
    /// Reads and prices a batch, by the organisation's own prices where it has any.
    pub(super) fn of(
        body: &[u8],
        ctx: &Context<'_>,
        own: Option<&TenantPrices>,
    ) -> Result<Self, Problem> {
        let text = body_text(body)?;
        // In one go, unless one of them may be longer than an event may be.
        let expected = (text.len() / LEAST_BYTES).min(MAX_EVENTS);
        let at_once =
            (text.len() <= MAX_EVENT_BYTES).then(|| Reader::new(ctx, own, expected).read_all(text));
        let reader = if let Some(Ok(reader)) = at_once {
            reader
        } else {
            let mut reader = Reader::new(ctx, own, expected);
            for event in texts_of(text)? {
                reader.add(|| parse_event(event.get()));
            }
            reader
        };
        match reader.count {
            1..=MAX_EVENTS => Ok(reader.reading),
            count => {
                let message =
                    format!("Invalid events: expected 1 to {MAX_EVENTS} events, got {count}");
                Err(Problem::invalid("events", message))
            }
        }
    }
}

/// Reads one event after the other, each while it is still at hand.
struct Reader<'a> {
    ctx: &'a Context<'a>,
    own: Option<&'a TenantPrices>,
    prices: Prices,
    /// How many there are, of which no more are read than there may be.
    count: usize,
    reading: Reading,
}

impl<'a> Reader<'a> {
    fn new(ctx: &'a Context<'a>, own: Option<&'a TenantPrices>, expected: usize) -> Self {
        Self {
            ctx,
            own,
            prices: Prices::default(),
            count: 0,
            reading: Reading {
                accepted: Vec::with_capacity(expected),
                outcomes: Vec::with_capacity(expected),
            },
        }
    }

    /// Reads a whole body; what is wrong with it is for somebody else to say.
    fn read_all(mut self, body: &str) -> serde_json::Result<Self> {
        let mut text = serde_json::Deserializer::from_str(body);
        text.deserialize_map(BodyOf(&mut self))?;
        text.end()?;
        Ok(self)
    }

    fn add(&mut self, event: impl FnOnce() -> Result<UsageEvent, FieldError>) {
        self.count += 1;
        if self.count > MAX_EVENTS {
            return;
        }
        let position = self.reading.outcomes.len() as u64;
        let Context {
            now_ms, entropy, ..
        } = self.ctx;
        let priced = event().map_err(Problem::from).and_then(|event| {
            price(
                event,
                *now_ms,
                entropy,
                position,
                self.own,
                &mut self.prices,
            )
        });
        let accepted = &mut self.reading.accepted;
        let outcome = priced.map(|event| {
            accepted.push(event);
            accepted.len() - 1
        });
        self.reading.outcomes.push(outcome);
    }
}

/// The body, an object with a list of events.
struct BodyOf<'r, 'a>(&'r mut Reader<'a>);

impl<'de> Visitor<'de> for BodyOf<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with events")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut is_read = false;
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            if name != "events" {
                map.next_value::<IgnoredAny>()?;
            } else if std::mem::replace(&mut is_read, true) {
                return Err(A::Error::duplicate_field("events"));
            } else {
                map.next_value_seed(EventsOf(self.0))?;
            }
        }
        if is_read {
            Ok(())
        } else {
            Err(A::Error::missing_field("events"))
        }
    }
}

struct EventsOf<'r, 'a>(&'r mut Reader<'a>);

impl<'de> DeserializeSeed<'de> for EventsOf<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for EventsOf<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(event) = list.next_element::<EventFields<'de>>()? {
            self.0.add(|| event.read());
        }
        Ok(())
    }
}

pub(super) fn body_text(body: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(body).map_err(|_| {
        Problem::new(
            ErrorCode::ValidationError,
            "Invalid body: expected JSON in UTF-8",
        )
    })
}

/// The events of a batch, each as the text it is.
fn texts_of(body: &str) -> Result<Vec<&RawValue>, Problem> {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        events: Option<&'a RawValue>,
    }
    let body: Body<'_> = serde_json::from_str(body).map_err(|error| {
        Problem::new(
            ErrorCode::ValidationError,
            format!("Invalid body: expected {{\"events\": […]}} ({error})"),
        )
    })?;
    let list = body
        .events
        .ok_or_else(|| Problem::invalid("events", "Missing events: expected a list of events"))?;
    serde_json::from_str(list.get())
        .map_err(|_| Problem::invalid("events", "Invalid events: expected a list of events"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Settings;

    const GOOD: &str = r#"{"eventType":"a","metricName":"b","quantity":1}"#;

    fn outcomes(body: &str) -> Result<Vec<Result<usize, String>>, String> {
        let settings = Settings::new(vec![vec![1; 32]], None, Vec::new()).unwrap();
        let ctx = Context {
            now_ms: 1_795_176_000_000,
            entropy: [7; 32],
            settings: &settings,
        };
        let said = |problem: Problem| format!("{:?}: {}", problem.field, problem.message);
        let reading = Reading::of(body.as_bytes(), &ctx, None).map_err(said)?;
        let each = reading.outcomes.into_iter();
        Ok(each.map(|outcome| outcome.map_err(said)).collect())
    }

    /// The same, with a body too long to be read in one go.
    fn outcomes_of_long(body: &str) -> Result<Vec<Result<usize, String>>, String> {
        outcomes(&format!("{body}{}", " ".repeat(MAX_EVENT_BYTES)))
    }

    #[test]
    fn each_event_is_judged_alone_in_either_way_of_reading() {
        let odd = [
            "null",
            "true",
            "-1",
            "1.5",
            "\"text\"",
            "[[{\"a\":[1]}], 2]",
            "{}",
            r#"{"metricName":"b","metric_name":"c"}"#,
            r#"{"eventType":"a","metricName":"b","quantity":-1}"#,
            r#"{"eventType":"a","metricName":"b","quantity":1e999}"#,
        ];
        let list = odd.map(|odd| format!("{GOOD},{odd}")).join(", ");
        let body = format!("{{\"other\": [1], \"events\": [{list}]}}");
        let read = outcomes(&body).unwrap();
        assert_eq!(read.len(), 2 * odd.len());
        for (position, outcome) in read.iter().enumerate() {
            if position % 2 == 0 {
                assert_eq!(outcome, &Ok(position / 2));
            } else {
                assert!(outcome.is_err(), "{position}");
            }
        }
        assert_eq!(Ok(read), outcomes_of_long(&body));
    }

    #[test]
    fn what_is_wrong_with_a_whole_batch_is_said_alike() {
        let of = |count: usize| format!("{{\"events\":[{}]}}", vec![GOOD; count].join(","));
        assert_eq!(outcomes(&of(MAX_EVENTS)).unwrap().len(), MAX_EVENTS);
        for (body, said) in [
            (of(0), "1 to 1000 events, got 0"),
            (of(MAX_EVENTS + 7), "1 to 1000 events, got 1007"),
            ("{}".to_owned(), "Missing events"),
            ("{\"events\":{}}".to_owned(), "expected a list of events"),
            (format!("{{\"events\":[{GOOD}"), "Invalid body"),
            (format!("{{\"events\":[{GOOD},]}}"), "Invalid body"),
        ] {
            let problem = outcomes(&body).unwrap_err();
            assert!(problem.contains(said), "{problem}");
            // But for the place in the text.
            let words = |problem: &str| problem.split(" (").next().map(str::to_owned);
            let of_long = outcomes_of_long(&body).unwrap_err();
            assert_eq!(words(&of_long), words(&problem));
        }
        // A number beyond a double is refused alone, too.
        let beyond = outcomes(&format!("{{\"events\":[{GOOD},1e999]}}")).unwrap();
        assert!(matches!(beyond.as_slice(), [Ok(0), Err(_)]));
    }
}
