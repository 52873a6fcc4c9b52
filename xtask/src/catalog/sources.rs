//! `sources.toml`: whose provider is whose.

use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sources {
    genai: BTreeMap<String, OneOrMany>,
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

    pub(super) fn of_genai(&self, id: &str) -> &[String] {
        match self.genai.get(id) {
            Some(OneOrMany::One(ours)) => std::slice::from_ref(ours),
            Some(OneOrMany::Many(ours)) => ours,
            None => &[],
        }
    }
}
