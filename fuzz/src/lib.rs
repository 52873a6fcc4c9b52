//! What must hold of any input. The fuzz targets feed it bytes; the corpus test feeds it what they kept.

use bearlumen_core::call::{CallCost, Meter, cost_of, cost_of_stream};
use bearlumen_core::event::{
    EventFields, MAX_EVENT_BYTES, UsageEvent, content_hash, parse_event, price_event, write_event,
};
use bearlumen_core::money::MAX_EVENT_NANOS;
use bearlumen_core::pricing::{Basis, Cost};
use bearlumen_core::provider::Hints;
use bearlumen_core::quantity::{MAX_QUANTITY, MICROS};
use bearlumen_core::response::{Tape, parse_json};
use bearlumen_core::stream::{StreamFold, StreamText};
use bearlumen_core::track::{Subject, TrackOptions, track};
use bearlumen_core::usage::{Warning, is_doubt};
use serde_json::Value;
use std::cell::RefCell;

/// 2026-11-20T12:00:00Z, the time of the vectors.
const AT_MS: i64 = 1_795_176_000_000;

thread_local! {
    static METER: RefCell<Meter> = const { RefCell::new(Meter::new()) };
}

/// A body, then, after a byte of zero, which no JSON contains: url, provider, model, milliseconds and headers, one
/// a line.
pub fn response(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == 0);
    let (body, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
    let rest = String::from_utf8_lossy(rest.get(1..).unwrap_or_default());
    let mut lines = rest.split('\n');
    let mut hint = || lines.next().filter(|line| !line.is_empty());
    let hints = Hints {
        url: hint(),
        provider: hint(),
        model: hint(),
    };
    let at_ms = hint().and_then(|ms| ms.parse().ok()).unwrap_or(AT_MS);
    let headers: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(':')).collect();
    let cost = |tape: Result<Tape<'_>, _>| {
        let mut tape = tape.ok()?;
        if !headers.is_empty() {
            tape.add_headers(headers.iter().copied());
        }
        let answer = cost_of(&tape, &hints, at_ms).map(|call| check_call(&call));
        // What it has seen before changes no answer.
        METER.with_borrow_mut(|meter| {
            for _ in 0..3 {
                let metered = meter.cost_of(&tape, &hints, at_ms);
                assert_eq!(metered.map(|call| check_call(&call)), answer);
            }
        });
        check_tracked(tape, &hints);
        Some(answer)
    };
    let found = cost(parse_json(body));
    // Sorting the fields, and dropping what a later one of the same name replaces, changes nothing, unless a field of
    // the usage stood there twice and differently, which is said.
    let is_repeated = found
        .as_ref()
        .and_then(|answer| answer.as_ref().ok())
        .is_some_and(|text| text.contains("field_repeated"));
    if let Ok(value @ Value::Object(_)) = serde_json::from_slice(body)
        && !is_spelled_twice(&value)
        && !is_repeated
    {
        let sorted = value.to_string();
        assert_eq!(found, cost(parse_json(sorted.as_bytes())), "{sorted}");
        assert!(found.is_some(), "an object is a response");
    }
}

/// Whatever a response says, the event made of it is one that can be read.
fn check_tracked(tape: Tape<'_>, hints: &Hints<'_>) {
    let options = TrackOptions {
        provider: hints.provider.map(str::to_owned),
        model: hints.model.map(str::to_owned),
        url: hints.url.map(str::to_owned),
        ..TrackOptions::default()
    };
    let mut tracked = track(
        &mut Meter::new(),
        &Subject::Response(Ok(tape)),
        options,
        AT_MS,
        [7; 16],
    );
    for event in tracked.take_events() {
        let text = String::from_utf8(event).expect("JSON is UTF-8");
        if let Err(error) = parse_event(&text) {
            assert!(error.message.contains("1000000000000"), "{error}: {text}");
        }
    }
}

/// Whether an object has a field in two spellings. They are one field, and the later one counts.
fn is_spelled_twice(value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<String> = fields
                .keys()
                .map(|name| name.replace('_', "").to_ascii_lowercase())
                .collect();
            names.sort_unstable();
            names.windows(2).any(|pair| pair[0] == pair[1]) || fields.values().any(is_spelled_twice)
        }
        Value::Array(list) => list.iter().any(is_spelled_twice),
        _ => false,
    }
}

