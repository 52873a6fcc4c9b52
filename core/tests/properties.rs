//! What holds of any response: its buckets and totals, the order of its fields, its stream, its bad numbers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use bearlumen_core::call::{CallCost, Meter, cost_of, cost_of_stream};
use bearlumen_core::event::{content_hash, parse_event, write_event};
use bearlumen_core::pricing::Basis;
use bearlumen_core::provider::{ExtractError, Hints};
use bearlumen_core::response::parse_json;
use bearlumen_core::stream::{StreamFold, StreamText};
use bearlumen_core::track::{Subject, TrackOptions, track};
use bearlumen_core::usage::is_doubt;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

/// 2026-11-20T12:00:00Z
const AT_MS: i64 = 1_795_176_000_000;

/// What a call used, each token once.
#[derive(Debug, Clone, Copy)]
struct Counts {
    input: u64,
    cache_read: u64,
    cache_write_5m: u64,
    cache_write_1h: u64,
    input_audio: u64,
    output: u64,
    output_reasoning: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    OpenAi,
    Anthropic,
    Gemini,
    Bedrock,
}

const SHAPES: [Shape; 4] = [
    Shape::OpenAi,
    Shape::Anthropic,
    Shape::Gemini,
    Shape::Bedrock,
];

/// A response as one of the vendors writes it.
#[derive(Debug, Clone)]
struct Response {
    shape: Shape,
    model: &'static str,
    /// Only what this vendor counts; the rest is 0.
    counts: Counts,
}

fn responses() -> impl Strategy<Value = Response> {
    let count = || prop_oneof![Just(0_u64), 1_u64..5_000, 1_u64..2_000_000];
    let counts = (
        1_u64..400_000,
        count(),
        count(),
        count(),
        count(),
        1_u64..100_000,
        count(),
    );
    (select(&SHAPES[..]), any::<Index>(), counts).prop_map(|(shape, at, counts)| {
        let models: &[&'static str] = match shape {
            Shape::OpenAi => &["gpt-4o-mini", "gpt-4o", "o3", "gpt-5", "gpt-4.1-nano"],
            Shape::Anthropic => &["claude-sonnet-4-6", "claude-haiku-4-5", "claude-opus-4-1"],
            Shape::Gemini => &["gemini-2.5-flash", "gemini-2.5-pro"],
            Shape::Bedrock => &["anthropic.claude-sonnet-4-6", "amazon.nova-micro-v1:0"],
        };
        let (input, read, short_writes, long_writes, audio, output, reasoning) = counts;
        let writes = matches!(shape, Shape::Anthropic | Shape::Bedrock);
        let counts = Counts {
            input,
            cache_read: read,
            cache_write_5m: if writes { short_writes } else { 0 },
            cache_write_1h: if writes { long_writes } else { 0 },
            input_audio: if writes { 0 } else { audio },
            output,
            output_reasoning: if shape == Shape::Bedrock {
                0
            } else {
                reasoning
            },
        };
        Response {
            shape,
            model: models[at.index(models.len())],
            counts,
        }
    })
}

impl Counts {
    fn total(&self) -> u64 {
        self.buckets().iter().map(|(_, count)| count).sum()
    }

    fn writes(&self) -> u64 {
        self.cache_write_5m + self.cache_write_1h
    }

