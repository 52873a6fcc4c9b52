//! Streams: the shared vectors, and what holds for every one of them however it is cut.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so"
)]

use bearlumen_core::call::cost_of_stream;
use bearlumen_core::provider::Hints;
use bearlumen_core::response::parse_json;
use bearlumen_core::stream::{Lesson, StreamFold, StreamText};
use bearlumen_core::timestamp::{self, Moment};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

fn vectors() -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/streams");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() > 10, "the vectors are gone");
    files
        .into_iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (
                name,
                serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap(),
            )
        })
        .collect()
}

/// The stream as bytes: its text, or its chunks as server-sent events.
fn bytes(input: &Value) -> Vec<u8> {
    match &input["stream"] {
        Value::String(text) => text.clone().into_bytes(),
        Value::Array(chunks) => chunks
            .iter()
            .flat_map(|chunk| format!("data: {chunk}\r\n\r\n").into_bytes())
            .collect(),
        _ => panic!("no stream"),
    }
}

fn answer(fold: &StreamFold, input: &Value) -> Value {
    let Some(Moment::Instant(at_ms)) = timestamp::parse(input["at"].as_str().unwrap()) else {
        panic!("at is no instant");
    };
    let hints = Hints {
        url: input["url"].as_str(),
        provider: input["provider"].as_str(),
        model: input["model"].as_str(),
    };
    match cost_of_stream(fold, &hints, at_ms) {
        Ok(cost) => serde_json::to_value(cost).unwrap(),
        Err(error) => json!({ "error": error.to_string() }),
    }
}

fn fold_pieces_of_a_program<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> StreamFold {
    let mut fold = StreamFold::new();
    let mut text = StreamText::new();
    for piece in pieces {
        text.feed_piece(piece, &mut fold);
    }
    text.finish(&mut fold);
    fold
}

fn fold_pieces<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> StreamFold {
    let mut fold = StreamFold::new();
    let mut text = StreamText::new();
    for piece in pieces {
        text.feed(piece, &mut fold);
    }
    text.finish(&mut fold);
    fold
}

#[test]
fn streams_cost_what_the_vectors_say() {
    for (name, vector) in vectors() {
        let bytes = bytes(&vector["input"]);
        let fold = fold_pieces(std::iter::once(bytes.as_slice()));
        assert_eq!(answer(&fold, &vector["input"]), vector["expect"], "{name}");
    }
}

#[test]
fn chunks_as_objects_say_the_same_as_text() {
    for (name, vector) in vectors() {
        let Some(chunks) = vector["input"]["stream"].as_array() else {
            continue;
        };
        if name == "bedrock_invoke_base64" {
            continue; // As objects its bytes come decoded.
        }
        let mut fold = StreamFold::new();
        for chunk in chunks {
            let text = chunk.to_string();
            fold.feed(&parse_json(text.as_bytes()).unwrap());
        }
        assert_eq!(answer(&fold, &vector["input"]), vector["expect"], "{name}");
    }
}

#[test]
fn chunks_that_teach_nothing_change_nothing() {
    for (name, vector) in vectors() {
        let Some(chunks) = vector["input"]["stream"].as_array() else {
            continue;
        };
        if name == "bedrock_invoke_base64" {
            continue; // As objects its bytes come decoded.
        }
        let mut whole = StreamFold::new();
        let mut short = StreamFold::new();
        for chunk in chunks {
            let text = chunk.to_string();
            let tape = parse_json(text.as_bytes()).unwrap();
            if whole.learn(&tape) != Lesson::Nothing {
                short.feed(&tape);
            }
        }
        assert_eq!(answer(&short, &vector["input"]), vector["expect"], "{name}");
    }
}

#[test]
fn leaving_early_is_incomplete_unless_the_stream_said_that_it_is_over() {
    let at = json!({ "at": "2026-11-01T00:00:00Z", "model": "gpt-4o" });
    let usage = r#"{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}"#;
    let ended = format!(
        r#"{{"object":"chat.completion.chunk","choices":[{{"finish_reason":"stop"}}],"usage":{usage}}}"#
    );
    let running = format!(
        r#"{{"object":"chat.completion.chunk","choices":[{{"delta":{{}}}}],"usage":{usage}}}"#
    );
    // A format without a sign of its end.
    let embedding = r#"{"object":"list","data":[{"object":"embedding"}],"usage":{"prompt_tokens":3,"total_tokens":3}}"#;
    for (chunk, left_early, incomplete) in [
        (ended.as_str(), true, false),
        (running.as_str(), true, true),
        (running.as_str(), false, true),
        (embedding, false, false),
        (embedding, true, true),
    ] {
        let mut fold = StreamFold::new();
        fold.feed(&parse_json(chunk.as_bytes()).unwrap());
        if left_early {
            fold.cut_short();
        }
        assert_eq!(answer(&fold, &at)["incomplete"], incomplete, "{chunk}");
    }
}

