//! One file of `catalog/formats`, as it is written.

use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) id: String,
    /// Formats are tried from the lowest on.
    pub(super) order: u32,
    pub(super) default_provider: String,
    /// The objects that may hold the response: itself, or a field of a stream's event.
    #[serde(default)]
    pub(super) envelope: Vec<String>,
    /// Where usage stands in the response; the first that is there. The response itself when absent.
    #[serde(default)]
    pub(super) root: Vec<String>,
    pub(super) detect: OneOrMore<Detect>,
    pub(super) read: Read,
    #[serde(default)]
    pub(super) modifiers: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) bucket: Vec<Reading>,
    #[serde(default)]
    pub(super) reported: Vec<Reported>,
    pub(super) parts: Option<Parts>,
    #[serde(default)]
    pub(super) extra: Vec<Extra>,
    #[serde(default)]
    pub(super) uncounted: Vec<Uncounted>,
    #[serde(default)]
    pub(super) stream: Stream,
}

/// What another model used beside the response's own usage.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Extra {
    pub(super) usage: String,
    /// The format whose counts these are.
    pub(super) format: String,
    /// Where the other model is named.
    pub(super) model: Vec<String>,
    /// In words, for a warning.
    pub(super) what: String,
}

/// Something billed of which the response says only that it was there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Uncounted {
    pub(super) exists: String,
    /// Nothing is amiss where one of these stands: it is counted there.
    #[serde(default)]
    pub(super) unless: Vec<String>,
    #[serde(default)]
    pub(super) only_for: Vec<String>,
    /// The warning's code: `not_counted` where the cost is a floor, `not_computable` where it may be either.
    pub(super) code: String,
    pub(super) message: String,
}

/// `[detect]`, or `[[detect]]` for each way of recognising a format.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMore<T> {
    One(T),
    More(Vec<T>),
}

impl<T> OneOrMore<T> {
    pub(super) fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Detect {
    pub(super) exists: Vec<String>,
    pub(super) any: Vec<String>,
    pub(super) absent: Vec<String>,
    pub(super) equals: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Read {
    pub(super) model: Vec<String>,
    /// Where a library that hands the response on says whose it is.
    pub(super) provider: Vec<String>,
    pub(super) stated_total: Vec<String>,
    /// Providers whose stated total holds output that no count shows.
    pub(super) hidden_output: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reading {
    pub(super) id: String,
    pub(super) path: Vec<String>,
    #[serde(default)]
    pub(super) inside: Vec<String>,
    /// Providers for whom the count stands beside, not inside.
    #[serde(default)]
    pub(super) beside_for: Vec<String>,
    #[serde(default)]
    pub(super) only_for: Vec<String>,
    /// Providers whose stated total leaves it out.
    #[serde(default)]
    pub(super) outside_total_for: Vec<String>,
    /// Providers who count in it tokens that another count of the input holds too, and bill them by both.
    #[serde(default)]
    pub(super) overlaps_for: Vec<String>,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) written_as: WrittenAs,
    /// Absence is unknown, not none.
    #[serde(default)]
    pub(super) expected: bool,
    /// Of a stream's chunks the highest counts, where the last states less.
    #[serde(default)]
    pub(super) highest: bool,
    /// Counts the places that a path leads to, or the different texts where all of them lead, or whether there is one,
    /// instead of adding up numbers.
    pub(super) count: Option<Count>,
    /// The number is billed as often as this is there.
    pub(super) times: Option<String>,
    /// Not read where this stands.
    pub(super) unless: Option<String>,
    pub(super) remainder_as: Option<String>,
    pub(super) remainder_warning: Option<String>,
}

/// How a count stands in JSON.
#[derive(Deserialize, Debug, Clone, Copy, Default)]
#[serde(rename_all = "lowercase")]
pub(super) enum WrittenAs {
    #[default]
    Number,
    Text,
}

#[derive(Deserialize, Debug, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum Count {
    Places,
    Texts,
    Once,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reported {
    pub(super) path: String,
    /// Decimal places: the number is in 10^-scale US dollars.
    pub(super) scale: u8,
    /// Where `plus_where` stands, this amount is charged beside, and without it the charge is not stated.
    pub(super) plus: Option<String>,
    pub(super) plus_where: Option<String>,
    /// A charge of 0 is one where this stands. Elsewhere it is what a gateway states for a key that is not its own.
    pub(super) free_where: Option<String>,
}

/// Usage split over several models.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parts {
    /// The first of these that leads anywhere.
    pub(super) each: OneOrMore<String>,
    pub(super) root: String,
    pub(super) model: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Stream {
    /// The whole stream was seen once one of these is there…
    pub(super) complete: Vec<String>,
    /// …or has one of these texts.
    pub(super) complete_equals: BTreeMap<String, Vec<String>>,
    /// Events of these types restate some of the usage.
    pub(super) patch: BTreeMap<String, Vec<String>>,
    /// So do events that hold one of these.
    pub(super) patch_exists: Vec<String>,
    /// Events of these types count beside each other. What states usage after them says their sum again.
    pub(super) adds: BTreeMap<String, Vec<String>>,
    /// What was counted until one of these is there stands beside what counts after it.
    pub(super) closes: Vec<String>,
    /// More follows where one of these is there, whatever was complete.
    pub(super) opens: Vec<String>,
    /// A chunk without usage belongs to this format.
    pub(super) partial: BTreeMap<String, Vec<String>>,
    /// Used only where no other format was found in the stream.
    pub(super) weak: bool,
    /// What a weak one counts is beside what others state, not a part of it.
    pub(super) beside: bool,
    /// What the chunks without usage say belongs to what the one with usage says.
    pub(super) joined: bool,
}
