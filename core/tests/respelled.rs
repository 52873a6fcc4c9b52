//! Libraries respell, wrap and thin out what a provider sent. What is read must stay the same, or be unknown; and what
//! is left of a body never makes somebody certain who did not send it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on, or did not run, says so"
)]

use bearlumen_core::call::cost_of;
use bearlumen_core::provider::Hints;
use bearlumen_core::response::parse_json;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// 2026-11-20T12:00:00Z
const AT_MS: i64 = 1_795_176_000_000;

struct Body {
    name: String,
    response: Value,
    model: Option<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The bodies of our own vectors that need nothing beside them.
fn vectors() -> Vec<Body> {
    let files = fs::read_dir(root().join("tests/vectors/cost")).unwrap();
    let mut bodies = Vec::new();
    for entry in files {
        let path = entry.unwrap().path();
        let vector: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let input = &vector["input"];
        if input["response"].is_object() && input["headers"].is_null() {
            bodies.push(Body {
                name: path.file_stem().unwrap().to_string_lossy().into_owned(),
                response: input["response"].clone(),
                model: input["model"].as_str().map(str::to_owned),
            });
        }
    }
    assert!(bodies.len() > 80);
    bodies
}

/// Recorded bodies, where they are at hand.
fn recorded() -> Vec<Body> {
    let Ok(files) = fs::read_dir(root().join("../shared/corpus")) else {
        eprintln!("skipped: no recorded responses in ../shared/corpus");
        return Vec::new();
    };
    let mut bodies = Vec::new();
    for path in files.map(|entry| entry.unwrap().path()) {
        if path
            .extension()
            .is_none_or(|extension| extension != "jsonl")
        {
            continue;
        }
        for line in fs::read_to_string(path).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            if line["body"].is_object() {
                bodies.push(Body {
                    name: line["id"].to_string(),
                    response: line["body"].clone(),
                    model: None,
                });
            }
        }
    }
    bodies
}

struct Read {
    format: String,
    provider: String,
    confidence: String,
    candidates: Vec<String>,
    usage: Value,
}

fn read(response: &Value, model: Option<&str>) -> Option<Read> {
    let text = response.to_string();
    let tape = parse_json(text.as_bytes()).ok()?;
    let hints = Hints {
        model,
        ..Hints::default()
    };
    let call = serde_json::to_value(cost_of(&tape, &hints, AT_MS).ok()?).unwrap();
    let text = |field: &str| call[field].as_str().unwrap().to_owned();
    let candidates = call["candidates"].as_array().unwrap();
    Some(Read {
        format: text("format"),
        provider: text("provider"),
        confidence: text("confidence"),
        candidates: candidates
            .iter()
            .map(|id| id.as_str().unwrap().to_owned())
            .collect(),
        usage: call["usage"].clone(),
    })
}

fn respelled(value: &Value, spell: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (spell(name), respelled(value, spell)));
            Value::Object(fields.collect())
        }
        Value::Array(items) => items.iter().map(|item| respelled(item, spell)).collect(),
        other => other.clone(),
    }
}

fn camel(name: &str) -> String {
    let mut out = String::new();
    for (at, part) in name.split('_').enumerate() {
        let mut letters = part.chars();
        match letters.next() {
            Some(first) if at > 0 && !out.is_empty() => {
                out.extend(first.to_uppercase());
                out.push_str(letters.as_str());
            }
            _ => out.push_str(part),
        }
    }
    out
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

fn mapped(value: &Value, change: &dyn Fn(&Value) -> Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (name.clone(), mapped(value, change)));
            Value::Object(fields.collect())
        }
        Value::Array(items) => items.iter().map(|item| mapped(item, change)).collect(),
        other => change(other),
    }
}

fn without(value: &Value, names: &[&str]) -> Value {
    let mut fields = value.as_object().cloned().unwrap_or_default();
    for name in names {
        fields.remove(*name);
    }
    Value::Object(fields)
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, value)| !value.is_null());
            let kept = kept.map(|(name, value)| (name.clone(), without_nulls(value)));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

