//! One response: from its bytes to its cost, beside a typed parse that skips what it does not need.

use crate::measure::{Outcome, line, nanos_per_call, section};
use crate::sample::{AT_MS, RESPONSE};
use bearlumen_core::call::{Meter, cost_of};
use bearlumen_core::provider::Hints;
use bearlumen_core::response::parse_json;
use serde::Deserialize;
use std::hint::black_box;

const CALLS: u32 = 100_000;

/// The floor: somebody who knows format and fields, and has `serde_json` fill a struct.
#[derive(Deserialize)]
#[expect(dead_code, reason = "filled, not read")]
struct Typed<'a> {
    id: &'a str,
    model: &'a str,
    object: &'a str,
    service_tier: Option<&'a str>,
    usage: TypedUsage,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "filled, not read")]
struct TypedUsage {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens_details: Option<CompletionDetails>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "filled, not read")]
struct PromptDetails {
    cached_tokens: u64,
    audio_tokens: u64,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "filled, not read")]
struct CompletionDetails {
    reasoning_tokens: u64,
    audio_tokens: u64,
}

#[expect(clippy::unnecessary_wraps, reason = "every section ends alike")]
pub(crate) fn run() -> Outcome {
    section(&format!("One response of {} bytes, Rust", RESPONSE.len()));
    let bytes = RESPONSE.as_bytes();
    let floor = nanos_per_call(CALLS, || {
        let typed: Result<Typed<'_>, _> = serde_json::from_slice(black_box(bytes));
        let _ = black_box(typed);
    });
    line(
        "serde_json, typed, skipping the rest (floor)",
        floor,
        "ns",
        None,
    );
    let parse = nanos_per_call(CALLS, || {
        let _ = black_box(parse_json(black_box(bytes)));
    });
    line(
        "bytes to the fields that matter",
        parse,
        "ns",
        Some(("floor", parse / floor)),
    );
    let whole = nanos_per_call(CALLS, || {
        let cost = parse_json(black_box(bytes))
            .ok()
            .map(|tape| cost_of(&tape, &Hints::default(), AT_MS));
        let _ = black_box(cost);
    });
    line(
        "bytes to cost, read at length",
        whole,
        "ns",
        Some(("floor", whole / floor)),
    );
    let mut meter = Meter::new();
    let metered = nanos_per_call(CALLS, || {
        let cost = parse_json(black_box(bytes))
            .ok()
            .map(|tape| meter.cost_of(&tape, &Hints::default(), AT_MS));
        let _ = black_box(cost);
    });
    line(
        "bytes to cost, of a kind met before (as the SDKs do)",
        metered,
        "ns",
        Some(("floor", metered / floor)),
    );
    Ok(())
}
