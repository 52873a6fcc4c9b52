//! Which values decide how a response is read.

use super::format::{FORMATS, Format, SPEAKERS, WRAPPERS};
use crate::response::{Key, KeySet, Path, Step};

/// The keys whose values anything reads for what they say: a name, a condition, a word that changes the price. All
/// other texts are at most marks, and all other numbers at most counts.
pub(crate) fn telling_keys() -> KeySet {
    let mut keys = KeySet::default();
    for path in FORMATS.iter().flat_map(told) {
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
    let all = FORMATS
        .iter()
        .flat_map(|format| told(format).chain(counted(format)));
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

/// The paths to what is read for what it says.
fn told(format: &'static Format) -> impl Iterator<Item = &'static Path> {
    let detects = format.detects.iter();
    let models = format.extras.iter().flat_map(|extra| extra.model);
    detects
        .flat_map(|detect| detect.equals)
        .map(|(path, _)| path)
        .chain(format.model)
        .chain(format.modifiers.iter().map(|(_, path)| path))
        .chain(format.parts.iter().map(|parts| &parts.model))
        .chain(models)
}

/// All other paths of a response: to counts and amounts, and to what has only to be there.
fn counted(format: &'static Format) -> impl Iterator<Item = &'static Path> {
    let detects = format.detects.iter();
    let readings = format.readings.iter();
    detects
        .flat_map(|detect| detect.exists.iter().chain(detect.any).chain(detect.absent))
        .chain(format.envelopes)
        .chain(format.roots)
        .chain(format.stated_total)
        .chain(readings.flat_map(|reading| reading.paths.iter().chain(&reading.unless)))
        .chain(format.reported.iter().map(|reported| &reported.path))
        .chain(format.uncounted.iter().map(|uncounted| &uncounted.exists))
        .chain(
            format
                .parts
                .iter()
                .flat_map(|parts| [&parts.each, &parts.root]),
        )
        .chain(format.extras.iter().map(|extra| &extra.usage))
}
