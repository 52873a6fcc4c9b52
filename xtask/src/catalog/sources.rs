//! `sources.toml`: whose provider is whose.

use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sources {
    genai: BTreeMap<String, OneOrMany>,
    /// Names that the first catalogue lists under a provider of theirs which is two of ours.
    not_sold: BTreeMap<String, Vec<String>>,
    #[expect(dead_code, reason = "the exporter reads it")]
    litellm: BTreeMap<String, Litellm>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the exporter reads it")]
struct Litellm {
    id: String,
    strip: Vec<String>,
}

impl Sources {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|e| format!("sources.toml: {e}"))
    }

    /// Whether a provider of ours sells a model of this name.
    pub(super) fn sells(&self, provider: &str, id: &str) -> bool {
        let not = self.not_sold.get(provider);
        not.is_none_or(|prefixes| {
            !prefixes
                .iter()
                .any(|prefix| id.starts_with(prefix.as_str()))
        })
    }

    pub(super) fn of_genai(&self, id: &str) -> &[String] {
        match self.genai.get(id) {
            Some(OneOrMany::One(ours)) => std::slice::from_ref(ours),
            Some(OneOrMany::Many(ours)) => ours,
            None => &[],
        }
    }
}
