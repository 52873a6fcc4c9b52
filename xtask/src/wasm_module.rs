//! Builds the core as the wasm module inside the npm package, and the JavaScript that speaks to it.

use std::path::PathBuf;
use std::process::Command;

use crate::{repository, run, say, size, toolchain};

const NAME: &str = "bearlumen";

/// A page or a Worker loads the whole of it: small counts more than fast. Two crates have tables and unrolled rounds
/// that gzip cannot shrink; each says in its own way that it wants none of them.
const SMALL: [&str; 3] = [
    "profile.release.opt-level=\"z\"",
    "profile.release.package.zmij.opt-level=\"s\"",
    "target.wasm32-unknown-unknown.rustflags=['--cfg', 'sha2_backend_soft=\"compact\"']",
];

/// What every browser understands since 2022, and Rust writes. Anything newer shuts somebody out.
const UNDERSTOOD: [&str; 9] = [
    "-Oz",
    "--converge",
    "--mvp-features",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// `cargo xtask wasm-module`: into `bindings-node/wasm/pkg`.
pub(crate) fn build() -> Result<(), String> {
    let toolchain = toolchain::ensure()?;
    say::step("Building the core as a wasm module for the npm package");
    run::quietly(
        toolchain
            .cargo()
            .args(["build", "--release", "--package", "bearlumen-wasm"])
            .args(["--target", toolchain::TARGET])
            .args(SMALL.iter().flat_map(|setting| ["--config", setting])),
    )?;
    let built = repository::wasm_target()
        .join(toolchain::TARGET)
        .join("release/bearlumen_wasm.wasm");
    let folder = output();
    run::quietly(
        Command::new(toolchain.wasm_bindgen())
            .args(["--target", "web", "--out-name", NAME, "--out-dir"])
            .arg(&folder)
            .arg(built),
    )?;
    let wasm = folder.join(format!("{NAME}_bg.wasm"));
    toolchain.shrink(&wasm, &UNDERSTOOD)?;
    say::step(&format!("{NAME}_bg.wasm: {}", size::of(&wasm)?));
    Ok(())
}

fn output() -> PathBuf {
    repository::root().join("bindings-node/wasm/pkg")
}