/// A stream in one piece and in several says the same.
pub fn stream(bytes: &[u8]) {
    let whole = fold(std::iter::once(bytes));
    let answer = |fold: &StreamFold| {
        cost_of_stream(fold, &Hints::default(), AT_MS)
            .map(|call| check_call(&call))
            .map_err(|error| error.to_string())
    };
    let expected = answer(&whole);
    assert_eq!(expected, answer(&whole), "looking changes nothing");
    assert_eq!(
        whole.is_empty(),
        expected
            .as_ref()
            .is_err_and(|error| error.contains("known"))
    );
    let mut random = seed(bytes);
    for longest in [1, 3, 16, 200] {
        if longest == 1 && bytes.len() > 2_000 {
            continue;
        }
        let mut rest = bytes;
        let pieces = std::iter::from_fn(|| {
            if rest.is_empty() {
                return None;
            }
            random = next(random);
            // Empty pieces happen too.
            let length = usize::try_from(random >> 33).unwrap_or(0) % (longest + 1);
            let (piece, after) = rest.split_at(length.min(rest.len()));
            rest = after;
            Some(piece)
        });
        assert_eq!(expected, answer(&fold(pieces)), "in pieces of {longest}");
    }
    // Lines as a program hands them over. What they say depends on what was between them, which is gone.
    let mut lines = StreamFold::new();
    let mut text = StreamText::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        text.feed_piece(line, &mut lines);
    }
    text.finish(&mut lines);
    let _ = answer(&lines);
}

fn fold<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> StreamFold {
    let mut fold = StreamFold::new();
    let mut text = StreamText::new();
    for piece in pieces {
        text.feed(piece, &mut fold);
    }
    text.finish(&mut fold);
    fold
}

/// An event that can be read can be written, and reads back as the same.
pub fn event(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(mut event) = parse_event(text) else {
        return;
    };
    let list = format!("[{text}]");
    let listed: Vec<EventFields<'_>> =
        serde_json::from_str(&list).expect("a list of what was read alone");
    let listed: Result<Vec<UsageEvent>, _> = listed.into_iter().map(EventFields::read).collect();
    assert_eq!(listed.as_deref(), Ok([event.clone()].as_slice()), "{text}");
    // Told to the sender, not kept.
    event.unknown_fields.clear();
    check_event(&event);
    let written = write_event(&event);
    assert!(written.len() <= MAX_EVENT_BYTES);
    let written = std::str::from_utf8(&written).expect("JSON is UTF-8");
    let again = parse_event(written).unwrap_or_else(|error| panic!("{error}: {written}"));
    assert_eq!(event, again, "{written}");
    assert_eq!(content_hash(&event), content_hash(&again));
    assert_eq!(written.as_bytes(), write_event(&again));
}

fn check_event(event: &UsageEvent) {
    assert!(event.quantity.micros() <= MAX_QUANTITY * MICROS);
    let at_ms = event.timestamp_ms.unwrap_or(AT_MS);
    let cost = price_event(event, at_ms);
    check_cost(&cost, &cost.warnings);
    if event.warnings.iter().any(|code| is_doubt(code)) {
        assert_ne!(cost.basis, Basis::Exact);
    }
}

/// The answer as JSON, once everything in it agrees.
fn check_call(call: &CallCost) -> String {
    check_cost(&call.cost, &call.warnings);
    if let Some(computed) = &call.computed_cost {
        assert_eq!(call.cost.basis, Basis::Reported);
        check_cost(computed, &computed.warnings);
    }
    for (bucket, quantity) in call.usage.iter() {
        assert!(!quantity.is_zero(), "{bucket} of nothing");
        assert!(
            quantity.micros() <= MAX_QUANTITY * MICROS,
            "{quantity} of {bucket}"
        );
    }
    let totals = &call.totals;
    assert_eq!(totals.total_tokens, call.usage.totals(None).total_tokens);
    let has = |code: &str| call.warnings.iter().any(|warning| warning.code == code);
    if let Some(stated) = totals.stated_total_tokens {
        assert_eq!(stated != totals.total_tokens, has("total_mismatch"));
    }
    if call.warnings.iter().any(|warning| is_doubt(warning.code)) || call.incomplete {
        assert_ne!(call.cost.basis, Basis::Exact);
    }
    assert_eq!(
        call.candidates.iter().next(),
        Some(call.provider.as_ref()),
        "the provider is the first candidate"
    );
    serde_json::to_string(call).expect("an answer is JSON")
}

fn check_cost(cost: &Cost, warnings: &[Warning]) {
    assert_eq!(cost.amount.is_none(), cost.basis == Basis::Unpriced);
    let Some(amount) = cost.amount else {
        assert!(cost.lines.is_empty() && cost.low.is_none() && cost.high.is_none());
        assert!(!warnings.is_empty(), "unpriced for no reason");
        return;
    };
    assert!(
        (0..=MAX_EVENT_NANOS).contains(&amount.get()),
        "{amount} USD"
    );
    assert!(cost.low.is_none_or(|low| low <= amount));
    assert!(cost.high.is_none_or(|high| high >= amount));
    assert!(cost.lines.iter().all(|line| line.amount_nanos >= 0));
    if cost.basis != Basis::Reported {
        let sum: i64 = cost.lines.iter().map(|line| line.amount_nanos).sum();
        assert_eq!(sum, amount.get(), "the lines do not add up");
    }
}

fn seed(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

const fn next(state: u64) -> u64 {
    state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407)
}
