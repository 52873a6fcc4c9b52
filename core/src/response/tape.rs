//! The kept part of a response, flat: a node, then its children, each knowing where it ends.

use super::path::Step;
use super::shape::{Key, header_key};
use std::borrow::Cow;
use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};

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

#[derive(Debug, Clone, PartialEq)]
enum Node<'a> {
    Scalar(Scalar<'a>),
    Object,
    List,
}

#[derive(Debug, Clone, PartialEq)]
struct Entry<'a> {
    key: Key,
    /// Behind the last of its children.
    end: u32,
    node: Node<'a>,
}

/// The kept part of one response.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tape<'a> {
    entries: Vec<Entry<'a>>,
    headers: Option<At>,
}

/// A place in a tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At(u32);

impl At {
    /// The response itself.
    pub(crate) const ROOT: Self = Self(0);
}

/// Where the fields of one object stand, by key: how far behind the object, 0 for what is not there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    at: At,
    distances: [u8; KEYS],
}

/// A distance that passes a byte: the field must be looked for.
const FAR: u8 = u8::MAX;

impl Fields {
    /// The object.
    pub(crate) fn object(&self) -> At {
        self.at
    }

    /// Whether the field of this key is certainly not there.
    #[inline]
    pub(crate) fn lacks(&self, key: u16) -> bool {
        self.distances.get(usize::from(key)) == Some(&0)
    }

    /// Where steps through objects alone lead, if not to null.
    pub(crate) fn place(&self, tape: &Tape<'_>, steps: &[Step]) -> Option<At> {
        let Some((Step::Field(first), rest)) = steps.split_first() else {
            return steps.is_empty().then_some(self.at);
        };
        let first = self.get(tape, *first)?;
        let place = rest.iter().try_fold(first, |at, step| match step {
            Step::Field(key) => tape.field(at, *key),
            Step::Each | Step::Where { .. } | Step::Without { .. } => None,
        })?;
        let is_null = matches!(tape.scalar(place), Some(Scalar::Null));
        (!is_null).then_some(place)
    }

    /// The field of this key. Of a field that stands twice, the last.
    #[inline]
    pub(crate) fn get(&self, tape: &Tape<'_>, key: Key) -> Option<At> {
        match self.distances.get(usize::from(key.0)) {
            Some(0) => None,
            Some(&distance) if distance != FAR => Some(At(self.at.0 + u32::from(distance))),
            _ => tape.field(self.at, key),
        }
    }
}

/// Keys below this are told apart at once; others are looked for.
const KEYS: usize = 256;

/// A set of keys below [`KEYS`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Keys(pub(crate) [u64; KEYS / 64]);

impl Keys {
    #[inline]
    fn insert(&mut self, key: Key) {
        if let Some(word) = self.0.get_mut(usize::from(key.0 / 64)) {
            *word |= 1 << (key.0 % 64);
        }
    }

    #[inline]
    fn contains(&self, key: Key) -> bool {
        let word = self.0.get(usize::from(key.0 / 64));
        word.is_some_and(|word| word & (1 << (key.0 % 64)) != 0)
    }

    /// Whether all of these are there.
    #[inline]
    pub(crate) fn has_all(&self, Self(wanted): &Self) -> bool {
        let missing = wanted
            .iter()
            .zip(&self.0)
            .map(|(wanted, here)| wanted & !here);
        missing.fold(0, |all, word| all | word) == 0
    }
}

impl Scalar<'_> {
    /// A copy that owns its text.
    pub(super) fn owned(&self) -> Scalar<'static> {
        match self {
            Self::Null => Scalar::Null,
            Self::Bool(flag) => Scalar::Bool(*flag),
            Self::Unsigned(value) => Scalar::Unsigned(*value),
            Self::Negative(value) => Scalar::Negative(*value),
            Self::Float(value) => Scalar::Float(*value),
            Self::Text(text) => Scalar::Text(Cow::Owned(text.clone().into_owned())),
            Self::Opaque => Scalar::Opaque,
        }
    }
}

impl Node<'_> {
    /// What kind of value it is; of the kinds that have two or three values, which.
    #[inline]
    const fn kind(&self) -> u64 {
        match self {
            Node::Scalar(Scalar::Unsigned(_)) => 0,
            Node::Scalar(Scalar::Text(_)) => 1,
            Node::Object => 2,
            Node::List => 3,
            Node::Scalar(Scalar::Null) => 4,
            Node::Scalar(Scalar::Bool(false)) => 5,
            Node::Scalar(Scalar::Bool(true)) => 6,
            Node::Scalar(Scalar::Negative(_)) => 7,
            Node::Scalar(Scalar::Float(_)) => 8,
            Node::Scalar(Scalar::Opaque) => 9,
        }
    }
}

