//! Where things stand in this repository.

use std::path::{Path, PathBuf};

/// The repository's root: `xtask` is one folder below it.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Installed tools and notes about them; never committed.
pub(crate) fn tools() -> PathBuf {
    root().join(".tools")
}

/// Cargo's output for wasm, apart from `target/` so that neither build waits for the other's lock.
pub(crate) fn wasm_target() -> PathBuf {
    root().join("target/edge")
}

/// The pinned npm tools.
pub(crate) fn edge_tests() -> PathBuf {
    root().join("tests/edge")
}
