//! Which values decide how a response is read.

use super::format::{FORMATS, Format, SPEAKERS, WRAPPERS};
use crate::response::{Key, KeySet, Path, Step};

/// The keys whose values anything reads for what they say: a name, a condition, a word that changes the price. All
/// other texts are at most marks, and all other numbers at most counts.
pub(crate) fn telling_keys() -> KeySet {
    let mut keys = KeySet::default();
    for path in FORMATS.iter().flat_map(|format| paths(format).0) {
        match path.steps.last() {
            Some(Step::Field(last)) => keys.insert(*last),
            _ => keys.insert(Key::ITEM),
        }
    }
    let of_senders = SPEAKERS
        .iter()
        .flat_map(|speakers| speakers.marks)
        .map(|marks| &marks.path);
    let around = WRAPPERS
        .iter()
        .flat_map(|wrapper| wrapper.exists.iter().chain([&wrapper.place]));
    let all = FORMATS.iter().flat_map(|format| {
        let (told, counted) = paths(format);
        told.chain(counted)
    });
    for step in all
        .chain(of_senders)
        .chain(around)
        .flat_map(|path| path.steps)
    {
        if let Step::Where { field, .. } = step {
            keys.insert(*field);
        }
    }
    keys
}

/// A format's paths: those to what is read for what it says, and all others of a response, to counts and amounts and to
/// what has only to be there.
///
/// It names every field of a format, so that a new one cannot be forgotten here.
fn paths(
    format: &'static Format,
) -> (
    impl Iterator<Item = &'static Path>,
    impl Iterator<Item = &'static Path>,
) {
    let Format {
        envelopes,
        roots,
        detects,
        model,
        provider,
        stated_total,
        modifiers,
        readings,
        reported,
        parts,
        extras,
        uncounted,
        // Names, and what concerns streams, which no recipe reads.
        index: _,
        id: _,
        default_provider: _,
        must: _,
        hidden_output: _,
        stream: _,
    } = format;
    let told = detects
        .iter()
        .flat_map(|detect| detect.equals)
        .map(|(path, _)| path)
        .chain(*model)
        .chain(*provider)
        .chain(modifiers.iter().map(|(_, path)| path))
        .chain(parts.iter().map(|parts| &parts.model))
        .chain(extras.iter().flat_map(|extra| extra.model));
    let counted = detects
        .iter()
        .flat_map(|detect| detect.exists.iter().chain(detect.any).chain(detect.absent))
        .chain(*envelopes)
        .chain(*roots)
        .chain(*stated_total)
        .chain(
            readings
                .iter()
                .flat_map(|one| one.paths.iter().chain(&one.unless)),
        )
        .chain(reported.iter().flat_map(|one| {
            [&one.plus, &one.plus_where, &one.free_where]
                .into_iter()
                .flatten()
                .chain([&one.path])
        }))
        .chain(
            uncounted
                .iter()
                .flat_map(|one| one.unless.iter().chain([&one.exists])),
        )
        .chain(
            parts
                .iter()
                .flat_map(|parts| parts.each.iter().chain([&parts.root])),
        )
        .chain(extras.iter().map(|extra| &extra.usage));
    (told, counted)
}
