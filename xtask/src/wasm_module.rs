//! Builds the core as the wasm module inside the npm package, and the JavaScript that speaks to it.

use std::path::PathBuf;
use std::process::Command;

use crate::{repository, run, say, size, toolchain};

const NAME: &str = "bearlumen";

/// A page or a Worker loads the whole of it: small counts more than fast.
const SMALL: [&str; 1] = ["profile.release.opt-level=\"z\""];

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
    toolchain.shrink(&wasm)?;
    say::step(&format!("{NAME}_bg.wasm: {}", size::of(&wasm)?));
    Ok(())
}

fn output() -> PathBuf {
    repository::root().join("bindings-node/wasm/pkg")
}
