//! `catalog/quality.toml`: how capable vendors say their models are, and what fits into them.

use crate::providers::Providers;
use serde::Deserialize;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: Vec<Source>,
    limits: Limits,
    family: Vec<Family>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    id: String,
    page: String,
    checked: toml::value::Datetime,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    source: String,
    checked: toml::value::Datetime,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    provider: String,
    class: String,
    source: String,
    input: Vec<String>,
    models: Vec<Model>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    id: String,
    context: u64,
    output: u64,
    #[serde(default)]
    until: Option<toml::value::Datetime>,
}

const CLASSES: [(&str, &str); 4] = [
    ("basic", "Basic"),
    ("standard", "Standard"),
    ("high", "High"),
    ("top", "Top"),
];

const INPUTS: [&str; 3] = ["image", "audio", "video"];

/// Checks the file and writes its table.
pub(crate) fn load(path: &Path, providers: &Providers) -> Result<String, String> {
    let file: File = crate::read(path)?;
    let mut out = format!(
        "pub(in super::super) static LIMITS: (&str, &str) = ({:?}, \"{}\");\n\
         pub(in super::super) static MODELS: &[Capable] = &[\n",
        file.limits.source, file.limits.checked
    );
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for family in &file.family {
        let wrong = |what: &str, name: &str| format!("quality.toml: there is no {what} {name:?}");
        if !providers.knows(&family.provider) {
            return Err(wrong("provider", &family.provider));
        }
        let class = CLASSES
            .iter()
            .find(|(name, _)| *name == family.class)
            .ok_or_else(|| wrong("class", &family.class))?;
        let source = file
            .source
            .iter()
            .find(|source| source.id == family.source)
            .ok_or_else(|| wrong("source", &family.source))?;
        if let Some(unknown) = family.input.iter().find(|i| !INPUTS.contains(&i.as_str())) {
            return Err(wrong("input", unknown));
        }
        for model in &family.models {
            let name = (family.provider.as_str(), model.id.as_str());
            if seen.contains(&name) {
                return Err(format!("quality.toml: {} stands twice", model.id));
            }
            seen.push(name);
            let until = model.until.as_ref().map(ToString::to_string);
            let _ = writeln!(
                out,
                "    Capable {{ provider: {:?}, id: {:?}, class: Class::{}, input: &{:?}, context: {}, output: {}, until: {until:?}, page: {:?}, checked: \"{}\" }},",
                family.provider,
                model.id,
                class.1,
                family.input,
                model.context,
                model.output,
                source.page,
                source.checked,
            );
        }
    }
    out.push_str("];\n");
    Ok(out)
}
