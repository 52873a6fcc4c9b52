//! A batch read and priced: what of it needs nothing of its tenant.

use super::priced::{PriceNames, Priced, price};
use crate::context::Context;
use crate::http::Problem;
use bearlumen_core::error::ErrorCode;
use bearlumen_core::event::{EventFields, FieldError, MAX_EVENT_BYTES, UsageEvent, parse_event};
use bearlumen_core::pricing::TenantPrices;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// The most events of a batch.
const MAX_EVENTS: usize = 1000;

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
        if text.len() <= MAX_EVENT_BYTES
            && let Ok(Batch { events }) = serde_json::from_str(text)
        {
            Self::of_each(
                events.count,
                events.read.into_iter().map(EventFields::read),
                ctx,
                own,
            )
        } else {
            let texts = texts_of(text)?;
            let events = texts.iter().map(|text| parse_event(text.get()));
            Self::of_each(texts.len(), events, ctx, own)
        }
    }

    fn of_each(
        count: usize,
        events: impl Iterator<Item = Result<UsageEvent, FieldError>>,
        ctx: &Context<'_>,
        own: Option<&TenantPrices>,
    ) -> Result<Self, Problem> {
        if count == 0 || count > MAX_EVENTS {
            let message = format!("Invalid events: expected 1 to {MAX_EVENTS} events, got {count}");
            return Err(Problem::invalid("events", message));
        }
        let mut reading = Self {
            accepted: Vec::with_capacity(count),
            outcomes: Vec::with_capacity(count),
        };
        let names = &mut PriceNames::default();
        for (position, event) in (0..).zip(events) {
            let priced = event
                .map_err(Problem::from)
                .and_then(|event| price(event, ctx.now_ms, &ctx.entropy, position, own, names));
            let outcome = priced.map(|event| {
                reading.accepted.push(event);
                reading.accepted.len() - 1
            });
            reading.outcomes.push(outcome);
        }
        Ok(reading)
    }
}

#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(borrow)]
    events: Events<'a>,
}

/// The events of a list, as many as there may be, and how many there are.
struct Events<'a> {
    read: Vec<EventFields<'a>>,
    count: usize,
}

impl<'de: 'a, 'a> Deserialize<'de> for Events<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Collect)
    }
}

struct Collect;

impl<'de> Visitor<'de> for Collect {
    type Value = Events<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut events = Events {
            read: Vec::new(),
            count: 0,
        };
        while events.count < MAX_EVENTS {
            let Some(event) = list.next_element()? else {
                return Ok(events);
            };
            events.read.push(event);
            events.count += 1;
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            events.count += 1;
        }
        Ok(events)
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
