//! Streams as bytes: server-sent events, JSON lines, a JSON list, AWS event frames.

use super::StreamFold;
use super::frames;
use crate::response::{MAX_RESPONSE_BYTES, parse_json};
use base64ct::{Base64, Encoding};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Cuts bytes into chunks as they come and feeds a fold. Keeps at most one unfinished chunk.
#[derive(Debug, Default)]
pub struct StreamText {
    kind: Option<Kind>,
    buffer: Vec<u8>,
    /// How many bytes of the unfinished line hold no end of one, so that a long line is not searched at each piece.
    seen: usize,
    /// The data lines of the event under way.
    event: Vec<u8>,
    /// The last line ended in a carriage return at the end of a piece: a line feed that follows belongs to it.
    owes_line_feed: bool,
    /// An unfinished chunk became too large to be one, or a frame is none; nothing more is read.
    given_up: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Lines,
    List,
    Frames,
}

/// What some servers put before the first event.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl StreamText {
    /// A cutter that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece of a program's own: bytes cut anywhere, or a line without its end, as `iter_lines()` of HTTP
    /// clients hands them out.
    pub fn feed_piece(&mut self, piece: &[u8], fold: &mut StreamFold) {
        self.end_line_before(piece);
        self.feed(piece, fold);
    }

    /// Takes the next bytes, cut anywhere.
    pub fn feed(&mut self, bytes: &[u8], fold: &mut StreamFold) {
        if self.given_up {
            return;
        }
        self.buffer.extend_from_slice(bytes);
        match self.kind() {
            None | Some(Kind::List) => {}
            Some(Kind::Lines) => self.lines(fold),
            Some(Kind::Frames) => {
                let cut = frames::cut(&self.buffer, &mut |payload| feed_json(payload, fold));
                self.buffer.drain(..cut.used);
                if cut.is_broken {
                    self.give_up(fold);
                }
            }
        }
        if self.buffer.len() + self.event.len() > MAX_RESPONSE_BYTES {
            self.give_up(fold);
        }
    }

    /// Ends the unfinished line where it can have no more to it and `piece` begins another. A stream cut anywhere never
    /// looks so: behind a whole JSON value, or the value of another field, it has the line's own end.
    fn end_line_before(&mut self, piece: &[u8]) {
        let begins_field = begins_with_any(piece, &FIELDS);
        let begins_line = begins_field || piece.is_empty() || matches!(piece, [b'{' | b':', ..]);
        if self.kind != Some(Kind::Lines) || self.buffer.is_empty() || !begins_line {
            return;
        }
        if is_whole(&self.buffer) {
            // The event, too: who filters lines leaves empty ones out.
            self.buffer.extend_from_slice(b"\n\n");
        } else if begins_field && begins_with_any(&self.buffer, &FIELDS_BESIDE_DATA) {
            self.buffer.push(b'\n');
        }
    }

    fn give_up(&mut self, fold: &mut StreamFold) {
        fold.feed_unreadable();
        self.given_up = true;
        self.buffer = Vec::new();
        self.event = Vec::new();
    }

    /// Takes what is left when no more bytes come.
    pub fn finish(mut self, fold: &mut StreamFold) {
        if self.kind == Some(Kind::List) || self.kind.is_none() {
            let list = std::mem::take(&mut self.buffer);
            feed_list(&list, fold);
            return;
        }
        if self.kind == Some(Kind::Lines) {
            self.buffer.push(b'\n');
            self.lines(fold);
            self.end_event(fold);
        }
    }

    /// What the first bytes look like; not known before there is one that says so.
    fn kind(&mut self) -> Option<Kind> {
        if self.kind.is_none() {
            while self.buffer.starts_with(BYTE_ORDER_MARK) {
                self.buffer.drain(..BYTE_ORDER_MARK.len());
            }
            if BYTE_ORDER_MARK.starts_with(&self.buffer) {
                return None;
            }
            let first = self
                .buffer
                .iter()
                .find(|byte| !byte.is_ascii_whitespace())?;
            self.kind = match first {
                b'[' => Some(Kind::List),
                // The first byte of a frame's length; no text begins with it.
                0 => Some(Kind::Frames),
                _ => Some(Kind::Lines),
            };
        }
        self.kind
    }

    fn lines(&mut self, fold: &mut StreamFold) {
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut rest = buffer.as_slice();
        if self.owes_line_feed && !rest.is_empty() {
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            self.owes_line_feed = false;
        }
        let mut seen = self.seen;
        while let Some(new) = rest.get(seen..)
            && let Some(end) = new.iter().position(|byte| matches!(byte, b'\n' | b'\r'))
        {
            let (line, after) = rest.split_at(seen + end);
            self.line(line, fold);
            rest = match after {
                [b'\r', b'\n', rest @ ..] | [_, rest @ ..] => rest,
                [] => after,
            };
            self.owes_line_feed = after == b"\r";
            seen = 0;
        }
        self.seen = rest.len();
        let used = buffer.len() - rest.len();
        buffer.drain(..used);
        self.buffer = buffer;
    }

    fn line(&mut self, line: &[u8], fold: &mut StreamFold) {
        if line.is_empty() {
            self.end_event(fold);
        } else if let Some(data) = line.strip_prefix(b"data:") {
            if !self.event.is_empty() {
                self.event.push(b'\n');
            }
            self.event
                .extend_from_slice(data.strip_prefix(b" ").unwrap_or(data));
        } else if line.trim_ascii_start().starts_with(b"{") {
            feed_json(line, fold);
        }
    }

    fn end_event(&mut self, fold: &mut StreamFold) {
        let event = std::mem::take(&mut self.event);
        let data = event.trim_ascii();
        match data {
            b"" => {}
            b"[DONE]" => fold.nothing_follows(),
            data => feed_json(data, fold),
        }
    }
}