#[test]
fn it_does_not_matter_where_the_bytes_are_cut() {
    for (name, vector) in vectors() {
        let bytes = bytes(&vector["input"]);
        for size in [1, 2, 3, 7, 64, 1000] {
            let fold = fold_pieces(bytes.chunks(size));
            let of_a_program = fold_pieces_of_a_program(bytes.chunks(size));
            for fold in [fold, of_a_program] {
                assert_eq!(
                    answer(&fold, &vector["input"]),
                    vector["expect"],
                    "{name} in pieces of {size}"
                );
            }
        }
    }
}

/// Where a line holds no whole chunk and its end is gone, nothing tells it from one that goes on.
const BROKEN_LINES: [&str; 2] = ["damaged_chunks", "data_over_several_lines"];

#[test]
fn lines_may_come_one_by_one_without_their_ends() {
    let mut checked = 0;
    for (name, vector) in vectors() {
        let bytes = bytes(&vector["input"]);
        let Ok(text) = std::str::from_utf8(&bytes) else {
            continue;
        };
        let is_lines = text.trim_start_matches('\u{feff}').trim_start();
        if is_lines.starts_with('[') || BROKEN_LINES.contains(&name.as_str()) {
            continue;
        }
        let all = text.split('\n').map(|line| line.trim_end_matches('\r'));
        let some: Vec<&str> = all.clone().filter(|line| !line.is_empty()).collect();
        for lines in [all.collect(), some] {
            let fold = fold_pieces_of_a_program(lines.iter().map(|line| line.as_bytes()));
            assert_eq!(answer(&fold, &vector["input"]), vector["expect"], "{name}");
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked}");
}

#[test]
fn a_stream_cut_short_is_never_complete_with_less_than_it_had() {
    for (name, vector) in vectors() {
        // Sessions may end after any of their calls.
        let is_session = [
            "realtime_",
            "gemini_live_",
            "xai_voice_",
            "anthropic_session_",
        ]
        .iter()
        .any(|of_a_session| name.starts_with(of_a_session));
        if vector["expect"]["incomplete"] != false || name == "damaged_chunks" || is_session {
            continue;
        }
        let bytes = bytes(&vector["input"]);
        for end in 0..bytes.len() {
            let fold = fold_pieces(std::iter::once(&bytes[..end]));
            let answer = answer(&fold, &vector["input"]);
            if answer["incomplete"] == false && answer["cost"]["basis"] == "exact" {
                assert_eq!(
                    answer["usage"],
                    vector["expect"]["usage"],
                    "{name} cut at {end} of {}",
                    bytes.len()
                );
            }
        }
    }
}

#[test]
fn the_headers_of_a_stream_name_its_sender() {
    let body = r#"data: {"id":"x","object":"chat.completion.chunk","model":"m","choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}"#;
    let mut fold = fold_pieces(std::iter::once(body.as_bytes()));
    let provider = |fold: &StreamFold| {
        let folded = fold.finish(&Hints::default()).unwrap();
        folded.extraction.detection.provider.into_owned()
    };
    assert_eq!(provider(&fold), "openai");
    fold.add_headers([("X-Groq-Region", "us-east-1")].into_iter());
    assert_eq!(provider(&fold), "groq");
}

#[test]
fn a_whole_response_in_one_chunk_costs_what_it_costs() {
    let body = r#"{"id":"msg_01Bear5Lumen7Example9Message2","type":"message","role":"assistant","model":"claude-sonnet-4-6","content":[],"stop_reason":"end_turn","usage":{"input_tokens":10,"output_tokens":20}}"#;
    let fold = fold_pieces(std::iter::once(body.as_bytes()));
    let folded = fold.finish(&Hints::default()).unwrap();
    assert_eq!(folded.extraction.totals.total_tokens.whole_units(), 30);
}
