//! Builds the core as the wasm modules inside the npm package, and the JavaScript that speaks to them.

use std::path::PathBuf;
use std::process::Command;

use crate::toolchain::{self, Toolchain};
use crate::{repository, run, say, size};

/// The modules by name, and of what features of the crate each is made: what every program loads, and what is loaded
/// beside it by who asks for it.
const MODULES: [(&str, &str); 2] = [("bearlumen", "calls"), ("methods", "methods")];

/// A page or a Worker loads the whole of it: small counts more than fast. SHA-256 is a loop then, not 64 rounds one
/// below the other.
const SMALL: [&str; 2] = [
    "profile.release.opt-level=\"z\"",
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
    say::step("Building the core as wasm modules for the npm package");
    for (name, feature) in MODULES {
        module(&toolchain, name, feature)?;
    }
    Ok(())
}

fn module(toolchain: &Toolchain, name: &str, feature: &str) -> Result<(), String> {
    run::quietly(
        toolchain
            .cargo()
            .args(["build", "--release", "--package", "bearlumen-wasm"])
            .args(["--no-default-features", "--features", feature])
            .args(["--target", toolchain::TARGET])
            .args(SMALL.iter().flat_map(|setting| ["--config", setting])),
    )?;
    let built = repository::wasm_target()
        .join(toolchain::TARGET)
        .join("release/bearlumen_wasm.wasm");
    let folder = output();
    run::quietly(
        Command::new(toolchain.wasm_bindgen())
            .args(["--target", "web", "--out-name", name, "--out-dir"])
            .arg(&folder)
            .arg(built),
    )?;
    let wasm = folder.join(format!("{name}_bg.wasm"));
    toolchain.shrink(&wasm, &UNDERSTOOD)?;
    say::step(&format!("{name}_bg.wasm: {}", size::of(&wasm)?));
    Ok(())
}

fn output() -> PathBuf {
    repository::root().join("bindings-node/wasm/pkg")
}
