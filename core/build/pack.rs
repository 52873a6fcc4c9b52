//! Small pieces of the packed catalogue: numbers of as few bytes as they need, and values told once.

use std::collections::HashMap;
use std::hash::Hash;

/// Appends a number, seven bits a byte, the lowest first.
pub(crate) fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap_or_default() | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap_or_default());
}

/// Values by the order in which they were first seen.
pub(crate) struct Interned<T> {
    all: Vec<T>,
    index: HashMap<T, usize>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            index: HashMap::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Interned<T> {
    pub(crate) fn index(&mut self, value: &T) -> usize {
        if let Some(index) = self.index.get(value) {
            return *index;
        }
        self.all.push(value.clone());
        self.index.insert(value.clone(), self.all.len() - 1);
        self.all.len() - 1
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.all.iter()
    }
}