const FIELDS: [&[u8]; 4] = [b"data:", b"event:", b"id:", b"retry:"];

/// A comment's name is empty.
const FIELDS_BESIDE_DATA: [&[u8]; 4] = [b":", b"event:", b"id:", b"retry:"];

fn begins_with_any(text: &[u8], beginnings: &[&[u8]]) -> bool {
    beginnings.iter().any(|one| text.starts_with(one))
}

/// Whether a line is a whole chunk, or the end of all.
fn is_whole(line: &[u8]) -> bool {
    let data = line.strip_prefix(b"data:").unwrap_or(line).trim_ascii();
    let is_object = data.starts_with(b"{") && data.ends_with(b"}");
    data == b"[DONE]" || (is_object && parse_json(data).is_ok())
}

/// A JSON list of chunks. One that breaks off says what its whole chunks say.
fn feed_list(text: &[u8], fold: &mut StreamFold) {
    if text.trim_ascii().is_empty() {
        return;
    }
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read = reader.deserialize_seq(Chunks(fold));
    if read.and_then(|()| reader.end()).is_err() {
        fold.feed_unreadable();
    }
}

/// Feeds the chunks of a list one by one.
struct Chunks<'f>(&'f mut StreamFold);

impl<'de> Visitor<'de> for Chunks<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of chunks")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(chunk) = list.next_element::<&RawValue>()? {
            feed_json(chunk.get().as_bytes(), self.0);
        }
        Ok(())
    }
}

/// One chunk. Bedrock wraps the vendor's own events into base64, or hands them on as text.
fn feed_json(text: &[u8], fold: &mut StreamFold) {
    #[derive(Deserialize)]
    struct Wrapped<'a> {
        #[serde(borrow)]
        bytes: Option<Cow<'a, str>>,
        #[serde(borrow)]
        chunk: Option<Inner<'a>>,
    }
    #[derive(Deserialize)]
    struct Inner<'a> {
        #[serde(borrow)]
        bytes: Option<Cow<'a, str>>,
    }
    let is_wrapped = text.windows(7).take(256).any(|part| part == b"\"bytes\"");
    if is_wrapped && let Ok(wrapped) = serde_json::from_slice::<Wrapped<'_>>(text) {
        let inner = wrapped
            .bytes
            .or_else(|| wrapped.chunk.and_then(|chunk| chunk.bytes));
        if let Some(decoded) = inner.and_then(|bytes| Base64::decode_vec(&bytes).ok()) {
            match parse_json(&decoded) {
                Ok(tape) => fold.feed(&tape),
                Err(_) => fold.feed_unreadable(),
            }
            return;
        }
    }
    match parse_json(text) {
        Ok(tape) => fold.feed(&tape),
        Err(_) => fold.feed_unreadable(),
    }
}
