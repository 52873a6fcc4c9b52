//! A call's cost as a text that JavaScript makes an object of: numbers, of which the first stands for all the words.
//!
//! A program prices few kinds of calls over and over, whose words are the same each time. So they are numbered, and
//! JavaScript asks for those of a number once. `src/cost-packed.ts` reads both, in this order.

use bearlumen_core::call::CallCost;
use bearlumen_core::money::Nanos;
use bearlumen_core::pricing::Cost;
use serde::ser::{Serialize, SerializeSeq, Serializer};
use std::cell::RefCell;

/// How many kinds of words are remembered.
const MOST_KNOWN: usize = 32;

thread_local! {
    /// Of one thread: whoever is told a number here can ask for its words before anything takes their place.
    static KNOWN: RefCell<Known> = const { RefCell::new(Known::new()) };
}

/// A call's cost, packed.
pub(crate) fn pack(call: CallCost) -> String {
    let mut numbers = Numbers(Vec::with_capacity(256));
    KNOWN.with_borrow_mut(|known| {
        let number = known.number_of(&call);
        numbers.add(number.unwrap_or(known.next));
        numbers.of(&call);
        if number.is_none() {
            known.learn(call);
        }
    });
    String::from_utf8(numbers.0).unwrap_or_default()
}

/// The words that a number stands for, as JSON.
pub fn packed_words(number: u32) -> String {
    KNOWN.with_borrow(|known| {
        let mut calls = known.calls.iter();
        calls
            .find(|(known, _)| *known == number)
            .map_or_else(String::new, |(_, call)| crate::to_json(&Words(call)))
    })
}

/// Calls with different words, numbered.
struct Known {
    calls: Vec<(u32, CallCost)>,
    /// Never given twice, so that JavaScript need not be told what was forgotten.
    next: u32,
}

impl Known {
    const fn new() -> Self {
        Self {
            calls: Vec::new(),
            next: 0,
        }
    }

    fn number_of(&mut self, call: &CallCost) -> Option<u32> {
        let place = self
            .calls
            .iter()
            .position(|(_, known)| have_same_words(known, call))?;
        let number = self.calls.get(place).map(|(number, _)| *number);
        if place > 0 {
            self.calls.swap(place, place - 1);
        }
        number
    }

    fn learn(&mut self, call: CallCost) {
        self.calls.truncate(MOST_KNOWN - 1);
        self.calls.push((self.next, call));
        self.next = self.next.wrapping_add(1);
    }
}

/// Whether nothing but numbers tells two calls apart.
fn have_same_words(one: &CallCost, other: &CallCost) -> bool {
    one.model == other.model
        && one.provider == other.provider
        && one.format == other.format
        && one.confidence == other.confidence
        && one.candidates == other.candidates
        && one.incomplete == other.incomplete
        && one.warnings == other.warnings
        && one.usage.len() == other.usage.len()
        && one
            .usage
            .iter()
            .zip(other.usage.iter())
            .all(|((one, _), (other, _))| one == other)
        && have_same_cost_words(&one.cost, &other.cost)
        && match (&one.computed_cost, &other.computed_cost) {
            (None, None) => true,
            (Some(one), Some(other)) => have_same_cost_words(one, other),
            _ => false,
        }
}

fn have_same_cost_words(one: &Cost, other: &Cost) -> bool {
    one.basis == other.basis
        && one.price_id == other.price_id
        && one.lines.len() == other.lines.len()
        && one.lines.iter().zip(&other.lines).all(|(one, other)| {
            one.bucket == other.bucket && one.rate == other.rate && one.modifiers == other.modifiers
        })
}

/// Numbers as JSON has them, a comma behind each. What there is none of is an empty place.
struct Numbers(Vec<u8>);

impl Numbers {
    fn of(&mut self, call: &CallCost) {
        for (_, quantity) in call.usage.iter() {
            self.add(quantity);
        }
        let totals = &call.totals;
        self.add(totals.input_tokens);
        self.add(totals.output_tokens);
        self.add(totals.total_tokens);
        self.add_any(totals.stated_total_tokens);
        for cost in [Some(&call.cost), call.computed_cost.as_ref()] {
            let Some(cost) = cost else { continue };
            for amount in [cost.amount, cost.low, cost.high] {
                self.add_any(amount.map(Nanos::get));
            }
            for line in &cost.lines {
                self.add(line.quantity);
                self.add(line.amount_nanos);
            }
        }
    }

    fn add_any(&mut self, number: Option<impl Serialize>) {
        match number {
            Some(number) => self.add(number),
            None => self.0.push(b','),
        }
    }

