//! The chunks of a stream to the core's fold: text as it came, objects field by field.

use crate::errors::invalid_request;
use crate::read::{read_object, text_bytes};
use bearlumen_core::response::parse_json;
use bearlumen_core::stream::{StreamFold, StreamText};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyIterator};

/// Takes all chunks. What the iterable itself raises goes on to the caller.
pub(crate) fn fold_stream(chunks: &Bound<'_, PyAny>) -> PyResult<StreamFold> {
    let mut stream = Stream::default();
    if !stream.feed_text(chunks) {
        for chunk in iterate(chunks)? {
            stream.feed(&chunk?)?;
        }
    }
    stream.text.finish(&mut stream.fold);
    Ok(stream.fold)
}

fn iterate<'py>(chunks: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyIterator>> {
    let py = chunks.py();
    let refused = || {
        let message = "chunks has to be text, bytes or an iterable of a stream's chunks";
        invalid_request(py, "validation_error", message)
    };
    if chunks.is_instance_of::<PyDict>() {
        // Its keys would be taken for text.
        return Err(refused());
    }
    chunks.try_iter().map_err(|error| {
        if error.is_instance_of::<PyTypeError>(py) {
            refused()
        } else {
            error
        }
    })
}

#[derive(Default)]
struct Stream {
    fold: StreamFold,
    text: StreamText,
}

impl Stream {
    fn feed(&mut self, chunk: &Bound<'_, PyAny>) -> PyResult<()> {
        if self.feed_text(chunk) {
            return Ok(());
        }
        if let Some(payload) = payload(chunk) {
            match parse_json(payload.as_bytes()) {
                Ok(tape) => self.fold.feed(&tape),
                Err(_) => self.fold.feed_unreadable(),
            }
            return Ok(());
        }
        let (tape, interrupt) = read_object(chunk);
        match tape {
            Ok(tape) => self.fold.feed(&tape),
            Err(_) => self.fold.feed_unreadable(),
        }
        interrupt.map_or(Ok(()), Err)
    }

    /// Takes a piece of text, cut anywhere. False when it is none.
    fn feed_text(&mut self, piece: &Bound<'_, PyAny>) -> bool {
        let Some(bytes) = text_bytes(piece) else {
            return false;
        };
        match bytes {
            Ok(bytes) => self.text.feed_piece(&bytes, &mut self.fold),
            Err(_) => self.fold.feed_unreadable(),
        }
        true
    }
}

/// The JSON that an envelope such as `{"chunk": {"bytes": b"…"}}` carries.
pub(crate) fn payload<'py>(chunk: &Bound<'py, PyAny>) -> Option<Bound<'py, PyBytes>> {
    let py = chunk.py();
    let envelope = chunk.cast::<PyDict>().ok()?;
    let inner = envelope.get_item(intern!(py, "chunk")).ok().flatten();
    let holder = match &inner {
        Some(inner) => inner.cast::<PyDict>().ok()?,
        None => envelope,
    };
    let bytes = holder.get_item(intern!(py, "bytes")).ok().flatten()?;
    bytes.cast_into::<PyBytes>().ok()
}