    fn buckets(&self) -> [(&'static str, u64); 7] {
        [
            ("input", self.input),
            ("cache_read", self.cache_read),
            ("cache_write_5m", self.cache_write_5m),
            ("cache_write_1h", self.cache_write_1h),
            ("input_audio", self.input_audio),
            ("output", self.output),
            ("output_reasoning", self.output_reasoning),
        ]
    }
}

impl Response {
    /// The usage object of a whole response.
    fn usage(&self) -> Value {
        let c = &self.counts;
        match self.shape {
            Shape::OpenAi => json!({
                "prompt_tokens": c.input + c.cache_read + c.input_audio,
                "completion_tokens": c.output + c.output_reasoning,
                "total_tokens": c.total(),
                "prompt_tokens_details": {"cached_tokens": c.cache_read, "audio_tokens": c.input_audio},
                "completion_tokens_details": {"reasoning_tokens": c.output_reasoning, "audio_tokens": 0},
            }),
            Shape::Anthropic => json!({
                "input_tokens": c.input,
                "cache_read_input_tokens": c.cache_read,
                "cache_creation_input_tokens": c.writes(),
                "cache_creation": {
                    "ephemeral_5m_input_tokens": c.cache_write_5m,
                    "ephemeral_1h_input_tokens": c.cache_write_1h,
                },
                "output_tokens": c.output + c.output_reasoning,
                "output_tokens_details": {"thinking_tokens": c.output_reasoning},
                "service_tier": "standard",
            }),
            Shape::Gemini => json!({
                "promptTokenCount": c.input + c.cache_read + c.input_audio,
                "cachedContentTokenCount": c.cache_read,
                "promptTokensDetails": [
                    {"modality": "TEXT", "tokenCount": c.input + c.cache_read},
                    {"modality": "AUDIO", "tokenCount": c.input_audio},
                ],
                "candidatesTokenCount": c.output,
                "thoughtsTokenCount": c.output_reasoning,
                "totalTokenCount": c.total(),
            }),
            Shape::Bedrock => json!({
                "inputTokens": c.input,
                "cacheReadInputTokens": c.cache_read,
                "cacheWriteInputTokens": c.writes(),
                "cacheDetails": [
                    {"ttl": "5m", "inputTokens": c.cache_write_5m},
                    {"ttl": "1h", "inputTokens": c.cache_write_1h},
                ],
                "outputTokens": c.output,
                "totalTokens": c.total(),
            }),
        }
    }

    fn body(&self, usage: &Value) -> Value {
        match self.shape {
            Shape::OpenAi => json!({
                "id": "chatcmpl-Ab3dE6gH9jK2mN5pQ8rS1tU4vW7xY",
                "object": "chat.completion",
                "model": self.model,
                "choices": [{"index": 0, "message": {"role": "assistant", "content": "x"}, "finish_reason": "stop"}],
                "usage": usage,
                "service_tier": "default",
                "system_fingerprint": "fp_8b0b14b5dc",
            }),
            Shape::Anthropic => json!({
                "id": "msg_01Bear5Lumen7Example9Message2",
                "type": "message",
                "role": "assistant",
                "model": self.model,
                "content": [{"type": "text", "text": "x"}],
                "stop_reason": "end_turn",
                "usage": usage,
            }),
            Shape::Gemini => json!({
                "candidates": [{"content": {"parts": [{"text": "x"}]}, "finishReason": "STOP"}],
                "usageMetadata": usage,
                "modelVersion": self.model,
                "responseId": "x",
            }),
            Shape::Bedrock => json!({
                "output": {"message": {"role": "assistant", "content": [{"text": "x"}]}},
                "stopReason": "end_turn",
                "metrics": {"latencyMs": 12},
                "usage": usage,
            }),
        }
    }

    /// The same as the vendor streams it. What earlier chunks count, later ones replace.
    fn chunks(&self, early: u64) -> Vec<Value> {
        let whole = self.body(&self.usage());
        match self.shape {
            Shape::OpenAi => {
                let chunk = |choices: Value, usage: Value| {
                    let mut chunk = whole.clone();
                    chunk["object"] = "chat.completion.chunk".into();
                    chunk["choices"] = choices;
                    chunk["usage"] = usage;
                    chunk
                };
                vec![
                    chunk(
                        json!([{"index": 0, "delta": {"content": "x"}, "finish_reason": null}]),
                        Value::Null,
                    ),
                    chunk(
                        json!([{"index": 0, "delta": {}, "finish_reason": "stop"}]),
                        Value::Null,
                    ),
                    chunk(json!([]), whole["usage"].clone()),
                ]
            }
            Shape::Anthropic => {
                let mut message = whole.clone();
                message["stop_reason"] = Value::Null;
                message["usage"]["output_tokens"] = early.into();
                message["usage"]["output_tokens_details"] = Value::Null;
                let usage = json!({
                    "output_tokens": whole["usage"]["output_tokens"],
                    "output_tokens_details": whole["usage"]["output_tokens_details"],
                });
                vec![
                    json!({"type": "message_start", "message": message}),
                    json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "x"}}),
                    json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": usage}),
                    json!({"type": "message_stop"}),
                ]
            }
            Shape::Gemini => {
                let mut first = whole.clone();
                first["candidates"][0]["finishReason"] = Value::Null;
                first["usageMetadata"]["candidatesTokenCount"] = early.into();
                first["usageMetadata"]["thoughtsTokenCount"] = Value::Null;
                vec![first.clone(), first, whole]
            }
            Shape::Bedrock => vec![
                json!({"messageStart": {"role": "assistant"}}),
                json!({"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "x"}}}),
                json!({"messageStop": {"stopReason": "end_turn"}}),
                json!({"metadata": {"usage": whole["usage"], "metrics": {"latencyMs": 12}}}),
            ],
        }
    }

