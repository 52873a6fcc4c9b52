//! Writes one form of the `OpenAPI` document to standard output: `json` or `reference`.

use bearlumen_service::openapi::{document, reference, written};
use std::io::{self, Write};

fn main() -> io::Result<()> {
    let document = document();
    let text = match std::env::args().nth(1).as_deref() {
        Some("json") => written(&document),
        Some("reference") => reference(&document),
        _ => return Err(io::Error::other("expected json or reference")),
    };
    io::stdout().write_all(text.as_bytes())
}
