//! The kept part of a response, flat: a node, then its children, each knowing where it ends.

use super::shape::{Key, header_key};
use std::borrow::Cow;

/// A value without children.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar<'a> {
    /// JSON `null`, `None`, `undefined`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number that is not negative.
    Unsigned(u64),
    /// A negative whole number.
    Negative(i64),
    /// Any other number.
    Float(f64),
    /// A text, borrowed from the response where possible.
    Text(Cow<'a, str>),
    /// A value that was there but is of a kind that is never read.
    Opaque,
}

#[derive(Debug, Clone)]
enum Node<'a> {
    Scalar(Scalar<'a>),
    Object { end: u32 },
    List { end: u32 },
}

#[derive(Debug, Clone)]
struct Entry<'a> {
    key: Key,
    node: Node<'a>,
}

/// The kept part of one response.
#[derive(Debug, Clone, Default)]
pub struct Tape<'a> {
    entries: Vec<Entry<'a>>,
}

/// A place in a tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At(u32);

impl At {
    /// The response itself.
    pub(crate) const ROOT: Self = Self(0);
}

/// Which keys an object has. One that is not in it is not there.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct KeySet([u64; 4]);

impl KeySet {
    fn insert(&mut self, key: Key) {
        let Key(number) = key;
        if let Some(word) = self.0.get_mut(usize::from(number / 64)) {
            *word |= 1 << (number % 64);
        }
    }

    fn contains_known(&self, key: Key) -> bool {
        usize::from(key.0) < 64 * self.0.len() && self.contains(key)
    }

    pub(crate) fn contains(&self, key: Key) -> bool {
        let Key(number) = key;
        // A number beyond the set was never recorded, so it may be there.
        self.0
            .get(usize::from(number / 64))
            .is_none_or(|word| word & (1 << (number % 64)) != 0)
    }
}

impl<'a> Tape<'a> {
    /// The keys of the object at `at`.
    pub(crate) fn keys(&self, at: At) -> KeySet {
        let mut keys = KeySet::default();
        for child in self.children(at) {
            if let Some(entry) = self.entry(child) {
                keys.insert(entry.key);
            }
        }
        keys
    }

    /// Opens a tape for writing; the root is an object.
    pub fn writer() -> TapeWriter<'a> {
        let mut entries = Vec::with_capacity(32);
        entries.push(Entry {
            key: Key::ITEM,
            node: Node::Object { end: 0 },
        });
        TapeWriter {
            tape: Self { entries },
            open: Open {
                first: [0; DEPTH],
                depth: 1,
                deeper: Vec::new(),
            },
        }
    }

    /// Adds the HTTP headers that say something about usage or its sender.
    pub fn add_headers<'h: 'a>(&mut self, headers: impl Iterator<Item = (&'h str, &'h str)>) {
        let start = self.entries.len();
        self.entries.push(Entry {
            key: Key::HEADERS,
            node: Node::Object { end: 0 },
        });
        for (name, value) in headers {
            if let Some(key) = header_key(name) {
                self.entries.push(Entry {
                    key,
                    node: Node::Scalar(Scalar::Text(Cow::Borrowed(value))),
                });
            }
        }
        let end = length(&self.entries);
        for at in [start, 0] {
            if let Some(Entry {
                node: Node::Object { end: open },
                ..
            }) = self.entries.get_mut(at)
            {
                *open = end;
            }
        }
    }

    /// The headers, when some were added.
    pub(crate) fn headers(&self) -> Option<At> {
        self.field(At::ROOT, Key::HEADERS)
    }

    fn entry(&self, at: At) -> Option<&Entry<'a>> {
        self.entries.get(at.0 as usize)
    }

    /// The children of an object or list, in order.
    pub(crate) fn children(&self, at: At) -> Children<'_, 'a> {
        let end = match self.entry(at).map(|e| &e.node) {
            Some(Node::Object { end } | Node::List { end }) => *end,
            _ => at.0 + 1,
        };
        Children {
            tape: self,
            next: at.0 + 1,
            end,
        }
    }

    /// The field of an object. Of a field that stands twice, the last.
    pub(crate) fn field(&self, at: At, key: Key) -> Option<At> {
        let Node::Object { end } = self.entry(at)?.node else {
            return None;
        };
        let mut found = None;
        let mut next = at.0 + 1;
        while next < end {
            let entry = self.entries.get(next as usize)?;
            if entry.key == key {
                found = Some(At(next));
            }
            next = match entry.node {
                Node::Object { end } | Node::List { end } => end,
                Node::Scalar(_) => next + 1,
            };
        }
        found
    }

    /// Whether an object at `at` or below states a field twice, in one spelling or two, and differently.
    pub(crate) fn contradicts_itself(&self, at: At) -> bool {
        let is_object = self.is_object(at);
        let mut seen = KeySet::default();
        self.children(at).any(|child| {
            let Some(Entry { key, node }) = self.entry(child) else {
                return false;
            };
            let repeated = is_object && seen.contains_known(*key);
            seen.insert(*key);
            if !matches!(node, Node::Scalar(_)) {
                return repeated || self.contradicts_itself(child);
            }
            repeated && {
                let mut said = self
                    .children(at)
                    .filter(|other| self.entry(*other).is_some_and(|entry| entry.key == *key));
                let first = said.next().and_then(|at| self.scalar(at));
                said.any(|other| self.scalar(other) != first)
            }
        })
    }

    pub(crate) fn is_list(&self, at: At) -> bool {
        matches!(self.entry(at).map(|e| &e.node), Some(Node::List { .. }))
    }

    /// The value at `at` when it has no children.
    pub(crate) fn scalar(&self, at: At) -> Option<&Scalar<'a>> {
        match &self.entry(at)?.node {
            Node::Scalar(scalar) => Some(scalar),
            Node::Object { .. } | Node::List { .. } => None,
        }
    }

    /// A copy of the object at `at` that owns its texts.
    pub(crate) fn owned_from(&self, at: At) -> Tape<'static> {
        let mut writer = Tape::writer();
        for child in self.children(at) {
            self.copy(child, &mut writer);
        }
        writer.finish()
    }

    /// This tape with the fields of `patch` at `from` laid over it: objects field by field, a null changes
    /// nothing, everything else replaces.
    pub(crate) fn patched(&self, patch: &Tape<'_>, from: At) -> Tape<'static> {
        let mut writer = Tape::writer();
        self.merge(At::ROOT, patch, from, &mut writer);
        writer.finish()
    }

    fn merge(&self, at: At, patch: &Tape<'_>, from: At, writer: &mut TapeWriter<'static>) {
        for child in self.children(at) {
            let Some(entry) = self.entry(child) else {
                continue;
            };
            let over = patch
                .field(from, entry.key)
                .filter(|place| !matches!(patch.scalar(*place), Some(Scalar::Null)));
            match (over, &entry.node) {
                (None, _) => self.copy(child, writer),
                (Some(over), Node::Object { .. }) if patch.is_object(over) => {
                    writer.begin_object(entry.key);
                    self.merge(child, patch, over, writer);
                    writer.end();
                }
                (Some(over), _) => patch.copy(over, writer),
            }
        }
        for child in patch.children(from) {
            if let Some(entry) = patch.entry(child)
                && self.field(at, entry.key).is_none()
            {
                patch.copy(child, writer);
            }
        }
    }

    fn is_object(&self, at: At) -> bool {
        matches!(self.entry(at).map(|e| &e.node), Some(Node::Object { .. }))
    }

    fn copy(&self, at: At, writer: &mut TapeWriter<'static>) {
        let Some(entry) = self.entry(at) else { return };
        match &entry.node {
            Node::Scalar(scalar) => writer.scalar(entry.key, owned(scalar)),
            Node::Object { .. } => {
                writer.begin_object(entry.key);
                self.children(at).for_each(|child| self.copy(child, writer));
                writer.end();
            }
            Node::List { .. } => {
                writer.begin_list(entry.key);
                self.children(at).for_each(|child| self.copy(child, writer));
                writer.end();
            }
        }
    }
}

