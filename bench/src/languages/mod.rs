//! What the SDKs cost their callers, through the built packages, beside their peers. One stub service for all, the same
//! response, the same run; figures are medians of five rounds in turns.

mod stub;

use crate::measure::{Outcome, section};
use crate::sample::RESPONSE;
use serde::Deserialize;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

const PYTHON: &str = "target/bench-python/bin/python";

/// Title and script of each part, which stands there for both languages.
const PARTS: [(&str, &str); 6] = [
    ("One response priced", "response"),
    ("One response tracked: enqueued and priced", "track"),
    ("A stream passed through, added to each chunk", "stream"),
    ("Events delivered by one process", "deliver"),
    ("A process that imports it", "startup"),
    ("100,000 events queued, the service away", "memory"),
];

pub(crate) fn run() -> Outcome {
    let url = stub::start()?;
    for (title, script) in PARTS {
        section(title);
        tell(PYTHON, &format!("bench/languages/{script}.py"), &url)?;
        tell("node", &format!("bench/languages/{script}.mjs"), &url)?;
    }
    Ok(())
}

/// A script's line: a figure, and how it compares with another.
#[derive(Deserialize)]
struct Figure {
    what: String,
    value: f64,
    unit: String,
    #[serde(default)]
    ratio: Option<f64>,
    #[serde(default)]
    beside: Option<String>,
}

/// Prints a script's lines as they come.
fn tell(program: &str, script: &str, url: &str) -> Result<(), Box<dyn Error>> {
    let mut running = Command::new(program)
        .arg(script)
        .env("BENCH_RESPONSE", RESPONSE)
        .env("BENCH_STUB", url)
        .stdout(Stdio::piped())
        .spawn()?;
    for line in running
        .stdout
        .take()
        .into_iter()
        .flat_map(|out| BufReader::new(out).lines())
    {
        let figure: Figure = serde_json::from_str(&line?)?;
        let beside = figure.ratio.map_or_else(String::new, |ratio| {
            format!(
                "   {ratio:.2} x {}",
                figure.beside.as_deref().unwrap_or_default()
            )
        });
        println!(
            "  {:<58} {:>12.2} {}{beside}",
            figure.what, figure.value, figure.unit
        );
    }
    let ended = running.wait()?;
    if ended.success() {
        Ok(())
    } else {
        Err(format!("{script} ended with {ended}").into())
    }
}
