//! The tables compiled from `catalog/formats/` and `catalog/providers.toml`.

use super::detect::Confidence;
use crate::response::{Path, Step};

/// How one response format is recognised and read.
#[derive(Debug)]
pub struct Format {
    /// Its name, such as `openai_chat`.
    pub id: &'static str,
    pub(crate) default_provider: &'static str,
    pub(crate) exists: &'static [Path],
    pub(crate) absent: &'static [Path],
    pub(crate) equals: &'static [(Path, &'static [&'static str])],
    pub(crate) model: &'static [Path],
    pub(crate) response_id: &'static [Path],
    pub(crate) stated_total: Option<Path>,
    pub(crate) modifiers: &'static [(&'static str, Path)],
    /// Innermost buckets first.
    pub(crate) readings: &'static [Reading],
}

/// Where one bucket's count stands, and which counts include it.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) bucket: u8,
    /// The first that is present counts.
    pub(crate) paths: &'static [Path],
    /// The buckets whose stated counts include this one.
    pub(crate) inside: &'static [u8],
    pub(crate) required: bool,
    /// Where what no inner bucket claimed goes instead, and the warning that says so.
    pub(crate) remainder: Option<Remainder>,
}

#[derive(Debug)]
pub(crate) struct Remainder {
    pub(crate) bucket: u8,
    pub(crate) warning: &'static str,
}

/// What names a provider.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) id: &'static str,
    pub(crate) names: &'static [&'static str],
    pub(crate) hosts: &'static [&'static str],
    pub(crate) formats: &'static [&'static str],
    pub(crate) model_prefixes: &'static [&'static str],
    pub(crate) evidence: &'static [Evidence],
}

/// Something only this provider writes into a body.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(crate) path: Path,
    pub(crate) prefix: &'static str,
    /// The text's length in bytes; 0 when any will do.
    pub(crate) length: usize,
    pub(crate) confidence: Confidence,
}

include!(concat!(env!("OUT_DIR"), "/formats.rs"));
include!(concat!(env!("OUT_DIR"), "/providers.rs"));

/// The provider's id for any of the names it goes by, in any case.
pub fn provider_named(name: &str) -> Option<&'static str> {
    PROVIDERS
        .iter()
        .find(|p| p.names.iter().any(|known| known.eq_ignore_ascii_case(name)))
        .map(|p| p.id)
}

/// The provider whose own models are named like `model`.
pub fn provider_of_model(model: &str) -> Option<&'static str> {
    PROVIDERS
        .iter()
        .find(|p| {
            p.model_prefixes
                .iter()
                .any(|prefix| model.starts_with(prefix))
        })
        .map(|p| p.id)
}
