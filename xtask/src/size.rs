//! How large a file is, as it lies there and as it travels.

use std::fs;
use std::path::Path;
use std::process::Command;

/// In words.
pub(crate) fn of(path: &Path) -> Result<String, String> {
    let raw = fs::metadata(path)
        .map_err(|error| format!("{}: {error}", path.display()))?
        .len();
    Ok(match gzip(path) {
        Some(size) => format!("{raw} bytes raw, {size} bytes gzip"),
        None => format!("{raw} bytes raw, gzip size unknown: there is no gzip here"),
    })
}

fn gzip(path: &Path) -> Option<usize> {
    let output = Command::new("gzip")
        .args(["-9", "--stdout"])
        .arg(path)
        .output()
        .ok()?;
    output.status.success().then_some(output.stdout.len())
}