    /// Of a count that the whole depends on, where it stands in the usage.
    fn count_at(&self, at: Index) -> &'static [&'static str] {
        let paths: &[&'static [&'static str]] = match self.shape {
            Shape::OpenAi => &[
                &["prompt_tokens"],
                &["completion_tokens"],
                &["total_tokens"],
                &["prompt_tokens_details", "cached_tokens"],
                &["prompt_tokens_details", "audio_tokens"],
                &["completion_tokens_details", "reasoning_tokens"],
            ],
            Shape::Anthropic => &[
                &["input_tokens"],
                &["output_tokens"],
                &["cache_read_input_tokens"],
                &["cache_creation_input_tokens"],
                &["cache_creation", "ephemeral_1h_input_tokens"],
                &["output_tokens_details", "thinking_tokens"],
            ],
            Shape::Gemini => &[
                &["promptTokenCount"],
                &["candidatesTokenCount"],
                &["thoughtsTokenCount"],
                &["cachedContentTokenCount"],
                &["totalTokenCount"],
            ],
            Shape::Bedrock => &[
                &["inputTokens"],
                &["outputTokens"],
                &["cacheReadInputTokens"],
                &["cacheWriteInputTokens"],
                &["totalTokens"],
            ],
        };
        paths[at.index(paths.len())]
    }

    fn hints(&self) -> Hints<'static> {
        Hints {
            model: Some(self.model),
            ..Hints::default()
        }
    }

    fn cost(&self, text: &str) -> Result<CallCost, ExtractError> {
        cost_of(&parse_json(text.as_bytes()).unwrap(), &self.hints(), AT_MS)
    }
}

fn answer(cost: Result<CallCost, ExtractError>) -> Value {
    match cost {
        Ok(cost) => serde_json::to_value(cost).unwrap(),
        Err(error) => json!({ "error": error.to_string() }),
    }
}

fn next(random: &mut u64) -> usize {
    *random = random
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*random >> 33).unwrap()
}

/// The text of a value with the fields of every object in another order.
fn shuffled(value: &Value, random: &mut u64) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{}:{}", json!(name), shuffled(value, random)))
                .collect();
            for last in (1..fields.len()).rev() {
                fields.swap(last, next(random) % (last + 1));
            }
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| shuffled(item, random)).collect();
            format!("[{}]", items.join(","))
        }
        _ => value.to_string(),
    }
}

fn server_sent(chunks: &[Value], random: &mut u64) -> String {
    let mut text = String::new();
    for chunk in chunks {
        text.push_str("event: x\ndata: ");
        text.push_str(&shuffled(chunk, random));
        text.push_str("\n\n");
    }
    text
}

fn lines(chunks: &[Value]) -> String {
    let mut text = String::new();
    for chunk in chunks {
        text.push_str(&chunk.to_string());
        text.push('\n');
    }
    text
}

/// What no count is.
fn bad_numbers() -> impl Strategy<Value = Value> {
    select(vec![
        json!(-1),
        json!(i64::MIN),
        json!(-0.5),
        json!(1_000_000_000_001_u64),
        json!(9_007_199_254_740_993_u64),
        json!(u64::MAX),
        json!(1e13),
        json!(1e300),
        json!("12"),
        json!(""),
        json!("NaN"),
        json!(true),
        json!([]),
        json!([12]),
        json!({}),
        json!({"tokens": 12}),
    ])
}

