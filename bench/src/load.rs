//! Batches and single events over HTTP to both hosts, one organisation, as fast as they are answered.

use crate::measure::{Outcome, line, section};
use crate::sample;
use bearlumen_server::now_ms;
use serde_json::Value;
use std::error::Error;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const BATCH_CLIENTS: u64 = 4;
const BATCHES_PER_CLIENT: u64 = 25;
const SINGLE_CLIENTS: u64 = 16;
const SINGLES_PER_CLIENT: u64 = 250;

pub(crate) fn run() -> Outcome {
    let mut rates = Vec::new();
    for (host, command) in [
        ("wasm on workerd", ["target/debug/xtask", "edge"]),
        ("native", ["target/release/bearlumen", "serve"]),
    ] {
        section(&format!(
            "Over HTTP, one organisation, {host} (the load generator shares the machine)"
        ));
        let folder = tempfile::tempdir()?;
        let running = Running::start(&command, folder.path())?;
        let batches = median_rate(|round| running.batches(round))?;
        line("batches of 1000, 4 connections", batches, "events/s", None);
        let singles = median_rate(|round| running.singles(round))?;
        line("single events, 16 connections", singles, "events/s", None);
        rates.push((batches, singles));
    }
    if let [
        (wasm_batches, wasm_singles),
        (native_batches, native_singles),
    ] = rates.as_slice()
    {
        section("Native beside wasm");
        line("batches", native_batches / wasm_batches, "x", None);
        line("single events", native_singles / wasm_singles, "x", None);
    }
    Ok(())
}

fn median_rate(
    mut round: impl FnMut(u64) -> Result<f64, Box<dyn Error>>,
) -> Result<f64, Box<dyn Error>> {
    let mut rates = (0..5).map(&mut round).collect::<Result<Vec<f64>, _>>()?;
    rates.sort_by(f64::total_cmp);
    Ok(rates.get(2).copied().unwrap_or_default())
}

struct Running {
    process: Child,
    address: String,
    key: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        // The folder goes with it, so there is nothing to stop cleanly.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Running {
    fn start(command: &[&str; 2], folder: &Path) -> Result<Self, Box<dyn Error>> {
        let ready = folder.join("ready.json");
        let [program, subcommand] = command;
        let mut process = Command::new(program)
            .args([subcommand, "--addr", "127.0.0.1:0", "--data"])
            .arg(folder.join("data"))
            .arg("--ready-file")
            .arg(&ready)
            .env("BEARLUMEN_LOG", "warn")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let started = Instant::now();
        let told: Value = loop {
            if let Some(told) = fs::read_to_string(&ready)
                .ok()
                .and_then(|t| serde_json::from_str(&t).ok())
            {
                break told;
            }
            if process.try_wait()?.is_some() || started.elapsed() > Duration::from_mins(2) {
                return Err(format!("{program} {subcommand} did not start").into());
            }
            thread::sleep(Duration::from_millis(20));
        };
        let text = |field: &str| {
            told.get(field)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let address = text("base_url").replace("http://", "");
        Ok(Self {
            process,
            address,
            key: text("api_key"),
        })
    }

    fn batches(&self, round: u64) -> Result<f64, Box<dyn Error>> {
        let bodies = |client: u64| {
            (0..BATCHES_PER_CLIENT)
                .map(|n| sample::batch(&format!("r{round}c{client}"), n, now_ms()))
                .collect::<Vec<_>>()
        };
        let seconds = self.send("/v1/usage/events/batch", BATCH_CLIENTS, bodies)?;
        Ok((BATCH_CLIENTS * BATCHES_PER_CLIENT * 1000) as f64 / seconds)
    }

    fn singles(&self, round: u64) -> Result<f64, Box<dyn Error>> {
        let bodies = |client: u64| {
            (0..SINGLES_PER_CLIENT)
                .map(|n| {
                    format!(
                        r#"{{"idempotencyKey":"s{round}-{client}-{n}","provider":"openai","model":"gpt-4o","userId":"customer-{}","usage":{{"input":1000,"output":10}}}}"#,
                        n % 50
                    )
                })
                .collect::<Vec<_>>()
        };
        let seconds = self.send("/v1/usage/events", SINGLE_CLIENTS, bodies)?;
        Ok((SINGLE_CLIENTS * SINGLES_PER_CLIENT) as f64 / seconds)
    }

    fn send(
        &self,
        path: &str,
        clients: u64,
        bodies: impl Fn(u64) -> Vec<String>,
    ) -> Result<f64, Box<dyn Error>> {
        let prepared: Vec<Vec<Vec<u8>>> = (0..clients)
            .map(|client| {
                bodies(client)
                    .iter()
                    .map(|body| self.request(path, body))
                    .collect()
            })
            .collect();
        let wrong = AtomicU64::new(0);
        let started = Instant::now();
        thread::scope(|scope| {
            for requests in &prepared {
                scope.spawn(|| {
                    let created = self.exchange(requests).unwrap_or(0);
                    wrong.fetch_add(requests.len() as u64 - created, Ordering::Relaxed);
                });
            }
        });
        let seconds = started.elapsed().as_secs_f64();
        match wrong.into_inner() {
            0 => Ok(seconds),
            wrong => Err(format!("{wrong} requests were not answered 201").into()),
        }
    }

    fn request(&self, path: &str, body: &str) -> Vec<u8> {
        format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            self.key,
            body.len()
        )
        .into_bytes()
    }

    /// Sends one after the other over one connection; counts the answers with 201.
    fn exchange(&self, requests: &[Vec<u8>]) -> std::io::Result<u64> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        let mut created = 0;
        let mut buffer = Vec::with_capacity(1 << 20);
        for request in requests {
            stream.write_all(request)?;
            buffer.clear();
            while !is_whole(&buffer) {
                let mut chunk = [0; 16384];
                let read = stream.read(&mut chunk)?;
                if read == 0 {
                    return Ok(created);
                }
                buffer.extend_from_slice(chunk.get(..read).unwrap_or_default());
            }
            created += u64::from(buffer.starts_with(b"HTTP/1.1 201"));
        }
        Ok(created)
    }
}

/// Whether head and body of an answer are there: by its length, or by the last chunk.
fn is_whole(answer: &[u8]) -> bool {
    let Some(head_end) = answer.windows(4).position(|w| w == b"\r\n\r\n") else {
        return false;
    };
    let head =
        String::from_utf8_lossy(answer.get(..head_end).unwrap_or_default()).to_ascii_lowercase();
    let length = head.lines().find_map(|line| {
        line.strip_prefix("content-length:")?
            .trim()
            .parse::<usize>()
            .ok()
    });
    match length {
        Some(length) => answer.len() >= head_end + 4 + length,
        None => answer.ends_with(b"0\r\n\r\n"),
    }
}
