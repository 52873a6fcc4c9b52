//! `catalog/providers.toml`: what names a provider in a url, a header, a hint or a body.

use crate::formats::Formats;
use crate::paths::{Emitter, PathTo};
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
    /// Where a url names the model: `/model/{}/`.
    #[serde(default)]
    model_in_url: Vec<String>,
    /// The url's name of the model says more than the body's.
    #[serde(default)]
    url_model_wins: bool,
    /// Response headers that only this provider sends.
    #[serde(default)]
    headers: Vec<String>,
    #[serde(default)]
    evidence: Vec<Evidence>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    path: String,
    /// A pattern of the text there; any value will do when absent.
    #[serde(default)]
    like: String,
    /// Only in these formats; in all it speaks when absent.
    #[serde(default)]
    formats: Vec<String>,
    confidence: String,
}

pub(crate) struct Providers {
    list: Vec<Provider>,
}

pub(crate) fn load(path: &Path, formats: &Formats) -> Result<Providers, String> {
    let list = crate::read::<File>(path)?.provider;
    let known = |format: &String| formats.ids().any(|(id, _)| id == format);
    for p in &list {
        if list.iter().filter(|other| other.id == p.id).count() > 1 {
            return Err(format!("providers.toml: {} stands twice", p.id));
        }
        if let Some(unknown) = p.formats.iter().find(|format| !known(format)) {
            return Err(format!("providers.toml: {}: no format {unknown:?}", p.id));
        }
        for pattern in &p.model_in_url {
            if pattern.matches("{}").count() != 1 {
                return Err(format!(
                    "providers.toml: {}: model_in_url has one {{}}",
                    p.id
                ));
            }
        }
    }
    for (format, default) in formats.ids() {
        if !list.iter().any(|p| p.id == default) {
            return Err(format!(
                "formats/{format}.toml: no provider {default:?} in providers.toml"
            ));
        }
    }
    Ok(Providers { list })
}

impl Providers {
    pub(crate) fn paths(&self) -> Result<Vec<PathTo>, String> {
        self.list
            .iter()
            .flat_map(|p| &p.evidence)
            .map(|e| PathTo::parse(&e.path))
            .collect()
    }

    pub(crate) fn headers(&self) -> Vec<String> {
        self.list
            .iter()
            .flat_map(|p| p.headers.iter().cloned())
            .collect()
    }

    pub(crate) fn knows(&self, id: &str) -> bool {
        self.list.iter().any(|known| known.id == id)
    }

    pub(crate) fn emit(&self, emitter: &Emitter<'_>) -> Result<String, String> {
        let mut out = format!(
            "pub(crate) static PROVIDERS: [Provider; {}] = [\n",
            self.list.len()
        );
        for p in &self.list {
            let mut evidence = String::from("&[");
            for e in &p.evidence {
                let confidence = match e.confidence.as_str() {
                    "certain" => "Certain",
                    "likely" => "Likely",
                    other => return Err(format!("providers.toml: {}: confidence {other:?}", p.id)),
                };
                let _ = write!(
                    evidence,
                    "Evidence {{ path: {}, like: {:?}, formats: &{:?}, confidence: Confidence::{confidence} }}, ",
                    emitter.path(&PathTo::parse(&e.path)?),
                    e.like,
                    e.formats
                );
            }
            evidence.push(']');
            let headers: Vec<String> = p
                .headers
                .iter()
                .map(|header| format!("Key({})", (emitter.0)(header)))
                .collect();
            let _ = writeln!(
                out,
                "    Provider {{ id: {:?}, names: &{:?}, hosts: &{:?}, formats: &{:?}, model_prefixes: &{:?}, \
                 model_in_url: &{:?}, url_model_wins: {}, headers: &[{}], evidence: {evidence} }},",
                p.id,
                p.names,
                p.hosts,
                p.formats,
                p.model_prefixes,
                p.model_in_url,
                p.url_model_wins,
                headers.join(", ")
            );
        }
        out.push_str("];\n");
        Ok(out)
    }
}
