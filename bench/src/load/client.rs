//! Whom requests are sent to, and connections that send prepared ones.

use crate::sample;
use bearlumen_server::now_ms;
use std::io::{Read, Write};
use std::net::TcpStream;

/// An organisation on a host.
pub(super) struct Target {
    pub(super) address: String,
    pub(super) key: String,
}

/// What one connection sends.
pub(super) struct Client {
    address: String,
    requests: Vec<Vec<u8>>,
}

impl Target {
    /// So many batches of 1000.
    pub(super) fn batches(&self, name: &str, count: u64) -> Client {
        let bodies = (0..count).map(|n| sample::batch(name, n, now_ms()));
        self.client("/v1/usage/events/batch", bodies)
    }

    /// So many single events.
    pub(super) fn singles(&self, name: &str, count: u64) -> Client {
        let bodies = (0..count).map(|n| {
            format!(
                r#"{{"eventType":"llm_call","metricName":"tokens","idempotencyKey":"{}","provider":"openai","model":"gpt-4o","userId":"customer-{}","usage":{{"input":1000,"output":10}}}}"#,
                sample::key(name, n),
                n % 50
            )
        });
        self.client("/v1/usage/events", bodies)
    }

    fn client(&self, path: &str, bodies: impl Iterator<Item = String>) -> Client {
        let request = |body: String| {
            format!(
                "POST {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                self.address,
                self.key,
                body.len()
            )
            .into_bytes()
        };
        Client {
            address: self.address.clone(),
            requests: bodies.map(request).collect(),
        }
    }
}

impl Client {
    /// How many requests it has.
    pub(super) fn len(&self) -> usize {
        self.requests.len()
    }

    /// Sends one after the other over one connection; counts the answers with 201.
    pub(super) fn send(&self) -> std::io::Result<usize> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        let mut created = 0;
        let mut buffer = Vec::with_capacity(1 << 20);
        let mut chunk = vec![0; 1 << 16];
        for request in &self.requests {
            stream.write_all(request)?;
            buffer.clear();
            while !is_whole(&buffer) {
                let read = stream.read(&mut chunk)?;
                if read == 0 {
                    return Ok(created);
                }
                buffer.extend_from_slice(chunk.get(..read).unwrap_or_default());
            }
            created += usize::from(buffer.starts_with(b"HTTP/1.1 201"));
        }
        Ok(created)
    }
}

/// Whether head and body of an answer are there: by its length, or by the last chunk.
fn is_whole(answer: &[u8]) -> bool {
    let Some(head_end) = answer.windows(4).take(4096).position(|w| w == b"\r\n\r\n") else {
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