impl<'a> Tape<'a> {
    /// How many values it holds, the response itself among them.
    #[inline]
    #[expect(
        clippy::len_without_is_empty,
        reason = "the response itself is always there"
    )]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// How many bytes of text it holds.
    pub fn text_bytes(&self) -> usize {
        let texts = self.entries.iter().map(|entry| match &entry.node {
            Node::Scalar(Scalar::Text(text)) => text.len(),
            _ => 0,
        });
        texts.sum()
    }

    /// Each value's key, kind and end as one number.
    #[inline]
    pub(super) fn outline(&self) -> impl Iterator<Item = u64> {
        self.entries.iter().map(|entry| {
            u64::from(entry.end) << 24 | u64::from(entry.key.0) << 8 | entry.node.kind()
        })
    }

    /// Every place with its key.
    pub(super) fn places(&self) -> impl Iterator<Item = (At, Key)> {
        (0..)
            .map(At)
            .zip(self.entries.iter().map(|entry| entry.key))
    }

    /// Whether any object states a field twice.
    pub(super) fn repeats_a_field(&self) -> bool {
        self.places().any(|(at, _)| {
            let mut seen = BTreeSet::new();
            self.is_object(at)
                && self
                    .entries_below(at)
                    .any(|(_, entry)| !seen.insert(entry.key.0))
        })
    }

    /// Where the fields of the object at `at` stand.
    pub(crate) fn fields(&self, at: At) -> Fields {
        let mut distances = [0; KEYS];
        if !self.is_list(at) {
            for (child, entry) in self.entries_below(at) {
                if let Some(distance) = distances.get_mut(usize::from(entry.key.0)) {
                    *distance = u8::try_from(child.0 - at.0).unwrap_or(FAR);
                }
            }
        }
        Fields { at, distances }
    }

    /// Every key that stands anywhere, handed to `see` by its number as often as it does.
    #[inline]
    pub(crate) fn keys(&self, mut see: impl FnMut(usize)) -> Keys {
        let mut keys = Keys::default();
        for entry in &self.entries {
            keys.insert(entry.key);
            see(usize::from(entry.key.0));
        }
        keys
    }

    /// Opens a tape for writing; the root is an object.
    pub fn writer() -> TapeWriter<'a> {
        let mut entries = Vec::with_capacity(32);
        entries.push(Entry {
            key: Key::ITEM,
            end: 1,
            node: Node::Object,
        });
        TapeWriter {
            tape: Self {
                entries,
                headers: None,
            },
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
        self.headers = Some(At(length(&self.entries)));
        self.push(Key::HEADERS, Node::Object);
        for (name, value) in headers {
            if let Some(key) = header_key(name) {
                self.push(key, Node::Scalar(Scalar::Text(Cow::Borrowed(value))));
            }
        }
        let end = length(&self.entries);
        for at in [start, 0] {
            if let Some(entry) = self.entries.get_mut(at) {
                entry.end = end;
            }
        }
    }

    /// The headers, when some were added.
    pub(crate) fn headers(&self) -> Option<At> {
        self.headers
    }

    /// Appends a node that has no children yet.
    #[inline]
    fn push(&mut self, key: Key, node: Node<'a>) {
        let end = length(&self.entries).saturating_add(1);
        self.entries.push(Entry { key, end, node });
    }

    #[inline]
    fn entry(&self, at: At) -> Option<&Entry<'a>> {
        self.entries.get(at.0 as usize)
    }

    /// The children of an object or list, in order.
    pub(crate) fn children(&self, at: At) -> impl Iterator<Item = At> + use<'_, 'a> {
        self.entries_below(at).map(|(child, _)| child)
    }

    #[inline]
    fn entries_below(&self, at: At) -> impl Iterator<Item = (At, &Entry<'a>)> + use<'_, 'a> {
        let end = self.entry(at).map_or(0, |entry| entry.end);
        let entries = self.entries.get(..end as usize).unwrap_or_default();
        let mut next = at.0 + 1;
        std::iter::from_fn(move || {
            let here = next;
            let entry = entries.get(here as usize)?;
            next = entry.end;
            Some((At(here), entry))
        })
    }

    /// The field of an object. Of a field that stands twice, the last.
    #[inline]
    pub(crate) fn field(&self, at: At, key: Key) -> Option<At> {
        if !self.is_object(at) {
            return None;
        }
        let mut found = None;
        for (child, entry) in self.entries_below(at) {
            if entry.key == key {
                found = Some(child);
            }
        }
        found
    }

    /// Whether an object at `at` or below states a field twice, in one spelling or two, and differently.
    pub(crate) fn contradicts_itself(&self, at: At) -> bool {
        let is_object = self.is_object(at);
        let mut seen = Keys::default();
        let mut repeats = false;
        for (child, entry) in self.entries_below(at) {
            repeats |= is_object && seen.contains(entry.key);
            seen.insert(entry.key);
            if !matches!(entry.node, Node::Scalar(_)) && self.contradicts_itself(child) {
                return true;
            }
        }
        repeats && self.repeats_differently(at)
    }

    /// Whether an object that states fields twice means different things by it.
    #[cold]
    fn repeats_differently(&self, at: At) -> bool {
        let mut first: BTreeMap<u16, &Node<'a>> = BTreeMap::new();
        self.entries_below(at).any(|(_, entry)| {
            let known = usize::from(entry.key.0) < KEYS;
            match first.entry(entry.key.0) {
                _ if !known => false,
                Slot::Vacant(slot) => {
                    slot.insert(&entry.node);
                    false
                }
                Slot::Occupied(slot) => match (*slot.get(), &entry.node) {
                    (Node::Scalar(said), Node::Scalar(again)) => said != again,
                    _ => true,
                },
            }
        })
    }

    /// Whether numbers stand at `at` and below, and all of them are zero.
    pub(crate) fn counts_nothing(&self, at: At) -> bool {
        let end = self.entry(at).map_or(0, |entry| entry.end);
        let below = self.entries.get(at.0 as usize..end as usize);
        let mut has_numbers = false;
        let has_counts = below
            .unwrap_or_default()
            .iter()
            .any(|entry| match entry.node {
                Node::Scalar(Scalar::Unsigned(0)) => {
                    has_numbers = true;
                    false
                }
                Node::Scalar(Scalar::Float(value)) => {
                    has_numbers = true;
                    value != 0.0
                }
                Node::Scalar(Scalar::Unsigned(_) | Scalar::Negative(_)) => true,
                _ => false,
            });
        has_numbers && !has_counts
    }

    pub(crate) fn is_list(&self, at: At) -> bool {
        matches!(self.entry(at).map(|e| &e.node), Some(Node::List))
    }

    /// The value at `at` when it has no children.
    #[inline]
    pub(crate) fn scalar(&self, at: At) -> Option<&Scalar<'a>> {
        match &self.entry(at)?.node {
            Node::Scalar(scalar) => Some(scalar),
            Node::Object | Node::List => None,
        }
    }

    /// A copy of the object at `at` that owns its texts.
    pub(crate) fn owned_from(&self, at: At) -> Tape<'static> {
        let mut writer = Tape::writer();
        for child in self.last_fields(at).into_values() {
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
        let mut over = patch.last_fields(from);
        over.retain(|_, place| !matches!(patch.scalar(*place), Some(Scalar::Null)));
        for (key, child) in self.last_fields(at) {
            let Some(entry) = self.entry(child) else {
                continue;
            };
            match (over.remove(&key), &entry.node) {
                (None, _) => self.copy(child, writer),
                (Some(over), Node::Object) if patch.is_object(over) => {
                    writer.begin_object(entry.key);
                    self.merge(child, patch, over, writer);
                    writer.end();
                }
                (Some(over), _) => patch.copy(over, writer),
            }
        }
        for place in over.into_values() {
            patch.copy(place, writer);
        }
    }

    /// The fields of an object by key; of one that stands twice the last. What is kept of a stream holds no field
    /// twice, so that it cannot grow, nor cost more to patch, than there are fields.
    fn last_fields(&self, at: At) -> BTreeMap<u16, At> {
        // One by one: to collect them brings a whole sort along.
        let mut last = BTreeMap::new();
        for (child, entry) in self.entries_below(at) {
            last.insert(entry.key.0, child);
        }
        last
    }

    #[inline]
    fn is_object(&self, at: At) -> bool {
        matches!(self.entry(at).map(|e| &e.node), Some(Node::Object))
    }

    fn copy(&self, at: At, writer: &mut TapeWriter<'static>) {
        let Some(entry) = self.entry(at) else { return };
        if entry.key == Key::HEADERS {
            writer.tape.headers = Some(At(length(&writer.tape.entries)));
        }
        match &entry.node {
            Node::Scalar(scalar) => writer.scalar(entry.key, scalar.owned()),
            Node::Object => {
                writer.begin_object(entry.key);
                for child in self.last_fields(at).into_values() {
                    self.copy(child, writer);
                }
                writer.end();
            }
            Node::List => {
                writer.begin_list(entry.key);
                self.children(at).for_each(|child| self.copy(child, writer));
                writer.end();
            }
        }
    }
}

fn length(entries: &[Entry<'_>]) -> u32 {
    u32::try_from(entries.len()).unwrap_or(u32::MAX)
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
        self.tape.push(key, Node::Scalar(scalar));
    }

    /// How many values were written, the response itself among them.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.tape.entries.len()
    }

    /// Opens an object.
    pub fn begin_object(&mut self, key: Key) {
        self.begin(key, Node::Object);
    }

    /// Opens a list.
    pub fn begin_list(&mut self, key: Key) {
        self.begin(key, Node::List);
    }

    /// Closes the object or list opened last.
    pub fn end(&mut self) {
        let here = length(&self.tape.entries);
        let Some(start) = self.open.pop() else { return };
        if let Some(entry) = self.tape.entries.get_mut(start as usize) {
            entry.end = here;
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
        self.tape.push(key, node);
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
