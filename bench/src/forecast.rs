//! How the forecast fares on series whose truth is known, beside "same as last week"; how long one takes.

use crate::measure::{Outcome, line, nanos_per_call, section};
use bearlumen_core::forecast::{Level, forecast};
use bearlumen_core::routing::route_json;

#[path = "../../core/tests/synthetic/mod.rs"]
mod synthetic;

/// Series of each kind.
const ROUNDS: u64 = 400;

/// Prints the table of `docs/forecast.md` and the time of an answer.
pub(crate) fn run() -> Outcome {
    section(
        "Forecast: 400 series of each kind, 35 to 112 days long, 30 days ahead, 80 % intervals",
    );
    println!("  errors in % of the mean day, last week's in brackets; sums are of 30 days");
    println!(
        "  {:<18}{:>15}{:>15}{:>15}{:>7}{:>7}{:>7}{:>6}{:>6}",
        "kind", "MAE", "sMAPE", "error of sum", "days", "sums", "width", "up", "down"
    );
    for (kind, name) in synthetic::KINDS {
        let s = synthetic::back_test(kind, ROUNDS, Level::P80);
        let pair = |own: f64, naive: f64| format!("{own:.1} ({naive:.1})");
        println!(
            "  {name:<18}{:>15}{:>15}{:>15}{:>7.1}{:>7.1}{:>7.1}{:>6.1}{:>6.1}",
            pair(s.mae, s.naive_mae),
            pair(s.smape, s.naive_smape),
            pair(s.sum_error, s.naive_sum_error),
            s.days_covered,
            s.sums_covered,
            s.width,
            s.up,
            s.down,
        );
    }
    println!(
        "  days, sums: % inside their interval; width: of the sum's; up, down: % told to have that trend"
    );

    let (past, _) = synthetic::series(synthetic::Kind::SeasonAndTrend, 7, 84);
    let series = synthetic::daily(&past);
    let nanos = nanos_per_call(50, || {
        std::hint::black_box(forecast(&series, 30, Level::P80));
    });
    line("a forecast of twelve weeks", nanos / 1e3, "us", None);
    let question = r#"{"prompt": "Summarize this research paper in three sentences.", "priority": "balanced",
        "qualityRequirement": "medium", "maxLatencyMs": 3000, "at": "2026-11-20T12:00:00Z",
        "latencies": [{"provider": "openai", "model": "gpt-5-mini", "latencyMs": 900}]}"#;
    route_json(question).map_err(|error| error.message)?;
    let nanos = nanos_per_call(200, || {
        std::hint::black_box(route_json(question).is_ok());
    });
    line("a routing decision", nanos / 1e3, "us", None);
    Ok(())
}