fn owned(scalar: &Scalar<'_>) -> Scalar<'static> {
    match scalar {
        Scalar::Null => Scalar::Null,
        Scalar::Bool(flag) => Scalar::Bool(*flag),
        Scalar::Unsigned(value) => Scalar::Unsigned(*value),
        Scalar::Negative(value) => Scalar::Negative(*value),
        Scalar::Float(value) => Scalar::Float(*value),
        Scalar::Text(text) => Scalar::Text(Cow::Owned(text.clone().into_owned())),
        Scalar::Opaque => Scalar::Opaque,
    }
}

fn length(entries: &[Entry<'_>]) -> u32 {
    u32::try_from(entries.len()).unwrap_or(u32::MAX)
}

/// Iterates over children.
pub(crate) struct Children<'t, 'a> {
    tape: &'t Tape<'a>,
    next: u32,
    end: u32,
}

impl Iterator for Children<'_, '_> {
    type Item = At;

    fn next(&mut self) -> Option<At> {
        if self.next >= self.end {
            return None;
        }
        let at = At(self.next);
        self.next = match self.tape.entry(at)?.node {
            Node::Object { end } | Node::List { end } => end,
            Node::Scalar(_) => self.next + 1,
        };
        Some(at)
    }
}

/// How deep objects nest before the list of open ones needs memory of its own. No format goes deeper.
const DEPTH: usize = 12;

#[derive(Debug)]
struct Open {
    first: [u32; DEPTH],
    depth: usize,
    deeper: Vec<u32>,
}

/// Writes a tape in document order. Every `begin_*` needs its `end`.
#[derive(Debug)]
pub struct TapeWriter<'a> {
    tape: Tape<'a>,
    open: Open,
}

impl<'a> TapeWriter<'a> {
    /// A value without children, under its key ([`Key::ITEM`] inside a list).
    #[inline]
    pub fn scalar(&mut self, key: Key, scalar: Scalar<'a>) {
        self.tape.entries.push(Entry {
            key,
            node: Node::Scalar(scalar),
        });
    }

    /// Opens an object.
    pub fn begin_object(&mut self, key: Key) {
        self.begin(key, Node::Object { end: 0 });
    }

    /// Opens a list.
    pub fn begin_list(&mut self, key: Key) {
        self.begin(key, Node::List { end: 0 });
    }

    /// Closes the object or list opened last.
    pub fn end(&mut self) {
        let here = length(&self.tape.entries);
        let Some(start) = self.open.pop() else { return };
        if let Some(Entry {
            node: Node::Object { end } | Node::List { end },
            ..
        }) = self.tape.entries.get_mut(start as usize)
        {
            *end = here;
        }
    }

    /// The finished tape; whatever is still open is closed.
    pub fn finish(mut self) -> Tape<'a> {
        while self.open.depth > 0 {
            self.end();
        }
        self.tape
    }

    fn begin(&mut self, key: Key, node: Node<'a>) {
        self.open.push(length(&self.tape.entries));
        self.tape.entries.push(Entry { key, node });
    }
}

impl Open {
    fn push(&mut self, start: u32) {
        match self.first.get_mut(self.depth) {
            Some(slot) => *slot = start,
            None => self.deeper.push(start),
        }
        self.depth += 1;
    }

    fn pop(&mut self) -> Option<u32> {
        self.depth = self.depth.checked_sub(1)?;
        self.deeper
            .pop()
            .or_else(|| self.first.get(self.depth).copied())
    }
}
