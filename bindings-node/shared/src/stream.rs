//! The chunks of a stream on their way to the core's fold.

use crate::answers::answer;
use crate::call::Call;
use crate::read::read_object;
use crate::record::{Reader, headers};
use bearlumen_core::clients::is_usage_alone;
use bearlumen_core::response::parse_json;
use bearlumen_core::stream::{Lesson, StreamFold, StreamText};
use bearlumen_core::track::Subject;

/// The fold keeps something of the chunk.
const TAUGHT: u32 = 1;
/// The chunk holds nothing but usage that somebody asked for.
const USAGE_ALONE: u32 = 2;
/// Another chunk like it adds to what this one said.
const ADDS: u32 = 4;

/// One stream.
#[derive(Debug, Default)]
pub struct Stream {
    pub(crate) fold: StreamFold,
    text: StreamText,
}

impl Stream {
    /// Takes a chunk as the subject of a record and answers bits: [`TAUGHT`], [`USAGE_ALONE`], [`ADDS`]. What is
    /// no object is counted as unreadable. After a chunk that taught nothing, others that differ in numbers at most need
    /// not come.
    pub fn chunk(&mut self, subject: &str) -> u32 {
        let mut reader = Reader::new(subject);
        let tape = reader
            .take(b'o')
            .then(|| read_object(&mut reader))
            .flatten();
        let Some(tape) = tape else {
            self.fold.feed_unreadable();
            return TAUGHT;
        };
        let taught = match self.fold.learn(&tape) {
            Lesson::Nothing => 0,
            Lesson::Restated => TAUGHT,
            Lesson::Added => TAUGHT | ADDS,
        };
        let alone = if is_usage_alone(&tape) {
            USAGE_ALONE
        } else {
            0
        };
        taught | alone
    }

    /// Takes a chunk in JSON text.
    pub fn chunk_json(&mut self, json: &[u8]) {
        match parse_json(json) {
            Ok(tape) => self.fold.feed(&tape),
            Err(_) => self.fold.feed_unreadable(),
        }
    }

    /// Takes a piece of the stream's text, cut anywhere.
    pub fn text(&mut self, piece: &[u8]) {
        self.text.feed_piece(piece, &mut self.fold);
    }

    /// Adds the HTTP headers, written as beside a record.
    pub fn add_headers(&mut self, text: &str) {
        self.fold.add_headers(headers(text));
    }

    /// More would have come.
    pub fn cut_short(&mut self) {
        self.fold.cut_short();
    }

    /// What it all cost, by a record's clock and options: the whole of the core's answer, or `{"error"}`.
    pub fn cost(&mut self, record: &str) -> String {
        self.end();
        let subject = Subject::Stream(&self.fold);
        Call::read(record, None).map_or_else(String::new, |call| answer(&call, &subject))
    }

    /// What is left of the text when no more comes.
    pub(crate) fn end(&mut self) {
        std::mem::take(&mut self.text).finish(&mut self.fold);
    }
}
