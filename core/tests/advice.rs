//! The vectors of the advisory functions, which every language reads: forecast, anomalies, counterfactual, routing.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use bearlumen_core::anomaly::anomalies_json;
use bearlumen_core::counterfactual::savings_json;
use bearlumen_core::event::FieldError;
use bearlumen_core::forecast::forecast_json;
use bearlumen_core::routing::{Prices, route, route_json};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Where `expect` says something, `got` says the same. An object of `expect` may leave fields out.
fn difference(expect: &Value, got: &Value, at: &str) -> Option<String> {
    match (expect, got) {
        (Value::Object(expect), Value::Object(got)) => expect.iter().find_map(|(name, value)| {
            let at = format!("{at}.{name}");
            match got.get(name) {
                Some(got) => difference(value, got, &at),
                None => Some(format!("{at} is missing")),
            }
        }),
        (Value::Array(expect), Value::Array(got)) if expect.len() == got.len() => expect
            .iter()
            .zip(got)
            .enumerate()
            .find_map(|(index, (expect, got))| difference(expect, got, &format!("{at}[{index}]"))),
        // 10 and 10.0 are one number to every reader.
        (Value::Number(expect), Value::Number(got)) if expect.as_f64() == got.as_f64() => None,
        _ if expect == got => None,
        _ => Some(format!("{at} is {got}, expected {expect}")),
    }
}

fn run(folder: &str, answer: fn(&str) -> Result<String, FieldError>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/vectors")
        .join(folder);
    let mut count = 0;
    let mut wrong = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let vector: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let question = match vector.get("inputText") {
            Some(text) => text.as_str().unwrap().to_owned(),
            None => vector["input"].to_string(),
        };
        let got = match answer(&question) {
            Ok(answer) => serde_json::from_str(&answer).unwrap(),
            Err(error) => json!({"error": {"field": error.field, "message": error.message}}),
        };
        if let Some(difference) = difference(&vector["expect"], &got, "answer") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            wrong.push(format!("{name}: {difference}\n{got}"));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 0, "no vectors in {}", folder.display());
}

#[test]
fn forecast_vectors() {
    run("forecast", forecast_json);
}

#[test]
fn anomaly_vectors() {
    run("anomaly", anomalies_json);
}

#[test]
fn counterfactual_vectors() {
    run("counterfactual", savings_json);
}

#[test]
fn routing_vectors() {
    run("routing", route_json);
}

#[test]
fn a_price_made_ready_is_the_price() {
    let own =
        json!({"rates": [{"model": "nobody-sells-it", "usd": {"input": "1", "output": "1"}}]});
    let mut ready = Prices::default();
    for at in [
        "2026-11-20T12:00:00Z",
        "2026-11-20T12:00:59Z",
        "2027-06-01T00:00:00Z",
    ] {
        for tokens in [0, 1, 128_001, 200_000, 200_001, 272_001, 900_000] {
            let question = json!({"inputTokens": tokens, "outputTokens": 1_000, "at": at});
            let mut slowly = question.clone();
            slowly["ownPrices"] = own.clone();
            let slowly = route_json(&slowly.to_string()).unwrap();
            let quickly = route(&question, None, &mut ready).unwrap();
            assert_eq!(
                serde_json::to_string(&quickly).unwrap(),
                slowly,
                "{tokens} {at}"
            );
        }
    }
}