fn replace(usage: &mut Value, path: &[&str], with: Value) {
    let place = path.iter().fold(usage, |place, name| &mut place[*name]);
    *place = with;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_token_is_in_one_bucket_and_the_sum_is_the_stated_total(response in responses()) {
        let call = response.cost(&response.body(&response.usage()).to_string()).unwrap();
        let mut expected = Map::new();
        for (bucket, count) in response.counts.buckets() {
            if count > 0 {
                expected.insert(bucket.to_owned(), count.into());
            }
        }
        prop_assert_eq!(serde_json::to_value(&call.usage).unwrap(), Value::Object(expected));
        prop_assert_eq!(call.totals.total_tokens.whole_units(), response.counts.total());
        if let Some(stated) = call.totals.stated_total_tokens {
            prop_assert_eq!(stated, call.totals.total_tokens);
        }
        prop_assert!(!call.warnings.iter().any(|warning| is_doubt(warning.code)), "{:?}", call.warnings);
    }

    #[test]
    fn a_total_that_its_parts_do_not_add_up_to_is_said_so(response in responses(), more in 1_u64..1_000_000) {
        let mut usage = response.usage();
        let total = match response.shape {
            Shape::OpenAi => "total_tokens",
            Shape::Gemini => "totalTokenCount",
            Shape::Bedrock => "totalTokens",
            Shape::Anthropic => return Ok(()), // It states none.
        };
        // Reasoning or caching that would stand beside explains the difference; it is then read so and said so.
        usage[total] = (response.counts.total() + more).into();
        let call = response.cost(&response.body(&usage).to_string()).unwrap();
        let is_said = call.warnings.iter().any(|warning| ["total_mismatch", "counts_beside"].contains(&warning.code));
        prop_assert!(is_said, "{:?}", call.warnings);
        prop_assert!(call.usage.iter().all(|(_, quantity)| quantity.whole_units() <= response.counts.total()));
    }

    #[test]
    fn the_order_of_fields_does_not_matter(response in responses(), seed in any::<u64>()) {
        let body = response.body(&response.usage());
        let mut random = seed;
        prop_assert_eq!(
            answer(response.cost(&shuffled(&body, &mut random))),
            answer(response.cost(&body.to_string()))
        );
    }

    #[test]
    fn nor_where_something_is_wrong(
        response in responses(),
        at in any::<Index>(),
        bad in bad_numbers(),
        seed in any::<u64>(),
    ) {
        let mut usage = response.usage();
        replace(&mut usage, response.count_at(at), bad);
        let body = response.body(&usage);
        let mut random = seed;
        prop_assert_eq!(
            answer(response.cost(&shuffled(&body, &mut random))),
            answer(response.cost(&body.to_string()))
        );
    }

    #[test]
    fn streamed_equals_whole(response in responses(), early in 0_u64..100, seed in any::<u64>(), longest in 1_usize..400) {
        let whole = answer(response.cost(&response.body(&response.usage()).to_string()));
        let chunks = response.chunks(early);
        let mut random = seed;
        let texts = [
            server_sent(&chunks, &mut random),
            lines(&chunks),
            json!(chunks).to_string(),
        ];
        for text in texts {
            let mut fold = StreamFold::new();
            let mut cutter = StreamText::new();
            let mut rest = text.as_bytes();
            while !rest.is_empty() {
                let (piece, after) = rest.split_at((next(&mut random) % longest + 1).min(rest.len()));
                cutter.feed(piece, &mut fold);
                rest = after;
            }
            cutter.finish(&mut fold);
            let streamed = answer(cost_of_stream(&fold, &response.hints(), AT_MS));
            for part in ["model", "usage", "totals", "warnings", "cost", "incomplete", "error"] {
                prop_assert_eq!(&streamed[part], &whole[part], "{} of {}", part, text);
            }
        }
    }

    #[test]
    fn amounts_add_up_to_the_nano_dollar(response in responses()) {
        let call = response.cost(&response.body(&response.usage()).to_string()).unwrap();
        let cost = &call.cost;
        match cost.amount {
            None => prop_assert_eq!(cost.basis, Basis::Unpriced),
            Some(amount) => {
                prop_assert_eq!(cost.lines.iter().map(|line| line.amount_nanos).sum::<i64>(), amount.get());
                prop_assert!(cost.lines.iter().all(|line| line.amount_nanos >= 0));
                prop_assert_eq!(cost.lines.len(), call.usage.len());
            }
        }
    }

    #[test]
    fn a_bad_number_is_an_error_or_is_said(response in responses(), at in any::<Index>(), bad in bad_numbers()) {
        let mut usage = response.usage();
        replace(&mut usage, response.count_at(at), bad);
        let body = response.body(&usage).to_string();
        if let Ok(call) = response.cost(&body) {
            prop_assert!(call.cost.basis != Basis::Exact, "{}", body);
            prop_assert!(call.warnings.iter().any(|warning| is_doubt(warning.code)), "{}", body);
        }
    }

    #[test]
    fn a_count_that_is_null_is_never_exactly_nothing(response in responses(), output in any::<bool>()) {
        let mut usage = response.usage();
        let name = match (response.shape, output) {
            (Shape::OpenAi, false) => "prompt_tokens",
            (Shape::OpenAi, true) => "completion_tokens",
            (Shape::Anthropic, false) => "input_tokens",
            (Shape::Anthropic, true) => "output_tokens",
            (Shape::Gemini, false) => "promptTokenCount",
            (Shape::Gemini, true) => "candidatesTokenCount",
            (Shape::Bedrock, false) => "inputTokens",
            (Shape::Bedrock, true) => "outputTokens",
        };
        usage[name] = Value::Null;
        let null = response.body(&usage).to_string();
        usage.as_object_mut().unwrap().remove(name);
        let absent = response.body(&usage).to_string();
        for body in [null, absent] {
            if let Ok(call) = response.cost(&body) {
                prop_assert!(call.cost.basis != Basis::Exact, "{}", body);
            }
        }
    }

    #[test]
    fn a_fraction_is_counted_as_it_is(response in responses(), micros in 1_u64..1_000_000) {
        let mut usage = response.usage();
        let name = match response.shape {
            Shape::OpenAi => "completion_tokens",
            Shape::Anthropic => "output_tokens",
            Shape::Gemini => "candidatesTokenCount",
            Shape::Bedrock => "outputTokens",
        };
        let stated = usage[name].as_u64().unwrap();
        let text = response.body(&usage).to_string();
        let fraction = format!("{stated}.{micros:06}");
        usage[name] = serde_json::from_str(&fraction).unwrap();
        let broken = response.body(&usage).to_string();
        let micros_of = |text: &str| {
            let totals = response.cost(text).unwrap().totals;
            totals.output_tokens.micros()
        };
        prop_assert_eq!(micros_of(&broken), micros_of(&text) + micros);
    }

    #[test]
    fn an_event_is_written_as_it_was_read(
        quantity in 0_u64..=1_000_000_000_000_000_000,
        tokens in 0_u64..=1_000_000_000_000_000_000,
        score in any::<f64>(),
        names in proptest::sample::subsequence(
            vec!["agent_id", "agentId", "session_id", "sessionId", "cost", "provider_cost_usd", "input_tokens", "prompt_tokens", "own"],
            0..9,
        ),
    ) {
        let decimal = |micros: u64| format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
        let metadata: Map<String, Value> = names
            .iter()
            .zip(1_u64..)
            .map(|(name, at)| {
                let is_text = name.ends_with("id") || name.ends_with("Id");
                ((*name).to_owned(), if is_text { json!(name) } else { json!(at) })
            })
            .collect();
        let text = format!(
            r#"{{"eventType":"x","metricName":"y","quantity":{},"usage":{{"gpu_hours":{}}},"dimensions":{{"score":{}}},"metadata":{}}}"#,
            decimal(quantity), decimal(tokens), json!(score), json!(metadata)
        );
        let event = parse_event(&text).unwrap();
        prop_assert_eq!(event.quantity.micros(), quantity);
        prop_assert_eq!(event.usage.iter().map(|(_, units)| units.micros()).sum::<u64>(), tokens);
        let again = parse_event(std::str::from_utf8(&write_event(&event)).unwrap()).unwrap();
        prop_assert_eq!(content_hash(&event), content_hash(&again));
        prop_assert_eq!(event, again);
    }
}

