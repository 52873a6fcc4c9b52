//! Walks the paths of the format data over a tape.

use super::shape::Key;
use super::tape::{At, KeySet, Scalar, Tape};
use std::collections::BTreeSet;

/// A step of a path.
#[derive(Debug)]
pub(crate) enum Step {
    /// Into a field of an object.
    Field(Key),
    /// Into each item of a list.
    Each,
    /// Into the items of a list, or an object, whose field has one of these texts.
    Where {
        /// The field.
        field: Key,
        /// Its text, or its number as text.
        equals: &'static [&'static str],
    },
    /// Into the items of a list, or an object, that lack the field.
    Without {
        /// The field.
        field: Key,
    },
}

/// Where a path begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    /// Where usage stands.
    Usage,
    /// At the response.
    Response,
    /// At the HTTP headers.
    Headers,
}

/// A compiled path.
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) from: From,
    /// Through objects alone: it leads to one place at most.
    pub(crate) plain: bool,
    pub(crate) steps: &'static [Step],
}

/// A response on a tape: the object it is, and where its usage stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'t, 'a> {
    pub(crate) tape: &'t Tape<'a>,
    pub(crate) response: At,
    pub(crate) usage: At,
    response_keys: KeySet,
    usage_keys: KeySet,
}

impl<'t, 'a> View<'t, 'a> {
    /// A view of the response at `response` whose usage stands at `usage`.
    pub(crate) fn new(tape: &'t Tape<'a>, response: At, usage: At) -> Self {
        let response_keys = tape.keys(response);
        let usage_keys = if usage == response {
            response_keys
        } else {
            tape.keys(usage)
        };
        Self {
            tape,
            response,
            usage,
            response_keys,
            usage_keys,
        }
    }

    /// The same response with its usage elsewhere.
    pub(crate) fn with_usage(self, usage: At) -> Self {
        Self {
            usage,
            usage_keys: self.tape.keys(usage),
            ..self
        }
    }

    fn start(&self, path: &Path) -> Option<At> {
        let (start, keys) = match path.from {
            From::Usage => (self.usage, &self.usage_keys),
            From::Response => (self.response, &self.response_keys),
            From::Headers => return self.tape.headers(),
        };
        // Most paths of most formats end here: what they begin with is not there.
        match path.steps.first() {
            Some(Step::Field(key)) if !keys.contains(*key) => None,
            _ => Some(start),
        }
    }

    /// Where a plain path leads.
    fn end(&self, path: &Path) -> Option<At> {
        path.steps
            .iter()
            .try_fold(self.start(path)?, |at, step| match step {
                Step::Field(key) => self.tape.field(at, *key),
                Step::Each | Step::Where { .. } | Step::Without { .. } => None,
            })
    }

    /// The first place the path leads to that is not null.
    pub(crate) fn place(&self, path: &Path) -> Option<At> {
        if path.plain {
            return self
                .end(path)
                .filter(|at| !matches!(self.tape.scalar(*at), Some(Scalar::Null)));
        }
        let mut found = None;
        self.visit(path, &mut |at| {
            if found.is_none() && !matches!(self.tape.scalar(at), Some(Scalar::Null)) {
                found = Some(at);
            }
        });
        found
    }

    /// True when the path leads to something that is not null.
    pub(crate) fn exists(&self, path: &Path) -> bool {
        self.place(path).is_some()
    }