    fn add(&mut self, number: impl Serialize) {
        // Writing a number into memory cannot fail.
        let _ = serde_json::to_writer(&mut self.0, &number);
        self.0.push(b',');
    }
}

/// Everything that is no number.
struct Words<'a>(&'a CallCost);

impl Serialize for Words<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let call = self.0;
        let mut list = serializer.serialize_seq(None)?;
        list.serialize_element(&call.provider)?;
        list.serialize_element(call.format)?;
        list.serialize_element(call.confidence)?;
        list.serialize_element(&call.candidates)?;
        list.serialize_element(&call.model)?;
        list.serialize_element(&Listed(|| call.usage.iter().map(|(bucket, _)| bucket.id())))?;
        list.serialize_element(&call.warnings)?;
        list.serialize_element(&CostWords(&call.cost))?;
        list.serialize_element(&call.computed_cost.as_ref().map(CostWords))?;
        list.serialize_element(&call.incomplete)?;
        list.end()
    }
}

struct CostWords<'a>(&'a Cost);

impl Serialize for CostWords<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let cost = self.0;
        let mut list = serializer.serialize_seq(None)?;
        list.serialize_element(&cost.basis)?;
        list.serialize_element(&cost.price_id)?;
        list.serialize_element(&Listed(|| {
            cost.lines.iter().map(|line| {
                let rate = line.rate.usd_per_unit();
                (line.bucket.id(), rate, &line.modifiers)
            })
        }))?;
        list.end()
    }
}

/// What an iterator yields, as a list.
struct Listed<F>(F);

impl<I, F> Serialize for Listed<F>
where
    I: IntoIterator<Item: Serialize>,
    F: Fn() -> I,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost_of_text;
    use serde_json::Value;

    const NOW_MS: i64 = 1_795_176_000_000;

    fn packed(json: &str) -> (u32, String) {
        let text = cost_of_text(json, NOW_MS);
        let (number, numbers) = text.split_once(',').unwrap();
        (number.parse().unwrap(), numbers.to_owned())
    }

    fn chat(model: &str, usage: &str, more: &str) -> String {
        format!(
            r#"{{"id":"chatcmpl-1","object":"chat.completion","model":"{model}","choices":[],"usage":{{{usage}}}{more}}}"#
        )
    }

    const USAGE: &str = r#""prompt_tokens":19,"completion_tokens":10,"total_tokens":29"#;

    #[test]
    fn calls_that_differ_in_numbers_share_their_words() {
        let (number, numbers) = packed(&chat("gpt-4o", USAGE, ""));
        let more = USAGE.replace("19", "20").replace("29", "30");
        let (other, others) = packed(&chat("gpt-4o", &more, ""));
        assert_eq!(number, other);
        assert_ne!(numbers, others);
        let words: Value = serde_json::from_str(&packed_words(number)).unwrap();
        assert_eq!(words[4], "gpt-4o");
        assert_eq!(words[5], serde_json::json!(["input", "output"]));
    }

    #[test]
    fn whatever_word_differs_has_a_number_of_its_own() {
        let cached = format!(r#"{USAGE},"prompt_tokens_details":{{"cached_tokens":5}}"#);
        let odd = USAGE.replace("29", "30");
        let calls = [
            chat("gpt-4o", USAGE, ""),
            chat("gpt-4o-mini", USAGE, ""),
            chat("gpt-4o", &cached, ""),
            chat("gpt-4o", &odd, ""),
            chat("gpt-4o", USAGE, r#","service_tier":"flex""#),
            chat("nobody-knows-it", USAGE, ""),
            chat("gpt-4o-2024-08-06", USAGE, ""),
            chat("gpt-4o", "", ""),
            chat("gpt-4o", USAGE, r#","x_groq":{"id":"req_1"}"#),
        ];
        let numbers: Vec<u32> = calls.iter().map(|call| packed(call).0).collect();
        for (place, number) in numbers.iter().enumerate() {
            assert!(!numbers[..place].contains(number), "{}", calls[place]);
            assert_eq!(packed(&calls[place]).0, *number);
        }
    }

    #[test]
    fn what_was_forgotten_gets_a_new_number() {
        let (first, _) = packed(&chat("gpt-4o", USAGE, ""));
        for team in 0..2 * MOST_KNOWN {
            packed(&chat(&format!("gpt-4o-{team}"), USAGE, ""));
        }
        assert!(KNOWN.with_borrow(|known| known.calls.len()) <= MOST_KNOWN);
        let (again, _) = packed(&chat("gpt-4o", USAGE, ""));
        assert_eq!(packed_words(first).is_empty(), again != first);
        assert!(packed_words(again).contains("gpt-4o"));
    }
}
