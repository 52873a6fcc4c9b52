//! The chunks of a stream on their way to the core's fold.

use crate::call::Call;
use crate::read::read_object;
use crate::record::Reader;
use crate::result::{JsonText, answer, bytes_of, pairs};
use bearlumen_core::clients::is_usage_alone;
use bearlumen_core::response::parse_json;
use bearlumen_core::stream::{self, StreamFold, StreamText};
use bearlumen_core::track::Subject;
use napi_derive::napi;

/// The fold keeps something of the chunk.
const TAUGHT: u32 = 1;
/// The chunk holds nothing but usage that somebody asked for.
const USAGE_ALONE: u32 = 2;

/// One stream.
#[napi]
#[derive(Default)]
pub struct Stream {
    pub(crate) fold: StreamFold,
    text: StreamText,
}

impl Stream {
    /// What is left of the text when no more comes.
    pub(crate) fn end(&mut self) {
        std::mem::take(&mut self.text).finish(&mut self.fold);
    }
}

#[napi]
impl Stream {
    /// A stream of which nothing came yet.
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a chunk as the subject of a record and answers bits: [`TAUGHT`], [`USAGE_ALONE`]. What is no object
    /// is counted as unreadable. After a chunk that taught nothing, others that differ in numbers at most need
    /// not come.
    #[napi(catch_unwind)]
    pub fn chunk(&mut self, subject: String) -> u32 {
        let mut reader = Reader::new(&subject);
        let tape = reader
            .take(b'o')
            .then(|| read_object(&mut reader))
            .flatten();
        let Some(tape) = tape else {
            self.fold.feed_unreadable();
            return TAUGHT;
        };
        let taught = if self.fold.learn(&tape) { TAUGHT } else { 0 };
        let alone = if is_usage_alone(&tape) {
            USAGE_ALONE
        } else {
            0
        };
        taught | alone
    }

    /// Takes a chunk in JSON text.
    #[napi(catch_unwind)]
    pub fn chunk_json(&mut self, json: JsonText) {
        match parse_json(bytes_of(&json)) {
            Ok(tape) => self.fold.feed(&tape),
            Err(_) => self.fold.feed_unreadable(),
        }
    }

    /// Takes a piece of the stream's text, cut anywhere.
    #[napi(catch_unwind)]
    pub fn text(&mut self, piece: JsonText) {
        self.text.feed(bytes_of(&piece), &mut self.fold);
    }

    /// Adds the HTTP headers, names and values in turn.
    #[napi(catch_unwind)]
    pub fn add_headers(&mut self, headers: Vec<String>) {
        self.fold.add_headers(pairs(&headers));
    }

    /// More would have come.
    #[napi(catch_unwind)]
    pub fn cut_short(&mut self) {
        self.fold.cut_short();
    }

    /// What it all cost, by a record's clock and options: the whole of the core's answer, or `{"error"}`.
    #[napi(catch_unwind)]
    pub fn cost(&mut self, record: String) -> String {
        self.end();
        let subject = Subject::Stream(&self.fold);
        Call::read(&record, None).map_or_else(String::new, |call| answer(&call, &subject))
    }
}

/// Whether a body of this content type is a stream of chunks.
#[napi(catch_unwind)]
pub(crate) fn is_stream_type(content_type: String) -> bool {
    stream::is_stream_type(&content_type)
}
