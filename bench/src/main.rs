//! `make bench`: every figure is the median of five rounds, beside its floor measured in the same run.
//! Figures of different machines or runs do not compare; the ratios do.

#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "times and ratios for a person to read"
)]

mod forecast;
mod ingest;
mod languages;
mod load;
mod measure;
mod queries;
mod response;
mod sample;
mod start;

use std::process::ExitCode;

fn main() -> ExitCode {
    let only: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |name: &str| only.is_empty() || only.iter().any(|o| o == name);
    let mut failed = false;
    for (name, run) in [
        ("response", response::run as fn() -> measure::Outcome),
        ("forecast", forecast::run),
        ("languages", languages::run),
        ("ingest", ingest::run),
        ("load", load::run),
        ("routing", load::routing),
        ("start", start::run),
        ("queries", queries::run),
    ] {
        if wanted(name)
            && let Err(reason) = run()
        {
            println!("{name}: {reason}");
            failed = true;
        }
    }
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