    /// The text the path leads to.
    pub(crate) fn text(&self, path: &Path) -> Option<&'t str> {
        match self.tape.scalar(self.place(path)?)? {
            Scalar::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text, or the number or boolean as text, that the path leads to.
    pub(crate) fn word(&self, path: &Path) -> Option<String> {
        match self.tape.scalar(self.place(path)?)? {
            Scalar::Text(text) => Some(bare(text).to_owned()),
            Scalar::Unsigned(value) => Some(value.to_string()),
            Scalar::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// The numbers the path leads to. Nothing for what is absent or null.
    pub(crate) fn numbers(&self, path: &Path, mut visit: impl FnMut(Number)) {
        let mut judge = |at| match self.tape.scalar(at) {
            Some(Scalar::Null) => {}
            Some(Scalar::Unsigned(value)) => visit(Number::Whole(*value)),
            Some(Scalar::Negative(value)) => visit(Number::Text(value.to_string())),
            Some(Scalar::Float(value)) => visit(Number::Text(format!("{value}"))),
            // A header is always text.
            Some(Scalar::Text(text)) if path.from == From::Headers => {
                visit(Number::Text(text.clone().into_owned()));
            }
            _ => visit(Number::Other),
        };
        if path.plain {
            self.end(path).into_iter().for_each(judge);
        } else {
            self.visit(path, &mut judge);
        }
    }

    /// How many places the path leads to that are not null.
    pub(crate) fn count(&self, path: &Path) -> u64 {
        let mut count = 0;
        self.visit(path, &mut |at| {
            count += u64::from(!matches!(self.tape.scalar(at), Some(Scalar::Null)));
        });
        count
    }

    /// How many different texts the path leads to.
    pub(crate) fn count_texts(&self, path: &Path) -> u64 {
        let mut texts = BTreeSet::new();
        self.visit(path, &mut |at| {
            if let Some(Scalar::Text(text)) = self.tape.scalar(at) {
                texts.insert(text.as_ref());
            }
        });
        u64::try_from(texts.len()).unwrap_or(u64::MAX)
    }

    /// Every place the path leads to.
    pub(crate) fn visit(&self, path: &Path, visit: &mut dyn FnMut(At)) {
        if let Some(start) = self.start(path) {
            walk(self.tape, start, path.steps, visit);
        }
    }
}

fn walk(tape: &Tape<'_>, at: At, steps: &[Step], visit: &mut dyn FnMut(At)) {
    let Some((step, rest)) = steps.split_first() else {
        visit(at);
        return;
    };
    let meets = |at: At| match step {
        Step::Where { field, equals } => {
            match tape.field(at, *field).and_then(|place| tape.scalar(place)) {
                Some(Scalar::Text(text)) => is_any_of(bare(text), equals),
                // Protocol buffers number the members of an enumeration.
                Some(Scalar::Unsigned(number)) => is_any_of(&number.to_string(), equals),
                _ => false,
            }
        }
        Step::Without { field } => tape
            .field(at, *field)
            .is_none_or(|place| matches!(tape.scalar(place), Some(Scalar::Null))),
        Step::Field(_) | Step::Each => true,
    };
    match step {
        Step::Field(key) => {
            if let Some(child) = tape.field(at, *key) {
                walk(tape, child, rest, visit);
            }
        }
        Step::Each | Step::Where { .. } | Step::Without { .. } if tape.is_list(at) => {
            for child in tape.children(at).filter(|child| meets(*child)) {
                walk(tape, child, rest, visit);
            }
        }
        Step::Where { .. } | Step::Without { .. } if meets(at) => walk(tape, at, rest, visit),
        Step::Each | Step::Where { .. } | Step::Without { .. } => {}
    }
}

fn is_any_of(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// The member of an enumeration as Python prints it, `Modality.AUDIO` or `<Modality.AUDIO: 'AUDIO'>`, without the
/// enumeration's name; every other text as it is.
fn bare(text: &str) -> &str {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let printed = match text.strip_prefix('<') {
        Some(rest) => rest.split(':').next().unwrap_or_default(),
        None => text,
    };
    match printed.split_once('.') {
        Some((class, member)) if is_name(class) && is_name(member) => member,
        _ => text,
    }
}

/// A number as the response states it, before it is judged.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Number {
    /// A whole number.
    Whole(u64),
    /// Any other number, as its shortest decimal text.
    Text(String),
    /// Something else.
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_members_of_an_enumeration_are_bare() {
        assert_eq!(bare("MediaModality.AUDIO"), "AUDIO");
        assert_eq!(bare("<MediaModality.AUDIO: 'AUDIO'>"), "AUDIO");
        assert_eq!(bare("<TrafficType.ON_DEMAND: 1>"), "ON_DEMAND");
        for text in ["flex", "us-east.1", "1.5", "<x>", "", ".", "a.b.c"] {
            assert_eq!(bare(text), text);
        }
    }
}
