//! One call of `track()` or `costOf()` as the record states it.

use crate::METER;
use crate::options::read_options;
use crate::read::read_object;
use crate::record::{Reader, headers};
use bearlumen_core::response::{ParseError, parse_json};
use bearlumen_core::track::{Subject, TrackOptions, Tracked, track};

/// A call, read.
pub(crate) struct Call<'a> {
    pub(crate) now_ms: i64,
    pub(crate) entropy: [u8; 16],
    pub(crate) options: TrackOptions,
    pub(crate) subject: Subject<'a>,
}

impl<'a> Call<'a> {
    /// Reads a record and the JSON text beside it. `None` when JavaScript wrote no such record.
    pub(crate) fn read(record: &'a str, json: Option<&'a [u8]>) -> Option<Self> {
        let mut reader = Reader::new(record);
        let now_ms = reader.until(b';')?.parse().ok()?;
        let mut entropy = [0; 16];
        for byte in &mut entropy {
            *byte = u8::from_str_radix(reader.chunk(2)?, 16).ok()?;
        }
        let options = read_options(&mut reader)?;
        let kind = reader.peek()?;
        reader.take(kind);
        let subject = match kind {
            b'o' => Subject::Response(Ok(read_object(&mut reader)?)),
            b'j' => Subject::Response(parse_json(json?)),
            b'x' => Subject::Response(Err(ParseError::NotAnObject)),
            b'l' => Subject::Response(Err(ParseError::TooManyValues)),
            b'm' => Subject::Manual,
            _ => return None,
        };
        Some(Self {
            now_ms,
            entropy,
            options,
            subject,
        })
    }

    /// Adds what HTTP headers say to a response that could be read.
    pub(crate) fn add_headers(&mut self, text: &'a str) {
        if let (Subject::Response(Ok(tape)), false) = (&mut self.subject, text.is_empty()) {
            tape.add_headers(headers(text));
        }
    }

    /// Makes the event and its result.
    pub(crate) fn track(self) -> Tracked {
        METER.with(|meter| {
            track(
                meter,
                &self.subject,
                self.options,
                self.now_ms,
                self.entropy,
            )
        })
    }
}
