//! The tables compiled from `catalog/formats/` and `catalog/providers.toml`.

use super::detect::Confidence;
use super::pattern::{Class, Piece};
use crate::response::{From, Key, Keys, Path, Step, View};

/// How one response format is recognised and read.
#[derive(Debug)]
pub struct Format {
    pub(crate) index: u8,
    /// Its name, such as `openai_chat`.
    pub id: &'static str,
    pub(crate) default_provider: &'static str,
    /// The objects that may hold the response.
    pub(crate) envelopes: &'static [Path],
    /// Where usage stands; the first that is there.
    pub(crate) roots: &'static [Path],
    /// Names of fields that every such response has somewhere.
    pub(crate) must: Keys,
    /// Each a way of recognising it.
    pub(crate) detects: &'static [Detect],
    pub(crate) model: &'static [Path],
    /// Where a library that hands the response on says whose it is.
    pub(crate) provider: &'static [Path],
    pub(crate) stated_total: &'static [Path],
    /// Providers whose stated total holds output that no count shows.
    pub(crate) hidden_output: &'static [&'static str],
    pub(crate) modifiers: &'static [(&'static str, Path)],
    /// Innermost buckets first.
    pub(crate) readings: &'static [Reading],
    pub(crate) reported: &'static [Reported],
    pub(crate) parts: Option<Parts>,
    pub(crate) extras: &'static [Extra],
    pub(crate) uncounted: &'static [Uncounted],
    pub(crate) stream: Stream,
}

/// What a body of a format has and has not.
#[derive(Debug)]
pub(crate) struct Detect {
    pub(crate) exists: &'static [Path],
    /// At least one of these, when there are some.
    pub(crate) any: &'static [Path],
    pub(crate) absent: &'static [Path],
    pub(crate) equals: &'static [(Path, &'static [&'static str])],
}

/// Where one bucket's count stands, and which counts include it.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) bucket: u8,
    /// The first that is present counts.
    pub(crate) paths: &'static [Path],
    /// The buckets whose stated counts include this one.
    pub(crate) inside: &'static [u8],
    /// Providers for whom it stands beside them instead.
    pub(crate) beside_for: &'static [&'static str],
    /// The only providers it is read for; all when empty.
    pub(crate) only_for: &'static [&'static str],
    /// Providers whose stated total leaves it out.
    pub(crate) outside_total_for: &'static [&'static str],
    /// Providers who count in it tokens that another count of the input holds too, and bill them by both.
    pub(crate) overlaps_for: &'static [&'static str],
    pub(crate) required: bool,
    pub(crate) written_as: WrittenAs,
    /// Its absence is unknown, not none.
    pub(crate) expected: bool,
    /// Of a stream's chunks the highest counts, where the last states less.
    pub(crate) highest: bool,
    /// Counts instead of adding up numbers.
    pub(crate) count: Option<Count>,
    /// The number is billed as often as this is there.
    pub(crate) times: Option<Path>,
    /// Not read where this stands.
    pub(crate) unless: Option<Path>,
    /// Where what no inner bucket claimed goes instead, and the warning that says so.
    pub(crate) remainder: Option<Remainder>,
}

/// How a count stands in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WrittenAs {
    Number,
    Text,
}

/// What is counted of the places that a path leads to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Count {
    Places,
    /// The different texts where all of the paths lead.
    Texts,
    /// One, if there is any.
    Once,
}

#[derive(Debug)]
pub(crate) struct Remainder {
    pub(crate) bucket: u8,
    pub(crate) warning: &'static str,
}

/// An amount that the provider states, in 10^-scale US dollars.
#[derive(Debug)]
pub(crate) struct Reported {
    pub(crate) path: Path,
    pub(crate) scale: u8,
    /// What is charged beside where `plus_where` stands.
    pub(crate) plus: Option<Path>,
    pub(crate) plus_where: Option<Path>,
    /// Where 0 is a charge.
    pub(crate) free_where: Option<Path>,
}

/// Usage that stands once for each of several models.
#[derive(Debug)]
pub(crate) struct Parts {
    /// The first of these that leads anywhere.
    pub(crate) each: &'static [Path],
    /// Where usage stands in a part, from the part on.
    pub(crate) root: Path,
    /// The part's model, from the part on.
    pub(crate) model: Path,
}

/// What another model used beside the response's own usage.
#[derive(Debug)]
pub(crate) struct Extra {
    pub(crate) usage: Path,
    /// The position of the format whose counts these are.
    pub(crate) format: usize,
    pub(crate) model: &'static [Path],
    pub(crate) what: &'static str,
}

/// Something billed of which the response says only that it was there.
#[derive(Debug)]
pub(crate) struct Uncounted {
    pub(crate) exists: Path,
    /// Nothing is amiss where one of these stands.
    pub(crate) unless: &'static [Path],
    /// The only providers of whom it is said; all when empty.
    pub(crate) only_for: &'static [&'static str],
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
}

