//! The public catalogues as installed packages, in an environment of their own under `.tools/`.

use super::{genai, litellm};
use crate::{repository, say};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is compared. A newer one is a change of this line and a run.
const PACKAGES: [&str; 3] = [
    "genai-prices==0.2.3",
    "litellm==1.110.2",
    "tokencost==0.1.26",
];

/// What the packages state, as `export.py` writes it.
#[derive(Deserialize)]
pub(super) struct Export {
    pub(super) versions: BTreeMap<String, String>,
    pub(super) genai: Vec<genai::Provider>,
    pub(super) unmapped: Vec<String>,
    pub(super) litellm: Vec<litellm::Entry>,
    pub(super) tokencost: Vec<litellm::Entry>,
}

fn environment() -> PathBuf {
    repository::tools().join("catalogues")
}

/// Where this command's own files are.
pub(super) fn here() -> PathBuf {
    repository::root().join("xtask/src/catalog")
}

/// Whether the packages are there, of the versions asked for.
pub(super) fn are_installed() -> bool {
    let marks = std::fs::read_to_string(environment().join("installed")).unwrap_or_default();
    marks == PACKAGES.join("\n")
}

/// Makes the environment and installs the packages, if they are not there.
pub(super) fn install() -> Result<(), String> {
    if are_installed() {
        return Ok(());
    }
    say::step(&format!(
        "installing {} into .tools/catalogues (half a minute)",
        PACKAGES.join(", ")
    ));
    run(Command::new("python3")
        .arg("-m")
        .arg("venv")
        .arg(environment()))?;
    // Of all but the first only a file is read: what they need to run is not needed here.
    let (read_by_its_code, read_as_files) = PACKAGES.split_at(1);
    for (packages, further) in [(read_by_its_code, &[][..]), (read_as_files, &["--no-deps"])] {
        run(Command::new(environment().join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check"])
            .args(further)
            .args(packages))?;
    }
    let mark = environment().join("installed");
    std::fs::write(&mark, PACKAGES.join("\n")).map_err(|e| format!("{}: {e}", mark.display()))
}

/// What the packages state.
pub(super) fn export() -> Result<Export, String> {
    let output = Command::new(environment().join("bin/python"))
        .arg(here().join("export.py"))
        .arg(here().join("sources.toml"))
        // litellm asks the network for its newest list unless told to use the one it carries.
        .env("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        .output()
        .map_err(|e| format!("export.py cannot be started: {e}"))?;
    if !output.status.success() {
        return Err(format!(
            "export.py failed: {}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    serde_json::from_slice(&output.stdout).map_err(|e| format!("export.py: {e}"))
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = Path::new(command.get_program()).display().to_string();
    let output = command
        .output()
        .map_err(|e| format!("{program} cannot be started: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{program} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    ))
}
