//! `bearlumen cost`

use super::CommandError;
use crate::surroundings::now_ms;
use bearlumen_core::call::cost_of;
use bearlumen_core::provider::Hints;
use bearlumen_core::response::parse_json;
use bearlumen_core::timestamp::{self, Moment};
use clap::Args;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use std::io::{BufRead, BufWriter, Write, stdin, stdout};

/// Arguments of `cost`: none. Lines are `{"response": {…}}` with optional `provider`, `model`, `url`, `at`.
#[derive(Args)]
pub struct Cost {}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    response: Option<&'a RawValue>,
    provider: Option<String>,
    model: Option<String>,
    url: Option<String>,
    at: Option<String>,
}

pub(super) fn run() -> Result<(), CommandError> {
    let mut out = BufWriter::new(stdout().lock());
    for line in stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        // A line that fails answers with a line too, so that answers stay in step with questions.
        let answer =
            answer(&line).unwrap_or_else(|message| json!({ "error": message }).to_string());
        writeln!(out, "{answer}")?;
    }
    out.flush()?;
    Ok(())
}

fn answer(line: &str) -> Result<String, String> {
    let line: Line<'_> = serde_json::from_str(line)
        .map_err(|error| format!("the line is not usable JSON: {error}"))?;
    let response = line
        .response
        .ok_or("missing response: expected {\"response\": {…}}")?;
    let at_ms = match line.at.as_deref() {
        None => now_ms(),
        Some(text) => match timestamp::parse(text) {
            Some(Moment::Instant(ms)) => ms,
            _ => return Err("invalid at: expected an ISO 8601 date-time".to_owned()),
        },
    };
    let tape = parse_json(response.get().as_bytes()).map_err(|error| error.to_string())?;
    let hints = Hints {
        url: line.url.as_deref(),
        provider: line.provider.as_deref(),
        model: line.model.as_deref(),
    };
    let cost = cost_of(&tape, &hints, at_ms).map_err(|error| error.to_string())?;
    serde_json::to_string(&cost).map_err(|error| error.to_string())
}
