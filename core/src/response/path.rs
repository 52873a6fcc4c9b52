//! Walks the paths of the format data over a tape.

use super::tape::{At, Scalar, Tape};

/// A step of a path.
#[derive(Debug)]
pub(crate) enum Step {
    /// Into a field of an object.
    Field(&'static str),
    /// Into each item of a list.
    Each,
    /// Into the items of a list whose field has this text.
    #[expect(dead_code, reason = "the tables of the formats so far do not need it")]
    Where {
        /// The item's field.
        field: &'static str,
        /// Its text.
        equals: &'static str,
    },
}

/// A compiled path.
pub(crate) type Path = &'static [Step];

/// Calls `visit` with every place the path leads to.
fn walk(tape: &Tape<'_>, at: At, path: &[Step], visit: &mut dyn FnMut(At)) {
    let Some((step, rest)) = path.split_first() else {
        visit(at);
        return;
    };
    match step {
        Step::Field(name) => {
            if let Some(child) = tape.field(at, name) {
                walk(tape, child, rest, visit);
            }
        }
        Step::Each if tape.is_list(at) => {
            for child in tape.children(at) {
                walk(tape, child, rest, visit);
            }
        }
        Step::Where { field, equals } if tape.is_list(at) => {
            for child in tape.children(at) {
                let value = tape
                    .field(child, field)
                    .and_then(|place| tape.scalar(place));
                if matches!(value, Some(Scalar::Text(text)) if text == equals) {
                    walk(tape, child, rest, visit);
                }
            }
        }
        Step::Each | Step::Where { .. } => {}
    }
}

fn first<'t, 'a>(tape: &'t Tape<'a>, path: Path) -> Option<&'t Scalar<'a>> {
    let mut found = None;
    walk(tape, tape.root()?, path, &mut |at| {
        if found.is_none() {
            found = Some(at);
        }
    });
    tape.scalar(found?)
}

/// True when the path leads to something that is not null.
pub(crate) fn exists(tape: &Tape<'_>, path: Path) -> bool {
    let mut found = false;
    if let Some(root) = tape.root() {
        walk(tape, root, path, &mut |at| {
            found |= !matches!(tape.scalar(at), Some(Scalar::Null));
        });
    }
    found
}

/// The text the path leads to.
pub(crate) fn text<'t>(tape: &'t Tape<'_>, path: Path) -> Option<&'t str> {
    match first(tape, path)? {
        Scalar::Text(text) => Some(text),
        _ => None,
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

/// The numbers the path leads to, each as [`Number`]. Nothing for what is absent or null.
pub(crate) fn number(tape: &Tape<'_>, path: Path, mut visit: impl FnMut(Number)) {
    let Some(root) = tape.root() else { return };
    walk(tape, root, path, &mut |at| match tape.scalar(at) {
        Some(Scalar::Null) => {}
        Some(Scalar::Unsigned(value)) => visit(Number::Whole(*value)),
        Some(Scalar::Negative(value)) => visit(Number::Text(value.to_string())),
        Some(Scalar::Float(value)) => visit(Number::Text(number_text(*value))),
        _ => visit(Number::Other),
    });
}

/// The shortest decimal text that reads back as `value`.
fn number_text(value: f64) -> String {
    format!("{value}")
}