/// Counts that are each possible and together are not.
#[test]
fn a_sum_beyond_belief_is_not_left_out() {
    let body = json!({
        "modelVersion": "gemini-2.5-flash",
        "candidates": [],
        "usageMetadata": {
            "promptTokenCount": 10,
            "promptTokensDetails": [
                {"modality": "AUDIO", "tokenCount": 900_000_000_000_u64},
                {"modality": "AUDIO", "tokenCount": 900_000_000_000_u64},
            ],
            "candidatesTokenCount": 1,
        },
    });
    let body = body.to_string();
    let tape = parse_json(body.as_bytes()).unwrap();
    let call = cost_of(&tape, &Hints::default(), AT_MS).unwrap();
    assert!(call.warnings.iter().any(|w| w.code == "invalid_count"));
    assert_ne!(call.cost.basis, Basis::Exact);
}

/// No call costs less than nothing or more than an event may carry.
#[test]
fn a_stated_charge_beyond_belief_is_not_taken() {
    for (charge, taken) in [
        ("0.01", true),
        ("-0.01", false),
        ("1e12", false),
        ("0", false),
    ] {
        let body = format!(
            r#"{{"id":"gen-1","object":"chat.completion","model":"openai/gpt-4o","choices":[],
            "usage":{{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2,"cost":{charge}}}}}"#
        );
        let tape = parse_json(body.as_bytes()).unwrap();
        let call = cost_of(&tape, &Hints::default(), AT_MS).unwrap();
        assert_eq!(call.cost.basis == Basis::Reported, taken, "{charge}");
        let is_said = call.warnings.iter().any(|w| w.code == "invalid_amount");
        assert_eq!(is_said, !taken && charge != "0", "{charge}");
    }
}

