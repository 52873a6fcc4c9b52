//! A service that takes every event and answers at once, for all SDKs alike, so that what is measured is the SDK.
//!
//! It counts the events of each path: what was not delivered is not measured.

use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Where our SDKs send to.
const OURS: &str = "/v1/usage/events/batch";

/// Events by path.
type Counts = Arc<Mutex<HashMap<String, usize>>>;

/// The list of events in a request, by the name that each SDK gives it.
#[derive(Deserialize)]
struct Sent {
    #[serde(alias = "batch")]
    events: Vec<IgnoredAny>,
}

/// Starts it and answers its url. It ends with the process.
pub(super) fn start() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    let counts = Counts::default();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let counts = Arc::clone(&counts);
            // A client that goes away is no reason to stop.
            thread::spawn(move || serve(stream, &counts));
        }
    });
    Ok(url)
}

fn serve(stream: TcpStream, counts: &Counts) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::with_capacity(1 << 18, stream);
    let mut answers: HashMap<usize, String> = HashMap::new();
    while let Some((path, length)) = head(&mut reader)? {
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let (status, answer) = if path == "/counts" {
            let counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
            (200, serde_json::to_string(&*counts)?)
        } else {
            let events = serde_json::from_slice::<Sent>(&body).map_or(0, |sent| sent.events.len());
            if path == OURS {
                let answer = answers.entry(events).or_insert_with(|| results(events));
                note(counts, path, events);
                (201, answer.clone())
            } else {
                note(counts, path, events);
                (200, r#"{"status":1}"#.to_owned())
            }
        };
        write!(
            writer,
            "HTTP/1.1 {status} OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{answer}",
            answer.len()
        )?;
    }
    Ok(())
}

fn note(counts: &Counts, path: String, events: usize) {
    let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
    *counts.entry(path).or_default() += events;
}

/// Path and length of the next request's body; `None` when there is no more.
fn head(reader: &mut impl BufRead) -> io::Result<Option<(String, usize)>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let target = line.split(' ').nth(1).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            return Ok(Some((path, length)));
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
}

/// What the service answers to so many new events.
fn results(events: usize) -> String {
    let mut answer =
        format!(r#"{{"recordedCount":{events},"skippedCount":0,"failedCount":0,"results":["#);
    for index in 0..events {
        let comma = if index == 0 { "" } else { "," };
        // Writing into a text cannot fail.
        let _ = write!(
            answer,
            r#"{comma}{{"index":{index},"eventId":"0b7e5f0a-6f5e-5d0e-9a51-{index:012x}","userId":"user_123","metricName":"tokens","quantity":2036,"eventTimestamp":"2026-11-20T12:00:00.000Z","recorded":true,"cost":{{"amount":0.00548,"currency":"USD","basis":"exact","priceId":"openai/gpt-4o@2024-08-06"}}}}"#
        );
    }
    answer.push_str("]}");
    answer
}
