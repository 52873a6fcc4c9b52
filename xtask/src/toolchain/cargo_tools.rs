//! `wasm-bindgen` and `worker-build`, compiled from the crates registry at the versions that `Cargo.lock` implies.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::debian;
use crate::{lockfile, repository, run, say};

struct Tool {
    program: &'static str,
    package: &'static str,
    /// The crate in `Cargo.lock` whose version the tool must share.
    follows: &'static str,
    why: &'static str,
}

const TOOLS: [Tool; 2] = [
    Tool {
        program: "wasm-bindgen",
        package: "wasm-bindgen-cli",
        follows: "wasm-bindgen",
        why: "writes the JavaScript around the wasm, and accepts no other version than the crate's",
    },
    Tool {
        program: "worker-build",
        package: "worker-build",
        follows: "worker",
        why: "turns the crate into a Worker, and is released together with the `worker` crate",
    },
];

/// Returns the two programs.
pub(super) fn ensure() -> Result<[PathBuf; 2], String> {
    let [bindgen, build] = TOOLS.map(|tool| install(&tool));
    Ok([bindgen?, build?])
}

fn install(tool: &Tool) -> Result<PathBuf, String> {
    let version = lockfile::version(tool.follows)?;
    let program = repository::tools().join("bin").join(tool.program);
    if has_version(&program, &version) {
        return Ok(program);
    }
    ensure_openssl()?;
    say::step(&format!(
        "cargo install {} {version}: {} (about a minute on two cores)",
        tool.package, tool.why
    ));
    // The published lock file first; a registry that lags behind may lack one of its versions.
    cargo_install(tool, &version, true).or_else(|refusal| {
        if !refusal.contains("failed to select a version") {
            return Err(refusal);
        }
        say::detail("the registry here lacks a version of its lock file; taking the nearest");
        cargo_install(tool, &version, false)
    })?;
    let _ = fs::remove_dir_all(build_folder());
    Ok(program)
}

fn has_version(program: &Path, version: &str) -> bool {
    run::answer(Command::new(program).arg("--version"))
        .is_some_and(|answer| answer.split(' ').any(|word| word == version))
}

fn cargo_install(tool: &Tool, version: &str, locked: bool) -> Result<(), String> {
    let mut command = Command::new("cargo");
    command
        .args([
            "install",
            tool.package,
            "--bin",
            tool.program,
            "--version",
            version,
            "--force",
            "--root",
        ])
        .arg(repository::tools())
        .env("CARGO_TARGET_DIR", build_folder())
        // They run for a second per build: compiling them fast matters, their own speed does not.
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_LTO", "false")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256");
    if locked {
        command.arg("--locked");
    }
    run::quietly(&mut command)
}

/// worker-build links OpenSSL for downloads that it is never asked to make.
fn ensure_openssl() -> Result<(), String> {
    if !cfg!(target_os = "linux")
        || run::answer(Command::new("pkg-config").args(["--modversion", "openssl"])).is_some()
    {
        return Ok(());
    }
    if run::exists("apt-get") {
        return debian::install(
            &["libssl-dev", "pkg-config"],
            "worker-build links OpenSSL (a few seconds)",
        );
    }
    Err("worker-build links OpenSSL: install its development files and pkg-config, then run this again".to_owned())
}

fn build_folder() -> PathBuf {
    repository::tools().join("build")
}
