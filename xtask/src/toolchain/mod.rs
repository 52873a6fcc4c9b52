//! Everything that building and running the Worker takes, found or installed.
//!
//! The ordinary way is tried first. Where only package registries can be reached, Debian's compiler sources, the
//! crates registry and npm give the same.

mod cargo_tools;
mod debian;
pub(crate) mod npm;
mod wasm_std;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{repository, run};

pub(crate) use wasm_std::TARGET;

/// A complete toolchain.
pub(crate) struct Toolchain {
    /// The rustup toolchain that has wasm32's standard library, when it is not the usual one.
    rust: Option<&'static str>,
    wasm_bindgen: PathBuf,
    worker_build: PathBuf,
    npm: npm::Tools,
}

impl Toolchain {
    /// `worker-build`, ready to be given arguments, with every tool handed over that it would otherwise download.
    pub(crate) fn worker_build(&self) -> Command {
        let mut command = self.compiling(&self.worker_build);
        command
            .env("WASM_BINDGEN_BIN", &self.wasm_bindgen)
            .env("WASM_OPT_BIN", &self.npm.wasm_opt)
            .env("ESBUILD_BIN", &self.npm.esbuild)
            .env("RUST_BACKTRACE", "0"); // its failures are about the crate, never about itself
        command
    }

    /// `cargo`, ready to compile for [`TARGET`].
    pub(crate) fn cargo(&self) -> Command {
        self.compiling(Path::new("cargo"))
    }

    /// The program that writes the JavaScript around a wasm module.
    pub(crate) fn wasm_bindgen(&self) -> &Path {
        &self.wasm_bindgen
    }

    fn compiling(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(repository::root())
            .env("CARGO_TARGET_DIR", repository::wasm_target())
            // wasm-bindgen reads the enabled features from a section that stripping removes; wasm-opt strips after it.
            .env("CARGO_PROFILE_RELEASE_STRIP", "none");
        if let Some(rust) = self.rust {
            command.env("RUSTUP_TOOLCHAIN", rust);
        }
        command
    }

    /// Makes a wasm file smaller, without the names of functions, which nobody reads there. `how` says what for, and
    /// what the runtimes that it is for understand.
    pub(crate) fn shrink(&self, wasm: &Path, how: &[&str]) -> Result<(), String> {
        run::quietly(
            Command::new(&self.npm.wasm_opt)
                .args(how)
                .args(["--strip-debug", "--strip-producers"])
                .arg(wasm)
                .arg("--output")
                .arg(wasm),
        )
    }

    /// The runtime itself, not npm's launcher, so that a signal reaches it.
    pub(crate) fn workerd(&self) -> &PathBuf {
        &self.npm.workerd
    }
}

/// Finds the toolchain, installing what is missing.
pub(crate) fn ensure() -> Result<Toolchain, String> {
    let npm = npm::ensure()?;
    let rust = wasm_std::ensure()?;
    let [wasm_bindgen, worker_build] = cargo_tools::ensure()?;
    Ok(Toolchain {
        rust,
        wasm_bindgen,
        worker_build,
        npm,
    })
}
