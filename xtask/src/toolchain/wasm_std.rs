//! A Rust toolchain that can compile for wasm32: rustup's if it has or gets the target, otherwise Debian's.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::debian;
use crate::{repository, run, say};

/// The target that Workers run.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";
/// A download that works takes a few seconds; one that a firewall swallows would hang.
const RUSTUP_LIMIT: Duration = Duration::from_secs(30);
/// Set to anything to leave rustup out, as on a machine where it may not download.
const WITHOUT_RUSTUP: &str = "BEARLUMEN_WITHOUT_RUSTUP_TARGET";

/// Returns the name of the rustup toolchain to use, or nothing for the usual one.
pub(super) fn ensure() -> Result<Option<&'static str>, String> {
    let without_rustup = std::env::var_os(WITHOUT_RUSTUP).is_some();
    if !without_rustup && usual_toolchain_has_it() {
        return Ok(None);
    }
    if debian::is_ready() {
        return Ok(Some(debian::TOOLCHAIN));
    }
    let refusal = if without_rustup {
        format!("{WITHOUT_RUSTUP} is set")
    } else {
        match by_rustup() {
            Ok(()) => return Ok(None),
            Err(refusal) => refusal,
        }
    };
    debian::build(&refusal)?;
    Ok(Some(debian::TOOLCHAIN))
}

fn usual_toolchain_has_it() -> bool {
    run::answer(Command::new("rustc").args(["--print", "sysroot"]))
        .is_some_and(|sysroot| has_std(Path::new(&sysroot)))
}

/// Whether the compiler installed at `sysroot` finds a standard library for the target.
pub(super) fn has_std(sysroot: &Path) -> bool {
    let library = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    fs::read_dir(library).is_ok_and(|mut entries| {
        entries.any(|entry| {
            entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
        })
    })
}

/// A refusal is remembered, so that only the first run waits for it.
fn by_rustup() -> Result<(), String> {
    let note = repository::tools().join("rustup-target-refused");
    if let Ok(refusal) = fs::read_to_string(&note) {
        say::detail(&format!(
            "rustup refused the target before; delete {} to ask again",
            note.display()
        ));
        return Err(refusal);
    }
    say::step(&format!(
        "rustup target add {TARGET}: the Worker is wasm (a few seconds)"
    ));
    let outcome = run::within(
        Command::new("rustup").args(["target", "add", TARGET]),
        RUSTUP_LIMIT,
    );
    if let Err(refusal) = &outcome {
        say::detail("rustup cannot add it here; trying the next way");
        let _ = fs::create_dir_all(repository::tools()).and_then(|()| fs::write(&note, refusal));
    }
    outcome
}