/// How the format streams.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) complete: &'static [Path],
    pub(crate) complete_equals: &'static [(Path, &'static [&'static str])],
    pub(crate) patch: &'static [(Path, &'static [&'static str])],
    pub(crate) patch_exists: &'static [Path],
    /// Chunks that count beside each other.
    pub(crate) adds: &'static [(Path, &'static [&'static str])],
    /// What was counted until one of these is there stands beside what counts after it.
    pub(crate) closes: &'static [Path],
    /// More follows where one of these is there, whatever was complete.
    pub(crate) opens: &'static [Path],
    pub(crate) partial: &'static [(Path, &'static [&'static str])],
    pub(crate) weak: bool,
    /// What a weak one counts is beside what others state, not a part of it.
    pub(crate) beside: bool,
    /// What the chunks without usage say belongs to what the one with usage says.
    pub(crate) joined: bool,
}

/// What names a provider.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) id: &'static str,
    pub(crate) names: &'static [&'static str],
    pub(crate) hosts: &'static [Host],
    pub(crate) model_prefixes: &'static [&'static str],
    pub(crate) model_in_url: &'static [&'static str],
    pub(crate) url_model_wins: bool,
    /// Parts of names in the url that say nothing where the body names the model.
    pub(crate) opaque_models: &'static [&'static str],
    pub(crate) hosts_mean: &'static [HostMeans],
    pub(crate) headers: &'static [Key],
}

/// A domain, or a name with one label left open, or a port (`:11434`) of a machine of one's own.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) before: &'static str,
    pub(crate) after: &'static str,
    pub(crate) has_label: bool,
    /// What the url's path has to begin with: `/v1/decisions`.
    pub(crate) path: &'static str,
}

/// What a host's name says about the price: what stands for `{}`, or the value where one is given.
#[derive(Debug)]
pub(crate) struct HostMeans {
    pub(crate) host: Host,
    pub(crate) modifier: &'static str,
    pub(crate) value: Option<&'static str>,
}

/// Who speaks a format, and what gives them away.
#[derive(Debug)]
pub(crate) struct Speakers {
    pub(crate) ids: &'static [&'static str],
    pub(crate) marks: &'static [MarksAt],
}

/// The marks that may stand in one place.
#[derive(Debug)]
pub(crate) struct MarksAt {
    pub(crate) path: Path,
    pub(crate) marks: &'static [MarkOf],
}

/// A mark of one provider: a text that begins with `prefix` and goes on like `rest`; any value when both are
/// empty.
#[derive(Debug)]
pub(crate) struct MarkOf {
    pub(crate) provider: u8,
    pub(crate) prefix: &'static str,
    pub(crate) rest: &'static [Piece],
    /// The whole text's length in bytes; 0 when it varies.
    pub(crate) length: usize,
    /// The shape of an id, which others may have hit upon.
    pub(crate) by_id: bool,
    pub(crate) confidence: Confidence,
}

/// What may stand around a response.
#[derive(Debug)]
pub(crate) struct Wrapper {
    pub(crate) place: Path,
    pub(crate) exists: &'static [Path],
    /// What it says about the price.
    pub(crate) means: Option<(&'static str, &'static str)>,
    /// Whose it is, whatever the response inside looks like.
    pub(crate) provider: Option<&'static str>,
}

#[expect(clippy::unreadable_literal, reason = "written by the build")]
mod compiled {
    use super::{
        Class, Confidence, Count, Detect, Extra, Format, From, Host, HostMeans, Key, Keys, MarkOf,
        MarksAt, Parts, Path, Piece, Provider, Reading, Remainder, Reported, Speakers, Step,
        Stream, Uncounted, Wrapper, WrittenAs,
    };
    include!(concat!(env!("OUT_DIR"), "/formats.rs"));
    include!(concat!(env!("OUT_DIR"), "/providers.rs"));
}
pub(crate) use compiled::{ALWAYS_SUSPECT, FORMATS, PROVIDERS, SPEAKERS, SUSPECTS, WRAPPERS};

impl Uncounted {
    /// Whether it has to be said of a response of `provider`.
    pub(crate) fn holds(&self, view: &View<'_, '_>, provider: &str) -> bool {
        view.exists(&self.exists) && self.is_said_of(view, provider)
    }

    /// The same where it was seen elsewhere that the thing was used.
    pub(crate) fn is_said_of(&self, view: &View<'_, '_>, provider: &str) -> bool {
        (self.only_for.is_empty() || self.only_for.contains(&provider))
            && !self.unless.iter().any(|path| view.exists(path))
    }
}

impl Format {
    /// Who speaks it.
    pub(crate) fn speakers(&self) -> &'static Speakers {
        &compiled::SPEAKERS[usize::from(self.index) % compiled::SPEAKERS.len()]
    }
}

/// The provider's id for any of the names it goes by, in any case.
pub fn provider_named(name: &str) -> Option<&'static str> {
    // Nearly always it is written as it is known.
    let exact = PROVIDERS
        .iter()
        .find(|p| p.id == name || p.names.contains(&name));
    let found = exact.or_else(|| {
        PROVIDERS.iter().find(|p| {
            p.id.eq_ignore_ascii_case(name)
                || p.names.iter().any(|known| known.eq_ignore_ascii_case(name))
        })
    });
    found.map(|p| p.id)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_found_by_any_of_its_names_in_any_case() {
        for provider in &PROVIDERS {
            for name in provider.names.iter().chain([&provider.id]) {
                let found = provider_named(name);
                assert!(found.is_some(), "{name}");
                assert_eq!(provider_named(&name.to_uppercase()), found, "{name}");
            }
        }
        assert_eq!(provider_named("nobody"), None);
    }
}
