//! A routing decision beside an empty request, `GET /v1/ping`, over the same connections in turns.

use super::client::Target;
use super::contender::{CONTENDERS, Contender, Running};
use super::{Fallible, round_count};
use crate::measure::{Outcome, section};
use bearlumen_server::now_ms;
use std::thread;
use std::time::{Duration, Instant};

/// How long each round asks.
const ROUND: Duration = Duration::from_secs(3);

/// Models that the organisation has measured: latencies of its own count.
const MEASURED: [(&str, &str); 6] = [
    ("openai", "gpt-5.4"),
    ("openai", "gpt-5.4-mini"),
    ("openai", "gpt-5-mini"),
    ("anthropic", "claude-haiku-4-5"),
    ("anthropic", "claude-sonnet-4-6"),
    ("google", "gemini-2.5-flash"),
];

const QUESTION: &str = r#"{"prompt":"Summarize this research paper...","preferences":{"priority":"quality","maxLatencyMs":3000,"qualityRequirement":"high"}}"#;

/// Prints the medians of both on both hosts.
pub(crate) fn run() -> Outcome {
    section("A routing decision over HTTP beside an empty request, in turns");
    for host in CONTENDERS.iter().filter(|host| host.is_host()) {
        let running = Running::start(host)?;
        let target = running.target();
        measured(&target)?;
        for (connections, beside) in [(1, 0), (16, 0), (4, 4)] {
            let mut rounds = Vec::new();
            for round in 0..round_count() {
                rounds.push(ask(&target, connections, beside, round)?);
            }
            rounds.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
            if let Some(median) = rounds.get(rounds.len() / 2) {
                print(host, connections, beside, median);
            }
        }
    }
    Ok(())
}

struct Medians {
    empty: Duration,
    decision: Duration,
}

impl Medians {
    fn ratio(&self) -> f64 {
        self.decision.as_secs_f64() / self.empty.as_secs_f64()
    }
}

fn measured(target: &Target) -> Outcome {
    let runs = MEASURED.iter().enumerate().map(|(number, (provider, model))| {
        let body = format!(
            r#"{{"provider":"{provider}","model":"{model}","inputTokens":10,"outputTokens":10,"latency":{}}}"#,
            800 + 300 * number
        );
        ("POST", "/integrations/run", body)
    });
    target
        .sending(runs)
        .time(Instant::now() + Duration::from_millis(1))?;
    Ok(())
}

/// Both in turns over so many connections, while others send single events.
fn ask(target: &Target, connections: u64, beside: u64, round: u64) -> Fallible<Medians> {
    let deadline = Instant::now() + ROUND;
    let asked = [
        ("GET", "/v1/ping", String::new()),
        ("POST", "/routing/context-aware", QUESTION.to_owned()),
    ];
    let both = target.sending(asked.into_iter());
    let mut empty = Vec::new();
    let mut decision = Vec::new();
    thread::scope(|scope| -> std::io::Result<()> {
        for writer in 0..beside {
            let name = format!("beside {connections} {round} {writer} {}", now_ms());
            let events = target.singles(&name, 20_000);
            scope.spawn(move || events.send_until(deadline));
        }
        let clients: Vec<_> = (0..connections)
            .map(|_| scope.spawn(|| both.time(deadline)))
            .collect();
        for client in clients {
            let times = client
                .join()
                .map_err(|_| std::io::Error::other("a client broke"))??;
            if let [of_empty, of_decision] = times.as_slice() {
                empty.extend_from_slice(of_empty);
                decision.extend_from_slice(of_decision);
            }
        }
        Ok(())
    })?;
    Ok(Medians {
        empty: median(empty),
        decision: median(decision),
    })
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn print(host: &Contender, connections: u64, beside: u64, medians: &Medians) {
    let beside = if beside > 0 {
        format!(", {beside} more send events")
    } else {
        String::new()
    };
    let what = format!("{}, {connections} connections{beside}", host.name);
    let us = |time: Duration| time.as_secs_f64() * 1e6;
    println!(
        "  {what:<52} {:>8.0} us   {:.2} x the empty request ({:.0} us)",
        us(medians.decision),
        medians.ratio(),
        us(medians.empty)
    );
}
