//! What to keep of a response.

/// The number of a field's name. Spellings of one name share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key(pub(crate) u16);

impl Key {
    /// What the items of a list have instead of a name.
    pub const ITEM: Self = Self(u16::MAX);

    /// The number, to tell keys apart.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The object that holds the HTTP headers, which no field is called.
    pub(super) const HEADERS: Self = Self(u16::MAX - 2);
}

/// The most nodes that are kept of one response that no text bounds: an object may be its own child, or make a
/// new child at every look.
pub const MAX_RESPONSE_NODES: usize = 100_000;

/// A node of the tree of wanted paths.
#[derive(Debug)]
pub struct Shape {
    /// The value itself is wanted: a number, a text, or only that it is there.
    pub(super) leaf: bool,
    /// Where the fields of each length of name begin.
    pub(super) starts: &'static [u8],
    /// The wanted fields of an object, by length and name.
    pub(super) fields: &'static [Field],
    /// What to keep of each item of a list.
    pub(super) items: Option<&'static Shape>,
}

/// A wanted field in one of its spellings.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) spelling: &'static str,
    pub(super) key: Key,
    pub(super) shape: &'static Shape,
}

mod compiled {
    use super::{Field, Key, Shape};
    include!(concat!(env!("OUT_DIR"), "/shape.rs"));
}

/// The tree for a whole response.
pub fn response_shape() -> &'static Shape {
    compiled::RESPONSE
}

/// The number of a wanted HTTP header, in any case.
pub(super) fn header_key(name: &str) -> Option<Key> {
    compiled::HEADERS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, key)| *key)
}

impl Shape {
    /// The wanted field called `name`.
    #[inline]
    pub fn field(&self, name: &str) -> Option<(Key, &'static Shape)> {
        let last = self.starts.len().saturating_sub(2);
        let length = name.len().min(last);
        let from = usize::from(*self.starts.get(length)?);
        let to = usize::from(*self.starts.get(length + 1)?);
        self.fields
            .get(from..to)?
            .iter()
            .find(|f| f.spelling == name)
            .map(|f| (f.key, f.shape))
    }

    /// All wanted fields by spelling, for objects whose fields cannot be listed.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, Key, &'static Shape)> {
        self.fields.iter().map(|f| (f.spelling, f.key, f.shape))
    }

    /// What to keep of each item, when the value is a list.
    pub fn items(&self) -> Option<&'static Shape> {
        self.items
    }

    /// True when a number, text or boolean here is wanted.
    pub fn is_leaf(&self) -> bool {
        self.leaf
    }

    /// True when nothing below is wanted.
    pub(super) fn is_end(&self) -> bool {
        self.fields.is_empty() && self.items.is_none()
    }
}
