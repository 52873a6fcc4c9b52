//! The same response priced from Python and from Node, through the built packages.

use crate::measure::{Outcome, line, section};
use crate::sample::RESPONSE;
use serde_json::Value;
use std::error::Error;
use std::process::Command;

pub(crate) fn run() -> Outcome {
    section(&format!(
        "One response of {} bytes, from Python and Node",
        RESPONSE.len()
    ));
    for (program, script) in [
        ("target/python/bin/python", "bench/languages/response.py"),
        ("node", "bench/languages/response.mjs"),
    ] {
        for (what, nanos, faster) in figures(program, script)? {
            let beside = faster.map(|times| ("as fast as genai-prices", times));
            line(&what, nanos, "ns", beside);
        }
    }
    Ok(())
}

/// What, how long, and how many times as fast as the peer.
type Figure = (String, f64, Option<f64>);

/// The script's lines, each `{"what", "nanos", "faster"}`.
fn figures(program: &str, script: &str) -> Result<Vec<Figure>, Box<dyn Error>> {
    let output = Command::new(program)
        .arg(script)
        .env("BENCH_RESPONSE", RESPONSE)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    String::from_utf8(output.stdout)?
        .lines()
        .map(|text| {
            let figure: Value = serde_json::from_str(text)?;
            let what = figure
                .get("what")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            Ok((
                what,
                figure
                    .get("nanos")
                    .and_then(Value::as_f64)
                    .unwrap_or(f64::NAN),
                figure.get("faster").and_then(Value::as_f64),
            ))
        })
        .collect()
}