/// What a call's parts say, each possible, and all together not.
#[test]
fn parts_beyond_belief_together_are_not_added_up() {
    let cost = |parts: &[(&str, u64)]| {
        let parts: Vec<Value> = parts
            .iter()
            .map(|(model, tokens)| json!({"model": model, "input_tokens": tokens, "output_tokens": 1}))
            .collect();
        let body = json!({
            "type": "message",
            "model": "claude-sonnet-4-6",
            "usage": {"input_tokens": 1, "output_tokens": 1, "iterations": parts},
        });
        let body = body.to_string();
        let tape = parse_json(body.as_bytes()).unwrap();
        answer(cost_of(&tape, &Hints::default(), AT_MS))
    };
    // 4.5 and 7.5 million dollars
    let dear = cost(&[
        ("claude-opus-4-1", 300_000_000_000),
        ("claude-opus-4-0", 500_000_000_000),
    ]);
    assert_eq!(dear["cost"]["basis"], "unpriced");
    assert_eq!(dear["warnings"][0]["code"], "amount_out_of_range");
    let many = cost(&[
        ("claude-sonnet-4-6", 900_000_000_000),
        ("claude-haiku-4-5", 900_000_000_000),
    ]);
    assert_eq!(many["error"], "the response's input count is beyond 10^12");
}

/// A list of chunks that breaks off says what its whole chunks said.
#[test]
fn a_list_that_breaks_off_is_incomplete_not_unknown() {
    let text = r#"[{"modelVersion":"gemini-2.5-flash","candidates":[{"content":{}}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":2,"totalTokenCount":7}}
,{"candidates":[{"content":{"parts":[{"te"#;
    let mut fold = StreamFold::new();
    let mut cutter = StreamText::new();
    cutter.feed(text.as_bytes(), &mut fold);
    cutter.finish(&mut fold);
    let call = cost_of_stream(&fold, &Hints::default(), AT_MS).unwrap();
    assert_eq!(call.totals.total_tokens.whole_units(), 7);
    assert!(call.incomplete);
    assert_eq!(call.cost.basis, Basis::Estimated);
}

/// The service refuses an event with a text it has no room for: such a text is left out, the event is not lost.
#[test]
fn what_a_response_says_makes_an_event_that_is_accepted() {
    let long = "x".repeat(600);
    for (model, tier) in [("gpt-4o", ""), ("gpt-4o", &long), (&long, "default")] {
        let body = json!({
            "object": "chat.completion",
            "model": model,
            "choices": [],
            "usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7},
            "service_tier": tier,
        });
        let body = body.to_string();
        let options = TrackOptions {
            provider: Some(long.clone()),
            metadata: Some(r#"{"session_id":5}"#.to_owned()),
            idempotency_key: Some("k".repeat(512)),
            ..TrackOptions::default()
        };
        let subject = Subject::Response(parse_json(body.as_bytes()));
        let tracked = track(&mut Meter::new(), &subject, options, AT_MS, [1; 16]);
        let event = parse_event(std::str::from_utf8(&tracked.event).unwrap()).unwrap();
        assert_eq!(event.quantity.whole_units(), 7);
    }
}
