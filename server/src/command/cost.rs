//! `bearlumen cost`

mod table;

use super::CommandError;
use crate::surroundings::now_ms;
use bearlumen_core::call::{CallCost, cost_of, cost_of_stream};
use bearlumen_core::provider::Hints;
use bearlumen_core::response::parse_json;
use bearlumen_core::stream::{StreamFold, StreamText};
use bearlumen_core::timestamp::{self, Moment};
use clap::Args;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{BufRead, BufWriter, IsTerminal, Write, stdin, stdout};

/// Arguments of `cost`; its lines are described with the command.
#[derive(Args)]
pub struct Cost {
    /// JSON on a terminal, too.
    #[arg(long)]
    json: bool,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    response: Option<&'a RawValue>,
    #[serde(borrow)]
    stream: Option<&'a RawValue>,
    provider: Option<String>,
    model: Option<String>,
    url: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    at: Option<String>,
}

pub(super) fn run(arguments: &Cost) -> Result<(), CommandError> {
    let as_table = !arguments.json && stdout().is_terminal();
    let mut out = BufWriter::new(stdout().lock());
    if as_table {
        table::head(&mut out)?;
    }
    for line in stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        // A line that fails answers with a line too, so that answers stay in step with questions.
        let answer = answer(&line);
        if as_table {
            table::row(&mut out, &answer)?;
            // Who types the lines wants to see each answer.
            out.flush()?;
        } else {
            let text = match &answer {
                Ok(cost) => serde_json::to_string(cost)?,
                Err(message) => json!({ "error": message }).to_string(),
            };
            writeln!(out, "{text}")?;
        }
    }
    out.flush()?;
    Ok(())
}

fn answer(line: &str) -> Result<CallCost, String> {
    let line: Line<'_> = serde_json::from_str(line)
        .map_err(|error| format!("the line is not usable JSON: {error}"))?;
    let at_ms = match line.at.as_deref() {
        None => now_ms(),
        Some(text) => match timestamp::parse(text) {
            Some(Moment::Instant(ms)) => ms,
            _ => return Err("invalid at: expected an ISO 8601 date-time".to_owned()),
        },
    };
    match (line.response, line.stream) {
        (Some(response), None) => of_response(response, &line, at_ms),
        (None, Some(stream)) => of_stream(stream, &line, at_ms),
        _ => Err("expected either {\"response\": {…}} or {\"stream\": …}".to_owned()),
    }
}

impl Line<'_> {
    fn hints(&self) -> Hints<'_> {
        Hints {
            url: self.url.as_deref(),
            provider: self.provider.as_deref(),
            model: self.model.as_deref(),
        }
    }
}

fn of_response(response: &RawValue, line: &Line<'_>, at_ms: i64) -> Result<CallCost, String> {
    // A body that a log kept as text is as good as one that stands in the line.
    let body: Cow<'_, str> = if response.get().starts_with('"') {
        Cow::Owned(serde_json::from_str(response.get()).map_err(|error| error.to_string())?)
    } else {
        Cow::Borrowed(response.get())
    };
    let mut tape = parse_json(body.as_bytes()).map_err(|error| error.to_string())?;
    if !line.headers.is_empty() {
        tape.add_headers(
            line.headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
    }
    cost_of(&tape, &line.hints(), at_ms).map_err(|error| error.to_string())
}

fn of_stream(stream: &RawValue, line: &Line<'_>, at_ms: i64) -> Result<CallCost, String> {
    let mut fold = StreamFold::new();
    fold.add_headers(
        line.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    let mut text = StreamText::new();
    if stream.get().starts_with('"') {
        let whole: String =
            serde_json::from_str(stream.get()).map_err(|error| error.to_string())?;
        text.feed(whole.as_bytes(), &mut fold);
    } else if let Some(pieces) = pieces_of_text(stream) {
        for piece in pieces {
            text.feed_piece(piece.as_bytes(), &mut fold);
        }
    } else {
        text.feed(stream.get().as_bytes(), &mut fold);
    }
    text.finish(&mut fold);
    cost_of_stream(&fold, &line.hints(), at_ms).map_err(|error| error.to_string())
}

/// A stream's text as it came, piece by piece: a list of nothing but strings.
fn pieces_of_text(stream: &RawValue) -> Option<Vec<String>> {
    let pieces: Vec<String> = serde_json::from_str(stream.get()).ok()?;
    (!pieces.is_empty()).then_some(pieces)
}
