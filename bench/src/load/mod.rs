//! Batches and single events over HTTP: both hosts beside a plain JavaScript Durable Object that only inserts the
//! same rows, in turns, so that what else the machine does meets all of them alike.

mod client;
mod contender;
mod routing;

use crate::measure::{Outcome, line, section};
use client::{Client, Target};
use contender::{CONTENDERS, Contender, Running};
pub(crate) use contender::{wait_for, workerd};
pub(crate) use routing::run as routing;
use std::error::Error;

/// Rounds of each, unless `BEARLUMEN_BENCH_ROUNDS` says how many.
const ROUNDS: u64 = 3;
const BATCH_CLIENTS: u64 = 4;
/// So many that the quickest host is measured for half a second at least, not while it starts or settles sums.
const BATCHES_PER_CLIENT: u64 = 50;
const SINGLE_CLIENTS: u64 = 16;
const SINGLES_PER_CLIENT: u64 = 600;
/// A ledger that an index over random ids no longer fits beside.
const LARGE: u64 = 1_000_000;
const ORGANIZATIONS: u64 = 8;

/// Events a second, and microseconds of the host's processor time an event.
#[derive(Debug, Clone, Copy, Default)]
struct Figure {
    rate: f64,
    cpu_us: f64,
}

pub(crate) type Fallible<T> = Result<T, Box<dyn Error>>;

fn round_count() -> u64 {
    let set = std::env::var("BEARLUMEN_BENCH_ROUNDS");
    set.ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(ROUNDS)
}

pub(crate) fn run() -> Outcome {
    section("Over HTTP, one organisation, fresh ledger (the load generator shares the machine)");
    let mut batches: Vec<Vec<Figure>> = vec![Vec::new(); CONTENDERS.len()];
    let mut singles = batches.clone();
    for round in 0..round_count() {
        for ((contender, batches), singles) in CONTENDERS.iter().zip(&mut batches).zip(&mut singles)
        {
            let running = Running::start(contender)?;
            let target = running.target();
            send_batches(&running, &target, &format!("warm{round}"), 1)?;
            batches.push(send_batches(
                &running,
                &target,
                &format!("b{round}"),
                BATCHES_PER_CLIENT,
            )?);
            singles.push(send_singles(&running, &target, round)?);
        }
    }
    let batches: Vec<Figure> = batches.into_iter().map(median).collect();
    let singles: Vec<Figure> = singles.into_iter().map(median).collect();
    let best = print("batches of 1000, 4 connections", &batches);
    print("single events, 16 connections", &singles);
    if std::env::var("BEARLUMEN_BENCH_FRESH_ONLY").is_ok() {
        return Ok(());
    }
    large(best)?;
    organizations(&batches)
}

/// The same on a ledger of a million events, and what an event takes on the disk.
fn large(best_reference: usize) -> Outcome {
    section(&format!(
        "Over HTTP, one organisation, after {LARGE} events"
    ));
    let mut figures = Vec::new();
    for (number, contender) in CONTENDERS.iter().enumerate() {
        if contender.is_reference() && number != best_reference {
            figures.push(Figure::default());
            continue;
        }
        let running = Running::start(contender)?;
        let target = running.target();
        send_batches(&running, &target, "fill", LARGE / 1000 / BATCH_CLIENTS)?;
        let mut rounds = Vec::new();
        for round in 0..round_count() {
            rounds.push(send_batches(
                &running,
                &target,
                &format!("large{round}"),
                BATCHES_PER_CLIENT,
            )?);
        }
        figures.push(median(rounds));
        let events = LARGE + round_count() * BATCHES_PER_CLIENT * BATCH_CLIENTS * 1000;
        line(
            &format!("{}: stored, all included", contender.name),
            running.stop_and_weigh()? as f64 / events as f64,
            "bytes/event",
            None,
        );
    }
    print("batches of 1000, 4 connections", &figures);
    Ok(())
}

/// Eight organisations at once on the native server, a connection each.
fn organizations(batches: &[Figure]) -> Outcome {
    section(&format!(
        "Over HTTP, {ORGANIZATIONS} organisations at once, native"
    ));
    let Some((native, one)) = CONTENDERS.iter().zip(batches).next_back() else {
        return Ok(());
    };
    let running = Running::start(native)?;
    let targets = (0..ORGANIZATIONS)
        .map(|_| running.another_organization())
        .collect::<Fallible<Vec<Target>>>()?;
    let mut rounds = Vec::new();
    for round in 0..round_count() {
        let clients: Vec<Client> = targets
            .iter()
            .map(|target| target.batches(&format!("o{round}"), BATCHES_PER_CLIENT))
            .collect();
        rounds.push(running.measure(&clients, ORGANIZATIONS * BATCHES_PER_CLIENT * 1000)?);
    }
    let figure = median(rounds);
    line(
        "batches of 1000, 8 connections",
        figure.rate,
        "events/s",
        Some(("one organisation", figure.rate / one.rate)),
    );
    Ok(())
}

fn send_batches(running: &Running, target: &Target, name: &str, each: u64) -> Fallible<Figure> {
    let clients: Vec<Client> = (0..BATCH_CLIENTS)
        .map(|client| target.batches(&format!("{name}-{client}"), each))
        .collect();
    running.measure(&clients, BATCH_CLIENTS * each * 1000)
}

fn send_singles(running: &Running, target: &Target, round: u64) -> Fallible<Figure> {
    let clients: Vec<Client> = (0..SINGLE_CLIENTS)
        .map(|client| target.singles(&format!("s{round}-{client}"), SINGLES_PER_CLIENT))
        .collect();
    running.measure(&clients, SINGLE_CLIENTS * SINGLES_PER_CLIENT)
}

fn median(mut figures: Vec<Figure>) -> Figure {
    figures.sort_by(|a, b| a.rate.total_cmp(&b.rate));
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// Prints each contender beside the best reference, which it names.
fn print(what: &str, figures: &[Figure]) -> usize {
    let of = |name: fn(&Contender) -> bool| {
        let those = CONTENDERS
            .iter()
            .zip(figures)
            .enumerate()
            .filter(move |(_, (c, _))| name(c));
        those.max_by(|a, b| a.1.1.rate.total_cmp(&b.1.1.rate))
    };
    let Some((best, (_, reference))) = of(Contender::is_reference) else {
        return 0;
    };
    let wasm =
        of(|contender| contender.name.starts_with("wasm")).map(|(_, (_, figure))| figure.rate);
    println!("  {what}");
    for (contender, figure) in CONTENDERS
        .iter()
        .zip(figures)
        .filter(|(_, figure)| figure.rate > 0.0)
    {
        let beside = match wasm {
            Some(wasm) if contender.name.starts_with("native") => {
                format!(", {:.2} x wasm", figure.rate / wasm)
            }
            _ => String::new(),
        };
        println!(
            "    {:<44} {:>10.0} events/s {:>8.1} us of CPU   {:.2} x the best reference{beside}",
            contender.name,
            figure.rate,
            figure.cpu_us,
            figure.rate / reference.rate
        );
    }
    best
}
