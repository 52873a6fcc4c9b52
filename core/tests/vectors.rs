//! The shared vectors, as every binding reads them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so"
)]

use bearlumen_core::call::{CallCost, cost_of};
use bearlumen_core::delivery::{Batch, Delivery, DropReason, Enqueued, Outcome, Policy, Step};
use bearlumen_core::error::{ErrorCode, Retry};
use bearlumen_core::provider::Hints;
use bearlumen_core::response::parse_json;
use bearlumen_core::timestamp::{self, Moment};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

fn vectors(folder: &str) -> Vec<(String, Value)> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/vectors")
        .join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} is empty");
    files
        .into_iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let value =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, value)
        })
        .collect()
}

fn answer(input: &Value) -> Value {
    match priced(input) {
        Ok(cost) => serde_json::to_value(cost).unwrap(),
        Err(error) => json!({ "error": error }),
    }
}

fn priced(input: &Value) -> Result<CallCost, String> {
    let text = match &input["text"] {
        Value::String(text) => text.clone(),
        _ => input["response"].to_string(),
    };
    let Some(Moment::Instant(at_ms)) = timestamp::parse(input["at"].as_str().unwrap()) else {
        panic!("at is no instant");
    };
    let hints = Hints {
        url: input["url"].as_str(),
        provider: input["provider"].as_str(),
        model: input["model"].as_str(),
    };
    let mut tape = match parse_json(text.as_bytes()) {
        Ok(tape) => tape,
        Err(error) => return Err(error.to_string()),
    };
    if let Some(headers) = input["headers"].as_object() {
        tape.add_headers(
            headers
                .iter()
                .map(|(n, v)| (n.as_str(), v.as_str().unwrap())),
        );
    }
    cost_of(&tape, &hints, at_ms).map_err(|error| error.to_string())
}

#[test]
fn the_json_is_every_language_s_byte_for_byte() {
    for (name, vector) in vectors("bytes") {
        let cost = priced(&vector["input"]).unwrap();
        let text = serde_json::to_string(&cost).unwrap();
        assert_eq!(text, vector["expect"].as_str().unwrap(), "{name}");
    }
}

