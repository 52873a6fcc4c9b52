//! The chunks of a stream.

use wasm_bindgen::prelude::wasm_bindgen;

/// One stream. What its methods do stands at `bearlumen_js::Stream`.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Stream {
    pub(crate) inner: bearlumen_js::Stream,
}

#[wasm_bindgen]
impl Stream {
    /// A stream of which nothing came yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a chunk as the subject of a record.
    pub fn chunk(&mut self, subject: &str) -> u32 {
        self.inner.chunk(subject)
    }

    /// Takes a chunk in JSON text.
    #[wasm_bindgen(js_name = chunkJson)]
    pub fn chunk_json(&mut self, json: &[u8]) {
        self.inner.chunk_json(json);
    }

    /// Takes a piece of the stream's text, cut anywhere.
    pub fn text(&mut self, piece: &[u8]) {
        self.inner.text(piece);
    }

    /// Adds the HTTP headers.
    #[wasm_bindgen(js_name = addHeaders)]
    pub fn add_headers(&mut self, headers: &str) {
        self.inner.add_headers(headers);
    }

    /// More would have come.
    #[wasm_bindgen(js_name = cutShort)]
    pub fn cut_short(&mut self) {
        self.inner.cut_short();
    }

    /// What it all cost. The stream is gone afterwards.
    pub fn cost(mut self, record: &str) -> String {
        self.inner.cost(record)
    }
}
