//! The chunks of a stream on their way to the core's fold.

use crate::call::Call;
use crate::read::read_object;
use crate::record::Reader;
use crate::result::{JsonText, answer, bytes_of};
use bearlumen_core::response::parse_json;
use bearlumen_core::stream::{StreamFold, StreamText};
use bearlumen_core::track::Subject;
use napi_derive::napi;

/// One stream.
#[napi]
#[derive(Default)]
pub struct Stream {
    fold: StreamFold,
    text: StreamText,
}

#[napi]
impl Stream {
    /// A stream of which nothing came yet.
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a chunk as the subject of a record. What is no object is counted as unreadable.
    #[napi(catch_unwind)]
    pub fn chunk(&mut self, subject: String) {
        let mut reader = Reader::new(&subject);
        match reader
            .take(b'o')
            .then(|| read_object(&mut reader))
            .flatten()
        {
            Some(tape) => self.fold.feed(&tape),
            None => self.fold.feed_unreadable(),
        }
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

    /// What it all cost, by a record's clock and options: the whole of the core's answer, or `{"error"}`.
    #[napi(catch_unwind)]
    pub fn cost(&mut self, record: String) -> String {
        std::mem::take(&mut self.text).finish(&mut self.fold);
        let subject = Subject::Stream(&self.fold);
        Call::read(&record, None).map_or_else(String::new, |call| answer(&call, &subject))
    }
}
