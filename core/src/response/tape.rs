//! The kept part of a response, flat: a node, then its children, each knowing where it ends.

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

#[derive(Debug)]
enum Node<'a> {
    Scalar(Scalar<'a>),
    Object { end: u32 },
    List { end: u32 },
}

#[derive(Debug)]
struct Entry<'a> {
    name: &'static str,
    node: Node<'a>,
}

/// The kept part of one response.
#[derive(Debug, Default)]
pub struct Tape<'a> {
    entries: Vec<Entry<'a>>,
}

/// A place in a tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At(u32);

impl<'a> Tape<'a> {
    /// Opens a tape for writing; the root is an object.
    pub fn writer() -> TapeWriter<'a> {
        let mut entries = Vec::with_capacity(24);
        entries.push(Entry {
            name: "",
            node: Node::Object { end: 0 },
        });
        TapeWriter {
            tape: Self { entries },
            open: vec![0],
        }
    }

    pub(crate) fn root(&self) -> Option<At> {
        (!self.entries.is_empty()).then_some(At(0))
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

    /// The field `name` of an object. Of a field that stands twice, the last.
    pub(crate) fn field(&self, at: At, name: &str) -> Option<At> {
        if !matches!(self.entry(at)?.node, Node::Object { .. }) {
            return None;
        }
        self.children(at)
            .filter(|child| self.entry(*child).is_some_and(|e| e.name == name))
            .last()
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

/// Writes a tape in document order. Every `begin_*` needs its `end`.
#[derive(Debug)]
pub struct TapeWriter<'a> {
    tape: Tape<'a>,
    open: Vec<u32>,
}

impl<'a> TapeWriter<'a> {
    /// A value without children, under `name` (empty inside a list).
    pub fn scalar(&mut self, name: &'static str, scalar: Scalar<'a>) {
        self.tape.entries.push(Entry {
            name,
            node: Node::Scalar(scalar),
        });
    }

    /// Opens an object under `name`.
    pub fn begin_object(&mut self, name: &'static str) {
        self.begin(name, Node::Object { end: 0 });
    }

    /// Opens a list under `name`.
    pub fn begin_list(&mut self, name: &'static str) {
        self.begin(name, Node::List { end: 0 });
    }

    /// Closes the object or list opened last.
    pub fn end(&mut self) {
        let Some(start) = self.open.pop() else { return };
        let here = self.length();
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
        while !self.open.is_empty() {
            self.end();
        }
        self.tape
    }

    fn begin(&mut self, name: &'static str, node: Node<'a>) {
        self.open.push(self.length());
        self.tape.entries.push(Entry { name, node });
    }

    fn length(&self) -> u32 {
        u32::try_from(self.tape.entries.len()).unwrap_or(u32::MAX)
    }
}
