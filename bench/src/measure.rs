//! Rounds, medians and the lines they are printed as.

use std::time::{Duration, Instant};

/// A section's end.
pub(crate) type Outcome = Result<(), Box<dyn std::error::Error>>;

const ROUNDS: usize = 5;

/// The median of five rounds of `round`, which says how long its part took.
pub(crate) fn median_of<E>(mut round: impl FnMut() -> Result<Duration, E>) -> Result<Duration, E> {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        times.push(round()?);
    }
    times.sort_unstable();
    Ok(times.get(ROUNDS / 2).copied().unwrap_or_default())
}

/// The median time of one call, in nanoseconds, over rounds of `calls`.
pub(crate) fn nanos_per_call(calls: u32, mut call: impl FnMut()) -> f64 {
    let time = median_of::<std::convert::Infallible>(|| {
        let started = Instant::now();
        for _ in 0..calls {
            call();
        }
        Ok(started.elapsed())
    });
    let Ok(time) = time;
    time.as_secs_f64() * 1e9 / f64::from(calls)
}

/// A heading.
pub(crate) fn section(title: &str) {
    println!("\n{title}");
}

/// One figure, and how it compares with its floor.
pub(crate) fn line(what: &str, value: f64, unit: &str, beside: Option<(&str, f64)>) {
    let ratio = beside.map_or_else(String::new, |(floor, ratio)| {
        format!("   {ratio:.2} x {floor}")
    });
    println!("  {what:<52} {value:>12.2} {unit}{ratio}");
}
