//! `catalog/providers.toml`: what names a provider in a url, a hint or a body.

use crate::formats::Formats;
use crate::paths::PathTo;
use serde::Deserialize;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    provider: Vec<Provider>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    id: String,
    names: Vec<String>,
    #[serde(default)]
    hosts: Vec<String>,
    formats: Vec<String>,
    #[serde(default)]
    model_prefixes: Vec<String>,
    #[serde(default)]
    evidence: Vec<Evidence>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    path: String,
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    length: usize,
    confidence: String,
}

pub(crate) struct Providers {
    ids: Vec<String>,
    paths: Vec<PathTo>,
    text: String,
}

pub(crate) fn load(path: &Path, formats: &Formats) -> Result<Providers, String> {
    let file: File = crate::read(path)?;
    let ids: Vec<String> = file.provider.iter().map(|p| p.id.clone()).collect();
    for (format, default) in formats.ids() {
        if !ids.contains(default) {
            return Err(format!(
                "formats/{format}.toml: no provider {default:?} in providers.toml"
            ));
        }
    }
    let mut paths = Vec::new();
    let mut text = format!(
        "pub(crate) static PROVIDERS: [Provider; {}] = [\n",
        ids.len()
    );
    for p in &file.provider {
        if let Some(unknown) = p
            .formats
            .iter()
            .find(|f| !formats.ids().iter().any(|(id, _)| id == *f))
        {
            return Err(format!("providers.toml: {}: no format {unknown:?}", p.id));
        }
        let mut evidence = String::from("&[");
        for e in &p.evidence {
            let path = PathTo::parse(&e.path)?;
            let confidence = match e.confidence.as_str() {
                "certain" => "Certain",
                "likely" => "Likely",
                other => return Err(format!("providers.toml: {}: confidence {other:?}", p.id)),
            };
            let _ = write!(
                evidence,
                "Evidence {{ path: {}, prefix: {:?}, length: {}, confidence: Confidence::{confidence} }}, ",
                path.emit(),
                e.prefix,
                e.length
            );
            paths.push(path);
        }
        evidence.push(']');
        let _ = writeln!(
            text,
            "    Provider {{ id: {:?}, names: &{:?}, hosts: &{:?}, formats: &{:?}, model_prefixes: &{:?}, evidence: {evidence} }},",
            p.id, p.names, p.hosts, p.formats, p.model_prefixes
        );
    }
    text.push_str("];\n");
    Ok(Providers { ids, paths, text })
}

impl Providers {
    pub(crate) fn paths(&self) -> impl Iterator<Item = &PathTo> {
        self.paths.iter()
    }

    pub(crate) fn knows(&self, id: &str) -> bool {
        self.ids.iter().any(|known| known == id)
    }

    pub(crate) fn emit(&self) -> String {
        self.text.clone()
    }
}
