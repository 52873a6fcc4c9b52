//! Writes one form of the `OpenAPI` document to standard output: `json`, `page` or `reference`.

use bearlumen_service::openapi::{document, page, reference, written};
use std::io::{self, Write};

fn main() -> io::Result<()> {
    let document = document();
    let text = match std::env::args().nth(1).as_deref() {
        Some("json") => written(&document),
        Some("page") => page(&document),
        Some("reference") => reference(&document),
        _ => return Err(io::Error::other("expected json, page or reference")),
    };
    io::stdout().write_all(text.as_bytes())
}
