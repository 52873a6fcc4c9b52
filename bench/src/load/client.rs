//! Whom requests are sent to, and connections that send prepared ones.

use crate::sample;
use bearlumen_server::now_ms;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

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
        self.sending(bodies.map(|body| ("POST", path, body)))
    }

    /// Requests: method, path, body.
    pub(super) fn sending<'a>(
        &self,
        requests: impl Iterator<Item = (&'a str, &'a str, String)>,
    ) -> Client {
        let request = |(method, path, body): (&str, &str, String)| {
            format!(
                "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                self.address,
                self.key,
                body.len()
            )
            .into_bytes()
        };
        Client {
            address: self.address.clone(),
            requests: requests.map(request).collect(),
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
        let mut connection = Connection::open(&self.address)?;
        let mut created = 0;
        for request in &self.requests {
            created += usize::from(connection.ask(request)?.starts_with(b"HTTP/1.1 201"));
        }
        Ok(created)
    }

    /// Sends one after the other until `deadline`, or until there are no more.
    pub(super) fn send_until(&self, deadline: Instant) -> std::io::Result<()> {
        let mut connection = Connection::open(&self.address)?;
        for request in &self.requests {
            if Instant::now() > deadline {
                break;
            }
            connection.ask(request)?;
        }
        Ok(())
    }

    /// Sends one after the other, over and over until `deadline`, and says how long each one's answers took.
    pub(super) fn time(&self, deadline: Instant) -> std::io::Result<Vec<Vec<Duration>>> {
        let mut connection = Connection::open(&self.address)?;
        let mut times = vec![Vec::new(); self.requests.len()];
        while Instant::now() < deadline {
            for (request, times) in self.requests.iter().zip(&mut times) {
                let asked = Instant::now();
                let is_well = connection.ask(request)?.starts_with(b"HTTP/1.1 20");
                times.push(asked.elapsed());
                if !is_well {
                    return Err(std::io::Error::other("a request was not answered 200"));
                }
            }
        }
        Ok(times)
    }
}

/// A connection that one request after the other goes over.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    chunk: Vec<u8>,
}

impl Connection {
    fn open(address: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(1 << 20),
            chunk: vec![0; 1 << 16],
        })
    }

    /// The whole answer.
    fn ask(&mut self, request: &[u8]) -> std::io::Result<&[u8]> {
        self.stream.write_all(request)?;
        self.buffer.clear();
        while !is_whole(&self.buffer) {
            let read = self.stream.read(&mut self.chunk)?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            self.buffer
                .extend_from_slice(self.chunk.get(..read).unwrap_or_default());
        }
        Ok(&self.buffer)
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
