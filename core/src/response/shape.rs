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
    /// What tells the names apart, and where the fields of each group begin.
    pub(super) groups: Groups,
    /// The wanted fields of an object, group by group.
    pub(super) fields: &'static [Field],
    /// What to keep of each item of a list.
    pub(super) items: Option<&'static Shape>,
}

/// The hash that the build chose so that few names of a shape share a group.
#[derive(Debug)]
pub(super) struct Groups {
    /// By how much length, first and last byte and that in the middle count.
    pub(super) factors: [u32; 4],
    /// As many as there are groups, a power of two, and one more.
    pub(super) starts: &'static [u8],
}

impl Groups {
    #[inline]
    fn of(&self, name: &[u8]) -> usize {
        let at = |place: usize| u32::from(name.get(place).copied().unwrap_or_default());
        let [length, first, last, middle] = self.factors;
        let hash = u32::try_from(name.len() & 0xff)
            .unwrap_or_default()
            .wrapping_mul(length)
            .wrapping_add(at(0).wrapping_mul(first))
            .wrapping_add(at(name.len().wrapping_sub(1)).wrapping_mul(last))
            .wrapping_add(at(name.len() / 2).wrapping_mul(middle));
        hash as usize & self.starts.len().saturating_sub(2)
    }
}

/// A wanted field in one of its spellings.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) spelling: &'static str,
    pub(super) key: Key,
    pub(super) shape: &'static Shape,
}

mod compiled {
    use super::{Field, Groups, Key, Shape};
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
    pub fn field(&self, name: &str) -> Option<(Key, &'static Shape)> {
        self.named(name.as_bytes())
    }

    /// The same by the name's bytes.
    #[inline]
    pub(super) fn named(&self, name: &[u8]) -> Option<(Key, &'static Shape)> {
        let group = self.groups.of(name);
        let from = usize::from(*self.groups.starts.get(group)?);
        let to = usize::from(*self.groups.starts.get(group + 1)?);
        self.fields
            .get(from..to)?
            .iter()
            .find(|f| f.spelling.as_bytes() == name)
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
