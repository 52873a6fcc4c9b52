//! Walks the paths of the format data over a tape.

use super::shape::Key;
use super::tape::{At, Fields, Scalar, Tape};
use crate::decimal;
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
    /// The key of the field it begins with; that of no field when it begins otherwise.
    pub(crate) first: u16,
    pub(crate) steps: &'static [Step],
}

/// A response on a tape: the object it is, and where its usage stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'t, 'a> {
    pub(crate) tape: &'t Tape<'a>,
    response: Fields,
    usage: Fields,
}

impl<'t, 'a> View<'t, 'a> {
    /// A view of the response at `response` whose usage stands at `usage`.
    pub(crate) fn new(tape: &'t Tape<'a>, response: At, usage: At) -> Self {
        let response = tape.fields(response);
        let usage = if usage == response.object() {
            response
        } else {
            tape.fields(usage)
        };
        Self {
            tape,
            response,
            usage,
        }
    }

    /// A view of the response whose fields these are, usage among them.
    pub(crate) fn at(tape: &'t Tape<'a>, response: &Fields) -> Self {
        Self {
            tape,
            response: *response,
            usage: *response,
        }
    }

    /// Takes the response's usage to stand elsewhere.
    pub(crate) fn move_usage(&mut self, usage: At) {
        self.usage = self.tape.fields(usage);
    }

    /// The response's object.
    pub(crate) fn response(&self) -> At {
        self.response.object()
    }

    /// The object where usage stands.
    pub(crate) fn usage(&self) -> At {
        self.usage.object()
    }

    /// Whether what a path begins with is not there, which is so for most paths of most formats.
    #[inline]
    fn is_absent(&self, path: &Path) -> bool {
        match path.from {
            From::Usage => self.usage.lacks(path.first),
            From::Response => self.response.lacks(path.first),
            From::Headers => self.tape.headers().is_none(),
        }
    }

    /// Where a path leads with its first step, and what is left of it.
    #[inline]
    fn start(&self, path: &Path) -> Option<(At, &'static [Step])> {
        let fields = match path.from {
            From::Usage => &self.usage,
            From::Response => &self.response,
            From::Headers => return Some((self.tape.headers()?, path.steps)),
        };
        match path.steps.split_first() {
            Some((Step::Field(key), rest)) => Some((fields.get(self.tape, *key)?, rest)),
            _ => Some((fields.object(), path.steps)),
        }
    }

    /// Where a plain path leads.
    #[inline]
    fn end(&self, path: &Path) -> Option<At> {
        let (start, rest) = self.start(path)?;
        rest.iter().try_fold(start, |at, step| match step {
            Step::Field(key) => self.tape.field(at, *key),
            Step::Each | Step::Where { .. } | Step::Without { .. } => None,
        })
    }

    /// The first place the path leads to that is not null.
    #[inline]
    pub(crate) fn place(&self, path: &Path) -> Option<At> {
        if self.is_absent(path) {
            None
        } else {
            self.present_place(path)
        }
    }

    fn present_place(&self, path: &Path) -> Option<At> {
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
    #[inline]
    pub(crate) fn exists(&self, path: &Path) -> bool {
        self.place(path).is_some()
    }

    /// True when the path leads to something that is neither null nor `false`.
    pub(crate) fn says(&self, path: &Path) -> bool {
        let place = self.place(path);
        place.is_some_and(|at| !matches!(self.tape.scalar(at), Some(Scalar::Bool(false))))
    }

    /// The text the path leads to.
    #[inline]
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

    /// The whole number that a plain path leads to, `None` for what is absent or null. Fails where there is more to
    /// it: several places, or another value.
    #[inline]
    pub(crate) fn whole_number(&self, path: &Path) -> Result<Option<u64>, ()> {
        if self.is_absent(path) {
            return Ok(None);
        }
        if !path.plain {
            return Err(());
        }
        let Some(end) = self.end(path) else {
            return Ok(None);
        };
        match self.tape.scalar(end) {
            Some(Scalar::Unsigned(units)) => Ok(Some(*units)),
            Some(Scalar::Null) => Ok(None),
            _ => Err(()),
        }
    }

    /// The numbers the path leads to. Nothing for what is absent or null.
    #[inline]
    pub(crate) fn numbers(&self, path: &Path, visit: impl FnMut(Number)) {
        if !self.is_absent(path) {
            self.present_numbers(path, visit);
        }
    }

    fn present_numbers(&self, path: &Path, mut visit: impl FnMut(Number)) {
        let mut judge = |at| match self.tape.scalar(at) {
            Some(Scalar::Null) => {}
            Some(Scalar::Unsigned(value)) => visit(Number::Whole(*value)),
            Some(Scalar::Negative(value)) => visit(Number::Text(value.to_string())),
            Some(Scalar::Float(value)) => visit(Number::Text(decimal::of_float(*value))),
            // A header is always text.
            Some(Scalar::Text(text)) if path.from == From::Headers => {
                visit(Number::Text(text.clone().into_owned()));
            }
            Some(Scalar::Text(text)) => visit(Number::Quoted(text.clone().into_owned())),
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

    /// How many different texts the paths lead to.
    pub(crate) fn count_texts(&self, paths: &[Path]) -> u64 {
        let mut texts = BTreeSet::new();
        for path in paths {
            self.visit(path, &mut |at| {
                if let Some(Scalar::Text(text)) = self.tape.scalar(at)
                    && !text.is_empty()
                {
                    texts.insert(text.as_ref());
                }
            });
        }
        u64::try_from(texts.len()).unwrap_or(u64::MAX)
    }

    /// Every place the path leads to.
    pub(crate) fn visit(&self, path: &Path, visit: &mut dyn FnMut(At)) {
        if let Some((start, rest)) = self.start(path) {
            walk(self.tape, start, rest, visit);
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
                Some(Scalar::Bool(flag)) => is_any_of(if *flag { "true" } else { "false" }, equals),
                // Protocol buffers number the members of an enumeration.
                Some(Scalar::Unsigned(number)) => is_any_of(&number.to_string(), equals),
                Some(Scalar::Float(number)) => is_any_of(&decimal::of_float(*number), equals),
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
    /// A text, which may hold a number.
    Quoted(String),
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
