//! `catalog/wrappers.toml`: what may stand around a response.

use crate::paths::{Emitter, PathTo};
use crate::providers::Providers;
use serde::Deserialize;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    wrapper: Vec<Wrapper>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapper {
    place: String,
    #[serde(default)]
    exists: Vec<String>,
    means: Option<String>,
    provider: Option<String>,
}

pub(crate) struct Wrappers {
    list: Vec<Wrapper>,
}

pub(crate) fn load(path: &Path, providers: &Providers) -> Result<Wrappers, String> {
    let list = crate::read::<File>(path)?.wrapper;
    for provider in list.iter().filter_map(|w| w.provider.as_ref()) {
        if !providers.knows(provider) {
            return Err(format!("wrappers.toml: no provider {provider:?}"));
        }
    }
    Ok(Wrappers { list })
}

impl Wrappers {
    /// Where responses may stand.
    pub(crate) fn places(&self) -> Result<Vec<PathTo>, String> {
        self.list.iter().map(|w| PathTo::parse(&w.place)).collect()
    }

    /// What may stand beside them.
    pub(crate) fn signs(&self) -> Result<Vec<PathTo>, String> {
        let texts = self.list.iter().flat_map(|w| &w.exists);
        texts.map(|text| PathTo::parse(text)).collect()
    }

    pub(crate) fn emit(&self, emitter: &Emitter<'_>) -> Result<String, String> {
        let mut out = format!(
            "pub(crate) static WRAPPERS: [Wrapper; {}] = [\n",
            self.list.len()
        );
        for w in &self.list {
            let means = w
                .means
                .as_deref()
                .map(|text| {
                    text.split_once('=')
                        .ok_or_else(|| format!("wrappers.toml: {text:?}: expected modifier=value"))
                })
                .transpose()?;
            let _ = writeln!(
                out,
                "    Wrapper {{ place: {}, exists: {}, means: {means:?}, provider: {:?} }},",
                emitter.path(&PathTo::parse(&w.place)?),
                emitter.list(&PathTo::parse_all(&w.exists)?),
                w.provider
            );
        }
        out.push_str("];\n");
        Ok(out)
    }
}
