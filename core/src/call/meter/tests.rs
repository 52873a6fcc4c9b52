//! A meter answers what a reading at length answers, whatever it has seen before.

use super::{KINDS, Meter};
use crate::call::cost_of;
use crate::provider::Hints;
use crate::response::{parse_json, recorded_responses};
use serde_json::{Value, json};

/// 2026-11-20T12:00:00Z
const AT_MS: i64 = 1_795_176_000_000;

/// Numbers in no order, the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

fn leaves<'v>(value: &'v mut Value, found: &mut Vec<&'v mut Value>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| leaves(item, found)),
        Value::Object(fields) => fields.values_mut().for_each(|field| leaves(field, found)),
        leaf => found.push(leaf),
    }
}

/// Texts that decide something somewhere, and some that do not.
const TEXTS: [&str; 14] = [
    "",
    "flex",
    "batch",
    "priority",
    "us",
    "AUDIO",
    "gpt-4o-mini",
    "claude-sonnet-4-6",
    "web_search_call",
    "message",
    "chatcmpl-abcdefghijklmnopqrstuvwxyzABC",
    "gen-1234567890-abcdefghij",
    "msg_bdrk_0123456789abcdefghij",
    "0123456789abcdef0123456789abcdef",
];

/// Another response, mostly of the same outline.
fn altered(body: &Value, random: &mut Random) -> Value {
    let mut body = body.clone();
    let mut leaves_of = Vec::new();
    leaves(&mut body, &mut leaves_of);
    if random.below(2) == 0 {
        // All counts times the same number: what added up still does.
        let times = u64::try_from(random.below(1000)).unwrap() + 1;
        for leaf in leaves_of {
            if let Some(number) = leaf.as_u64() {
                *leaf = json!(number.saturating_mul(times));
            }
        }
        return body;
    }
    for _ in 0..=random.below(2) {
        if leaves_of.is_empty() {
            break;
        }
        let at = random.below(leaves_of.len());
        let leaf = &mut *leaves_of[at];
        let other = match (&*leaf, random.below(8)) {
            (_, 0) => Value::Null,
            (Value::String(text), 1..=4) if !text.is_empty() => {
                // Another id of the same form.
                let mut letters: Vec<char> = text.chars().collect();
                let place = random.below(letters.len());
                letters[place] = *random.pick(&['a', 'Z', '7', '-']);
                json!(letters.into_iter().collect::<String>())
            }
            (Value::String(_), _) => json!(random.pick(&TEXTS)),
            (Value::Number(_), 1) => json!(random.pick(&[-1.0, 0.5, 1e15])),
            (Value::Number(_), _) => json!(random.pick(&[0, 1, 77, 100_000, 1_000_000_000])),
            (Value::Bool(flag), _) => json!(!flag),
            (other, _) => (*other).clone(),
        };
        *leaf = other;
    }
    body
}

fn said(answer: Result<crate::call::CallCost, crate::provider::ExtractError>) -> String {
    answer.map_or_else(
        |error| error.to_string(),
        |cost| {
            let modifiers = format!("{:?} {:?}", cost.modifiers, cost.parts);
            serde_json::to_string(&cost).unwrap() + &modifiers
        },
    )
}

fn compare(meter: &mut Meter, text: &str, hints: &Hints<'_>, at_ms: i64) -> bool {
    let Ok(tape) = parse_json(text.as_bytes()) else {
        return false;
    };
    let is_known = meter
        .kinds
        .iter()
        .any(|kind| kind.read(&tape, hints).is_some());
    let expected = said(cost_of(&tape, hints, at_ms));
    assert_eq!(said(meter.cost_of(&tape, hints, at_ms)), expected, "{text}");
    is_known
}

/// A response that states what was used.
fn whole(text: &str) -> Option<Value> {
    let tape = parse_json(text.as_bytes()).ok()?;
    let cost = cost_of(&tape, &Hints::default(), AT_MS).ok()?;
    if cost.usage.is_empty() || text.contains("\n ") || text.len() > 20_000 {
        return None;
    }
    serde_json::from_str(text).ok()
}

#[test]
fn a_meter_answers_what_a_reading_at_length_answers() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut meter = Meter::new();
    let (mut bodies, mut learnt, mut known, mut all) = (0, 0, 0, 0);
    let hints = [
        Hints::default(),
        Hints {
            url: Some("https://api.openai.com/v1/chat/completions"),
            ..Hints::default()
        },
        Hints {
            provider: Some("azure"),
            ..Hints::default()
        },
        Hints {
            model: Some("gpt-4o-mini"),
            ..Hints::default()
        },
    ];
    for body in recorded_responses() {
        let Some(body) = whole(&body) else {
            continue;
        };
        let hints = random.pick(&hints);
        let text = body.to_string();
        // Met, learnt, and known if it can be.
        for _ in 0..20 {
            if compare(&mut meter, &text, hints, AT_MS) {
                learnt += 1;
                break;
            }
        }
        bodies += 1;
        for _ in 0..4 {
            // Days on which prices change, nights on which they do.
            let at_ms =
                AT_MS + (i64::try_from(random.below(1600)).unwrap() - 1200) * 3_600_000 * 11;
            let other = altered(&body, &mut random);
            all += 1;
            known += usize::from(compare(&mut meter, &other.to_string(), hints, at_ms));
        }
    }
    assert!(learnt * 2 > bodies, "{learnt} of {bodies} were learnt");
    assert!(known * 5 > all, "{known} of {all} were of a known kind");
}

#[test]
fn a_kind_is_learnt_when_it_is_met_again_and_few_are_kept() {
    let mut meter = Meter::new();
    let body = |model: usize| {
        format!(
            r#"{{"id":"chatcmpl-Ab3dE6gH9jK2mN5pQ8rS1tU4vW7xY","object":"chat.completion","model":"m-{model}","choices":[],"usage":{{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}}}"#
        )
    };
    compare(&mut meter, &body(0), &Hints::default(), AT_MS);
    assert!(meter.kinds.is_empty());
    compare(&mut meter, &body(0), &Hints::default(), AT_MS);
    assert_eq!(meter.kinds.len(), 1);
    for model in 0..500 {
        for _ in 0..20 {
            compare(&mut meter, &body(model), &Hints::default(), AT_MS);
        }
    }
    assert_eq!(meter.kinds.len(), KINDS);
}

#[test]
fn a_field_that_stands_twice_is_never_read_by_recipe() {
    let mut meter = Meter::new();
    let body = |first: u64| {
        format!(
            r#"{{"object":"chat.completion","model":"gpt-4o","choices":[],"usage":{{"prompt_tokens":{first},"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}}}"#
        )
    };
    for _ in 0..20 {
        assert!(!compare(&mut meter, &body(10), &Hints::default(), AT_MS));
    }
    // Now it contradicts itself, and that has to be said.
    compare(&mut meter, &body(11), &Hints::default(), AT_MS);
}
