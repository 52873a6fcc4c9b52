//! What of a tape decides how it is read, to know another that is read alike.

use super::shape::Key;
use super::tape::{At, Scalar, Tape};

/// A set of keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeySet {
    names: Vec<u64>,
    /// What stands in lists.
    items: bool,
}

impl KeySet {
    pub(crate) fn insert(&mut self, key: Key) {
        if key == Key::ITEM {
            self.items = true;
            return;
        }
        let word = usize::from(key.0 / 64);
        if self.names.len() <= word {
            self.names.resize(word + 1, 0);
        }
        if let Some(word) = self.names.get_mut(word) {
            *word |= 1 << (key.0 % 64);
        }
    }

    fn contains(&self, key: Key) -> bool {
        if key == Key::ITEM {
            return self.items;
        }
        let word = self.names.get(usize::from(key.0 / 64));
        word.is_some_and(|word| word & (1 << (key.0 % 64)) != 0)
    }
}

/// The fields of a tape, each with the kind of its value, and those values that are read for what they say.
///
/// Tapes of one outline differ in nothing but numbers that are counted and texts of which no more than their form
/// matters, such as ids.
#[derive(Debug)]
pub(crate) struct Outline {
    entries: Box<[u64]>,
    said: Box<[(At, Scalar<'static>)]>,
}

impl Outline {
    /// The outline of a tape of which the values under the keys `telling` are read for what they say. `None` of one
    /// that states a field twice: which of two values counts depends on the values.
    pub(crate) fn of(tape: &Tape<'_>, telling: &KeySet) -> Option<Self> {
        if tape.repeats_a_field() {
            return None;
        }
        let said = tape
            .places()
            .filter(|(_, key)| telling.contains(*key))
            .filter_map(|(at, _)| Some((at, tape.scalar(at)?.owned())))
            .collect();
        Some(Self {
            entries: tape.outline().collect(),
            said,
        })
    }

    /// Whether `tape` has this outline.
    pub(crate) fn is_of(&self, tape: &Tape<'_>) -> bool {
        tape.len() == self.entries.len()
            && tape.outline().zip(&*self.entries).all(|(a, b)| a == *b)
            && self
                .said
                .iter()
                .all(|(at, said)| tape.scalar(*at) == Some(said))
    }
}

/// A number for the outline of a tape. Others may have the same.
pub(crate) fn outline_hash(tape: &Tape<'_>) -> u64 {
    tape.outline().fold(0, |hash, entry| {
        (hash.rotate_left(5) ^ entry).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}
