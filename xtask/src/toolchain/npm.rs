//! The tools that npm carries as ready programs, at the versions of `tests/edge/package-lock.json`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{repository, run, say};

/// Where they are.
pub(super) struct Tools {
    /// Shrinks wasm.
    pub(super) wasm_opt: PathBuf,
    /// Bundles the JavaScript around it.
    pub(super) esbuild: PathBuf,
    /// Runs it.
    pub(super) workerd: PathBuf,
}

/// Returns the tools.
pub(super) fn ensure() -> Result<Tools, String> {
    let folder = repository::edge_tests();
    install(
        &folder,
        "workerd, esbuild and wasm-opt run, bundle and shrink the Worker (260 MB, about 10 s)",
    )?;
    let modules = folder.join("node_modules");
    Ok(Tools {
        wasm_opt: modules.join(".bin/wasm-opt"),
        esbuild: platform_program(&modules, "@esbuild", "bin/esbuild")?,
        workerd: platform_program(&modules, "@cloudflare", "bin/workerd")?,
    })
}

/// Runs `npm ci` in `folder` unless what its lock file says is already there.
pub(crate) fn install(folder: &Path, why: &str) -> Result<(), String> {
    let lock_path = folder.join("package-lock.json");
    let lock = fs::read(&lock_path).map_err(|error| format!("{}: {error}", lock_path.display()))?;
    let stamp = folder.join("node_modules/.installed-from");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    if !run::exists("npm") {
        return Err("npm is needed and not there: install Node.js 18 or later from your system or nodejs.org".to_owned());
    }
    say::step(&format!("npm ci in {}: {why}", folder.display()));
    // Install scripts only fetch or check what the optional platform packages already bring.
    run::quietly(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(folder),
    )?;
    fs::write(&stamp, lock).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// npm installs, of the packages under `scope`, the one with a program for this platform.
fn platform_program(modules: &Path, scope: &str, program: &str) -> Result<PathBuf, String> {
    let folder = modules.join(scope);
    fs::read_dir(&folder)
        .ok()
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join(program)))
        .find(|path| path.exists())
        .ok_or_else(|| {
            format!(
                "{} has no {program} for this platform; npm packages exist for Linux and macOS",
                folder.display()
            )
        })
}
