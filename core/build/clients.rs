//! `catalog/clients.toml`: the calls of client libraries that cost something.

use crate::providers::Providers;
use serde::Deserialize;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    call: Vec<Call>,
    helper: Vec<Helper>,
    views: Views,
    request: Request,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    paths: Vec<String>,
    #[serde(default)]
    asks_for_usage: bool,
    #[serde(default)]
    states_usage_unasked: Vec<String>,
}

/// A call that makes others, and the names of those on the same object, as each library spells them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Helper {
    path: String,
    calls: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Views {
    client: Vec<String>,
    raw: Vec<String>,
    command: Vec<String>,
    runner: Vec<String>,
    made_with: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    model: Vec<String>,
}

/// Checks the file and writes its table.
pub(crate) fn load(path: &Path, providers: &Providers) -> Result<String, String> {
    let file: File = crate::read(path)?;
    let mut seen: Vec<&str> = Vec::new();
    for call in &file.call {
        for path in &call.paths {
            let plain =
                |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.()".contains(c);
            if path.is_empty() || !path.chars().all(plain) {
                return Err(format!(
                    "clients.toml: {path:?} is not written in snake_case"
                ));
            }
            if seen.contains(&path.as_str()) {
                return Err(format!("clients.toml: {path} stands twice"));
            }
            seen.push(path);
        }
        if let Some(unknown) = call
            .states_usage_unasked
            .iter()
            .find(|id| !providers.knows(id))
        {
            return Err(format!("clients.toml: there is no provider {unknown}"));
        }
    }
    let mut out = String::from("pub(super) static CALLS: &[Call] = &[\n");
    for call in &file.call {
        for path in &call.paths {
            let _ = writeln!(
                out,
                "    Call {{ path: {path:?}, asks_for_usage: {}, states_usage_unasked: &{:?} }},",
                call.asks_for_usage, call.states_usage_unasked
            );
        }
    }
    out.push_str("];\npub(super) static HELPERS: &[Helper] = &[\n");
    for Helper { path, calls } in &file.helper {
        let _ = writeln!(out, "    Helper {{ path: {path:?}, calls: &{calls:?} }},");
    }
    let _ = writeln!(
        out,
        "];\npub(super) static CLIENT_VIEWS: &[&str] = &{:?};\npub(super) static RAW_VIEWS: &[&str] = &{:?};\npub(super) static COMMAND_VIEWS: &[&str] = &{:?};\npub(super) static RUNNERS: &[&str] = &{:?};\npub(super) static MADE_WITH: &[&str] = &{:?};\npub(super) static MODEL_PARAMETERS: &[&str] = &{:?};",
        file.views.client,
        file.views.raw,
        file.views.command,
        file.views.runner,
        file.views.made_with,
        file.request.model
    );
    Ok(out)
}