#[test]
fn responses_cost_what_the_vectors_say() {
    let mut wrong = Vec::new();
    for (name, vector) in vectors("cost") {
        let answer = answer(&vector["input"]);
        if answer != vector["expect"] {
            wrong.push(format!(
                "{name}\n  expected {}\n  got      {answer}",
                vector["expect"]
            ));
        }
        let nanos = |line: &Value| line["amountNanos"].as_i64().unwrap();
        if answer["cost"]["basis"] == "reported" {
            continue; // Stated as a whole: the lines stand with the computed cost.
        }
        if let (Some(lines), Some(amount)) = (
            answer["cost"]["lines"].as_array(),
            answer["cost"]["amountNanos"].as_i64(),
        ) {
            assert_eq!(
                lines.iter().map(nanos).sum::<i64>(),
                amount,
                "{name}: the lines do not add up"
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_error_code_is_listed_with_its_status() {
    let (_, table) = vectors("errors").remove(0);
    let rows = table.as_array().unwrap();
    assert_eq!(rows.len(), ErrorCode::ALL.len());
    for (row, code) in rows.iter().zip(ErrorCode::ALL) {
        assert_eq!(row["code"], code.as_str());
        assert_eq!(row["status"], code.http_status());
        assert_eq!(row["retry"], code.retry() == Retry::Later);
        assert_eq!(row["node"], code.as_str().to_lowercase());
    }
}

#[test]
fn delivery_follows_its_scripts() {
    for (name, script) in vectors("delivery") {
        Script::new(&script).play(&name, script["steps"].as_array().unwrap());
    }
}

struct Script {
    delivery: Delivery,
    last: Option<Batch>,
}

impl Script {
    fn new(script: &Value) -> Self {
        let mut policy = Policy::default();
        let set = |name: &str| {
            script["policy"][name]
                .as_u64()
                .map(|n| usize::try_from(n).unwrap())
        };
        policy.max_queue_events = set("maxQueueEvents").unwrap_or(policy.max_queue_events);
        policy.max_queue_bytes = set("maxQueueBytes").unwrap_or(policy.max_queue_bytes);
        policy.max_batch_events = set("maxBatchEvents").unwrap_or(policy.max_batch_events);
        policy.max_batch_bytes = set("maxBatchBytes").unwrap_or(policy.max_batch_bytes);
        policy.max_event_bytes = set("maxEventBytes").unwrap_or(policy.max_event_bytes);
        Self {
            delivery: Delivery::new(policy),
            last: None,
        }
    }

    fn play(&mut self, name: &str, steps: &[Value]) {
        for (number, step) in steps.iter().enumerate() {
            let place = format!("{name}, step {number}: {step}");
            let at = step["at"].as_i64().unwrap();
            if let Some(event) = step["enqueue"].as_str() {
                let size = step["size"]
                    .as_u64()
                    .map_or(0, |n| usize::try_from(n).unwrap());
                let bytes = format!("{:<size$}", json!({ "idempotencyKey": event }).to_string());
                assert_eq!(
                    queued(self.delivery.enqueue(bytes.into_bytes(), at)),
                    step["expect"],
                    "{place}"
                );
            } else if !step["next"].is_null() {
                assert_eq!(self.next(at), step["next"], "{place}");
            } else if !step["report"].is_null() {
                assert_eq!(self.report(step, at), step["problems"], "{place}");
            } else if step["flush"] == true {
                self.delivery.flush();
            } else if step["close"] == true {
                self.delivery.close();
            } else if let Some(flushed) = step["flushed"].as_bool() {
                assert_eq!(self.delivery.is_flushed(), flushed, "{place}");
            } else {
                let stats = serde_json::to_value(self.delivery.stats()).unwrap();
                for (field, expected) in step["stats"].as_object().unwrap() {
                    assert_eq!(&stats[field], expected, "{place}: {field}");
                }
            }
            let stats = self.delivery.stats();
            assert_eq!(
                stats.tracked,
                stats.sent + stats.dropped + stats.pending,
                "{place}"
            );
        }
    }

    fn next(&mut self, at: i64) -> Value {
        match self.delivery.next_step(at) {
            Step::Idle => json!("idle"),
            Step::WaitUntil(until) => json!({ "waitUntil": until }),
            Step::Send(batch) => {
                let body: Value = serde_json::from_slice(&batch.body).unwrap();
                let events = body["events"].as_array().unwrap();
                let names: Vec<&Value> = events
                    .iter()
                    .map(|event| &event["idempotencyKey"])
                    .collect();
                assert_eq!(names.len(), batch.events);
                let answer = json!({ "send": names });
                self.last = Some(batch);
                answer
            }
        }
    }

    #[expect(
        clippy::float_arithmetic,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "scripts write jitter as a fraction"
    )]
    fn report(&mut self, step: &Value, at: i64) -> Value {
        let report = &step["report"];
        let body = if report["body"].is_null() {
            String::new()
        } else {
            report["body"].to_string()
        };
        let outcome = match report.as_str() {
            Some("unreachable") => Outcome::Unreachable,
            _ => Outcome::Answered {
                status: u16::try_from(report["status"].as_u64().unwrap()).unwrap(),
                retry_after: report["retryAfter"].as_str(),
                body: body.as_bytes(),
            },
        };
        let jitter = (step["jitter"].as_f64().unwrap_or(0.0) * 4_294_967_296.0) as u32;
        let batch = self.last.take().unwrap();
        let problems = self.delivery.report(batch.id, &outcome, at, jitter);
        problems
            .iter()
            .map(|p| json!({ "code": p.code, "events": p.events }))
            .collect()
    }
}

fn queued(result: Enqueued) -> &'static str {
    match result {
        Enqueued::Queued => "queued",
        Enqueued::Dropped(DropReason::QueueFull) => "queueFull",
        Enqueued::Dropped(DropReason::TooLarge) => "tooLarge",
        Enqueued::Dropped(DropReason::Rejected) => "rejected",
        Enqueued::Dropped(DropReason::Expired) => "expired",
        Enqueued::Dropped(DropReason::Closed) => "closed",
    }
}
