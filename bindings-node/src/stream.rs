//! The chunks of a stream.

use crate::answers::{JsonText, bytes_of};
use napi_derive::napi;

/// One stream. What its methods do stands at `bearlumen_js::Stream`.
#[napi]
#[derive(Default)]
pub struct Stream {
    pub(crate) inner: bearlumen_js::Stream,
}

#[napi]
impl Stream {
    /// A stream of which nothing came yet.
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a chunk as the subject of a record.
    #[napi(catch_unwind)]
    pub fn chunk(&mut self, subject: String) -> u32 {
        self.inner.chunk(&subject)
    }

    /// Takes a chunk in JSON text.
    #[napi(catch_unwind)]
    pub fn chunk_json(&mut self, json: JsonText) {
        self.inner.chunk_json(bytes_of(&json));
    }

    /// Takes a piece of the stream's text, cut anywhere.
    #[napi(catch_unwind)]
    pub fn text(&mut self, piece: JsonText) {
        self.inner.text(bytes_of(&piece));
    }

    /// Adds the HTTP headers.
    #[napi(catch_unwind)]
    pub fn add_headers(&mut self, headers: String) {
        self.inner.add_headers(&headers);
    }

    /// More would have come.
    #[napi(catch_unwind)]
    pub fn cut_short(&mut self) {
        self.inner.cut_short();
    }

    /// What it all cost.
    #[napi(catch_unwind)]
    pub fn cost(&mut self, record: String) -> String {
        self.inner.cost(&record)
    }
}

/// Whether a body of this content type is a stream of chunks.
#[napi(catch_unwind)]
pub(crate) fn is_stream_type(content_type: String) -> bool {
    bearlumen_core::stream::is_stream_type(&content_type)
}
