//! The Worker as real wasm on workerd, on this machine, with its data in a folder.
//!
//! This process becomes workerd itself, so that Ctrl-C, SIGTERM and a test's `kill -9` reach the runtime without
//! anything in between. What remains to be done once it listens is done by a second process beside it.

mod announcement;
mod config;
mod options;
mod vault;

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{toolchain, worker_build, workerd};
use options::Options;
use vault::Vault;

/// Where workerd tells which port it got.
const CONTROL_FILE: &str = "listening";

/// `cargo xtask edge`. Returns only if it fails to start.
pub(crate) fn serve(arguments: &[String]) -> Result<(), String> {
    let options = Options::parse(arguments)?;
    let toolchain = toolchain::ensure()?;
    worker_build::build_if_stale(&toolchain)?;

    let storage = options.data.join("objects");
    let mut private = DirBuilder::new();
    private.recursive(true).mode(0o700);
    private
        .create(&storage)
        .map_err(|error| format!("{}: {error}", storage.display()))?;
    let vault = Vault::open(&options.data)?;
    let config = options.data.join("workerd.capnp");
    fs::write(
        &config,
        config::text(&options, &storage, &worker_build::output()),
    )
    .map_err(|error| format!("{}: {error}", config.display()))?;
    let control = options.data.join(CONTROL_FILE);
    for leftover in options.ready_file.iter().chain([&control]) {
        let _ = fs::remove_file(leftover);
    }

    announce_beside(arguments)?;
    let failure = workerd::command(toolchain.workerd(), &config, &control)
        .env("BEARLUMEN_SECRETS", &vault.secret)
        .env("BEARLUMEN_ADMIN_SECRET", &vault.admin_secret)
        .exec();
    Err(format!("workerd cannot be started: {failure}"))
}

/// `cargo xtask edge-announce`: waits for the server, makes the first organisation and says how to reach it.
pub(crate) fn announce(arguments: &[String]) -> Result<(), String> {
    let options = Options::parse(arguments)?;
    let outcome = announcement::make(&options, &options.data.join(CONTROL_FILE));
    if let (Err(_), Some(pid)) = (&outcome, options.pid) {
        // A server without an organisation is of no use, and whoever waits for it should learn so at once.
        let _ = Command::new("kill").arg(pid.to_string()).status();
    }
    outcome
}

/// Through a shell that ends at once, so that the process is nobody's child whom workerd would have to await.
fn announce_beside(arguments: &[String]) -> Result<(), String> {
    let this = std::env::current_exe()
        .map_err(|error| format!("this program cannot find itself: {error}"))?;
    let started = Command::new("sh")
        .args(["-c", r#""$@" &"#, "sh"])
        .arg(this)
        .arg("edge-announce")
        .args(arguments)
        .args(["--pid", &std::process::id().to_string()])
        .stdin(Stdio::null())
        .status();
    match started {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!(
            "the shell did not start the announcement: {status}"
        )),
        Err(error) => Err(format!("sh: {error}")),
    }
}

/// A path as the user would write it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here)
        .unwrap_or(path)
        .display()
        .to_string()
}