/// A whole number as a float, as some libraries write it.
fn floating(value: &Value) -> Value {
    match value.as_u64() {
        Some(number) if number < 1 << 50 => serde_json::from_str(&format!("{number}.0")).unwrap(),
        _ => value.clone(),
    }
}

type Change = (&'static str, fn(&Value) -> Value);

/// What changes nothing that is read.
const HARMLESS: [Change; 9] = [
    ("in camel case", |body| respelled(body, &camel)),
    ("in snake case", |body| respelled(body, &snake)),
    ("with floats", |body| mapped(body, &floating)),
    ("without nulls", without_nulls),
    (
        "inside a client's envelope",
        |body| json!({ "status": 200, "data": body }),
    ),
    (
        "inside a log",
        |body| json!({ "request": {}, "response": body }),
    ),
    (
        "inside a body",
        |body| json!({ "headers": {}, "body": body }),
    ),
    ("with a library's own fields", |body| {
        let mut fields = body.as_object().unwrap().clone();
        fields.insert("_request_id".into(), "req_1".into());
        fields.insert("_hidden_params".into(), json!({ "usage": 1 }));
        Value::Object(fields)
    }),
    ("without a fingerprint", |body| {
        without(body, &["system_fingerprint"])
    }),
];

/// What takes away some of what tells a format, its sender, or its model.
const THINNED: [Change; 7] = [
    ("without its object", |body| without(body, &["object"])),
    ("without its id", |body| {
        without(body, &["id", "responseId"])
    }),
    ("without both", |body| {
        without(body, &["object", "id", "responseId"])
    }),
    ("without its type", |body| without(body, &["type"])),
    ("without its model", |body| {
        without(body, &["model", "modelVersion"])
    }),
    ("without an answer", |body| {
        without(
            body,
            &[
                "choices",
                "content",
                "candidates",
                "output",
                "message",
                "text",
            ],
        )
    }),
    ("its usage alone", |body| {
        let fields = body.as_object().unwrap().iter();
        let usage =
            fields.filter(|(name, _)| name.to_lowercase().contains("usage") || *name == "meta");
        Value::Object(
            usage
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
    }),
];

#[test]
fn what_libraries_do_to_a_body_changes_nothing_of_what_is_read() {
    let mut wrong = Vec::new();
    for body in vectors().into_iter().chain(recorded()) {
        let model = body.model.as_deref();
        let Some(plain) = read(&body.response, model) else {
            continue;
        };
        for (what, change) in HARMLESS {
            let is_wrapped_twice = what.starts_with("inside")
                && (body.name.starts_with("batch_line") || body.name.starts_with("wrapped"));
            if is_wrapped_twice {
                continue;
            }
            match read(&change(&body.response), model) {
                None => wrong.push(format!("{} {what} is unknown", body.name)),
                Some(other) if other.format != plain.format || other.usage != plain.usage => {
                    wrong.push(format!(
                        "{} {what}: {} {} instead of {} {}",
                        body.name, other.format, other.usage, plain.format, plain.usage
                    ));
                }
                Some(_) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_left_of_a_body_never_makes_the_wrong_sender_certain() {
    let mut wrong = Vec::new();
    for body in vectors().into_iter().chain(recorded()) {
        let model = body.model.as_deref();
        let Some(plain) = read(&body.response, model) else {
            continue;
        };
        for (what, change) in THINNED {
            let Some(thin) = read(&change(&body.response), model) else {
                continue;
            };
            let is_lost = !thin.candidates.contains(&plain.provider)
                && thin.format == plain.format
                && plain.confidence != "ambiguous";
            let is_claimed = thin.provider != plain.provider && thin.confidence == "certain";
            if is_lost || is_claimed {
                wrong.push(format!(
                    "{} {what}: {} {}, which was {} {}",
                    body.name, thin.confidence, thin.provider, plain.confidence, plain.provider
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
