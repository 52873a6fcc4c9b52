//! Builds the Worker and says how large it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use crate::toolchain::{self, Toolchain};
use crate::{repository, run, say, size};

/// What the Worker is made of.
const SOURCES: [&str; 6] = [
    "worker",
    "service",
    "core",
    "xtask",
    "Cargo.toml",
    "Cargo.lock",
];

/// A Worker has 1 MB to stay small and quick to start. The core is a little slower so, by some 5 % of a batch, and a
/// sixteenth of the whole smaller. But for the hash of each key, which is no larger for being fast.
const SMALL: [&str; 2] = [
    "profile.release.opt-level=\"s\"",
    "profile.release.package.sha2.opt-level=3",
];

/// workerd understands all that the optimiser knows. The lowest kilobyte of memory is the far end of a stack that never
/// gets there, so that an address may be cut in two without its sum being able to wrap.
const UNDERSTOOD: [&str; 3] = ["--all-features", "-Os", "--low-memory-unused"];

/// `cargo xtask worker-build`.
pub(crate) fn build(arguments: &[String]) -> Result<(), String> {
    let toolchain = toolchain::ensure()?;
    match arguments {
        [] => build_with(&toolchain),
        [only] if only == "--if-stale" => build_if_stale(&toolchain),
        _ => Err("worker-build takes no other argument than --if-stale".to_owned()),
    }
}

/// `cargo xtask edge-hello`: a Worker of the same make that only greets, for the bench.
pub(crate) fn build_hello() -> Result<(), String> {
    let toolchain = toolchain::ensure()?;
    run::quietly(
        toolchain
            .worker_build()
            .current_dir(repository::root().join("worker"))
            .args(["--release", "--out-dir", "../target/edge-hello", "--"])
            .args(["--features", "hello"])
            .args(SMALL.iter().flat_map(|setting| ["--config", setting])),
    )?;
    toolchain.shrink(
        &repository::root().join("target/edge-hello/index_bg.wasm"),
        &UNDERSTOOD,
    )
}

/// Builds unless the output is newer than everything it is made of.
pub(crate) fn build_if_stale(toolchain: &Toolchain) -> Result<(), String> {
    let built = fs::metadata(wasm())
        .and_then(|metadata| metadata.modified())
        .ok();
    let root = repository::root();
    let newest = SOURCES
        .iter()
        .filter_map(|source| newest_change(&root.join(source)))
        .max();
    if built.is_some_and(|built| newest.is_none_or(|newest| newest <= built)) {
        return Ok(());
    }
    build_with(toolchain)
}

/// Where the output lands.
pub(crate) fn output() -> PathBuf {
    repository::root().join("worker/build")
}

fn build_with(toolchain: &Toolchain) -> Result<(), String> {
    say::step(
        "Building the Worker for wasm32, optimised (about a minute the first time, then a few seconds)",
    );
    let started = Instant::now();
    run::quietly(
        toolchain
            .worker_build()
            .current_dir(repository::root().join("worker"))
            .args(["--release", "--"])
            .args(SMALL.iter().flat_map(|setting| ["--config", setting])),
    )?;
    toolchain.shrink(&wasm(), &UNDERSTOOD)?;
    say::step(&format!(
        "worker/build/index_bg.wasm: {}, built in {:.1} s",
        size::of(&wasm())?,
        started.elapsed().as_secs_f32()
    ));
    Ok(())
}

fn wasm() -> PathBuf {
    output().join("index_bg.wasm")
}

/// A folder's own time counts too: it tells of a file that was removed.
fn newest_change(path: &Path) -> Option<SystemTime> {
    if path == output() {
        return None;
    }
    let metadata = fs::metadata(path).ok()?;
    let own = metadata.modified().ok();
    if !metadata.is_dir() {
        return own;
    }
    let entries = fs::read_dir(path).ok()?.filter_map(Result::ok);
    entries
        .filter_map(|entry| newest_change(&entry.path()))
        .chain(own)
        .max()
}
