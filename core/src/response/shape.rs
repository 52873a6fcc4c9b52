//! What to keep of a response.

/// The most values kept of one object. A list in a host language can claim any length or never end; a response
/// with more is refused as too large rather than read in part.
pub const MAX_RESPONSE_NODES: usize = 65_536;

/// A node of the tree of wanted paths.
#[derive(Debug)]
pub struct Shape {
    /// The value itself is wanted: a number, a text, or only that it is there.
    pub(crate) leaf: bool,
    /// The wanted fields of an object, sorted by name.
    pub(crate) fields: &'static [(&'static str, Shape)],
    /// What to keep of each item of a list.
    pub(crate) items: Option<&'static Shape>,
}

include!(concat!(env!("OUT_DIR"), "/shape.rs"));

/// The tree for a whole response.
pub fn response_shape() -> &'static Shape {
    &RESPONSE
}

impl Shape {
    /// The wanted field called `name`, with its name as a static text.
    pub fn field(&self, name: &str) -> Option<(&'static str, &'static Shape)> {
        let at = self
            .fields
            .binary_search_by(|(known, _)| (*known).cmp(name))
            .ok()?;
        self.fields.get(at).map(|(name, shape)| (*name, shape))
    }

    /// All wanted fields, for objects whose fields cannot be listed.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &'static Shape)> {
        self.fields.iter().map(|(name, shape)| (*name, shape))
    }

    /// What to keep of each item, when the value is a list.
    pub fn items(&self) -> Option<&'static Shape> {
        self.items
    }

    /// True when a number, text or boolean here is wanted.
    pub fn is_leaf(&self) -> bool {
        self.leaf
    }
}
