//! What a chunk of a stream said. Most chunks say the same as one before beside their text, which is not read, or the
//! same with other numbers: telling this takes a part of the time that the core takes to learn nothing from them.

use crate::read::{Sink, owned, tell_object};
use bearlumen_core::response::{Key, ParseError, Scalar, Tape};
use pyo3::prelude::*;

/// A larger chunk is not remembered: looking through it would cost as much as handing it to the core.
const MOST_VALUES: usize = 256;

/// The wanted fields of a chunk, in their order.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    values: Vec<(Key, Value)>,
    has_changed: bool,
}

#[derive(Debug, PartialEq)]
enum Value {
    Number(Scalar<'static>),
    /// Anything else that has no parts.
    Plain(Scalar<'static>),
    Object,
    List,
    End,
}

impl Snapshot {
    /// Reads a chunk, and beside it an interrupt: see [`crate::read::with_response`].
    pub(crate) fn of(chunk: &Bound<'_, PyAny>) -> (Result<Self, ParseError>, Option<PyErr>) {
        let mut snapshot = Self::default();
        let (read, interrupt) = tell_object(chunk, &mut snapshot);
        (read.map(|()| snapshot), interrupt)
    }

    /// Whether looking through it is worth the while.
    pub(crate) fn is_small(&self) -> bool {
        self.values.len() <= MOST_VALUES
    }

    /// True when the chunk says the same but for its numbers, which are taken over.
    pub(crate) fn absorb(&mut self, chunk: &Bound<'_, PyAny>) -> (bool, Option<PyErr>) {
        let mut comparison = Comparison {
            values: &mut self.values,
            at: 0,
            numbers: Numbers::default(),
            is_same: true,
        };
        let (read, interrupt) = tell_object(chunk, &mut comparison);
        let is_same =
            read.is_ok() && comparison.is_same && comparison.at == comparison.values.len();
        if is_same {
            self.has_changed |= comparison.take_over();
        }
        (is_same, interrupt)
    }

    /// As the core reads it, if its numbers have changed since the last time.
    pub(crate) fn take_changed(&mut self) -> Option<Tape<'static>> {
        std::mem::take(&mut self.has_changed).then(|| self.tape())
    }

    /// As the core reads it.
    pub(crate) fn tape(&self) -> Tape<'static> {
        let mut writer = Tape::writer();
        for (key, value) in &self.values {
            match value {
                Value::Number(scalar) | Value::Plain(scalar) => writer.scalar(*key, scalar.clone()),
                Value::Object => writer.begin_object(*key),
                Value::List => writer.begin_list(*key),
                Value::End => writer.end(),
            }
        }
        writer.finish()
    }
}

impl Sink for Snapshot {
    fn scalar(&mut self, name: Key, value: Scalar<'_>) {
        let scalar = owned(value);
        let value = if is_number(&scalar) {
            Value::Number(scalar)
        } else {
            Value::Plain(scalar)
        };
        self.values.push((name, value));
    }

    fn begin_object(&mut self, name: Key) {
        self.values.push((name, Value::Object));
    }

    fn begin_list(&mut self, name: Key) {
        self.values.push((name, Value::List));
    }

    fn end(&mut self) {
        self.values.push((Key::ITEM, Value::End));
    }
}

const fn is_number(scalar: &Scalar<'_>) -> bool {
    matches!(
        scalar,
        Scalar::Unsigned(_) | Scalar::Negative(_) | Scalar::Float(_)
    )
}

fn is_zero(number: &Scalar<'_>) -> bool {
    match number {
        Scalar::Unsigned(value) => *value == 0,
        Scalar::Float(value) => *value == 0.0,
        _ => false,
    }
}

/// The numbers that differ, with their places. Few chunks have more than a handful.
#[derive(Default)]
struct Numbers(Vec<(usize, Scalar<'static>)>);

/// Goes along a snapshot while a chunk is read.
struct Comparison<'s> {
    values: &'s mut Vec<(Key, Value)>,
    at: usize,
    numbers: Numbers,
    is_same: bool,
}

impl Comparison<'_> {
    fn next(&mut self, name: Key, fits: impl FnOnce(&Value) -> bool) {
        let fits = self.is_same
            && self
                .values
                .get(self.at)
                .is_some_and(|(key, value)| *key == name && fits(value));
        self.is_same = fits;
        self.at += 1;
    }

    /// Says whether any number differed.
    fn take_over(self) -> bool {
        let Self {
            values, numbers, ..
        } = self;
        let has_changed = !numbers.0.is_empty();
        for (at, number) in numbers.0 {
            if let Some((_, value)) = values.get_mut(at) {
                *value = Value::Number(number);
            }
        }
        has_changed
    }
}

impl Sink for Comparison<'_> {
    fn scalar(&mut self, name: Key, given: Scalar<'_>) {
        if is_number(&given) {
            let at = self.at;
            let number = owned(given);
            let mut other = None;
            self.next(name, |value| match value {
                // Zeros after counts are for the core to judge.
                Value::Number(known) if is_zero(known) == is_zero(&number) => {
                    other = (*known != number).then_some(number);
                    true
                }
                _ => false,
            });
            self.numbers.0.extend(other.map(|number| (at, number)));
        } else {
            self.next(name, |value| match (value, &given) {
                (Value::Plain(Scalar::Text(known)), Scalar::Text(text)) => known == text,
                (Value::Plain(known), given) => known == given,
                _ => false,
            });
        }
    }

    fn begin_object(&mut self, name: Key) {
        self.next(name, |value| *value == Value::Object);
    }

    fn begin_list(&mut self, name: Key) {
        self.next(name, |value| *value == Value::List);
    }

    fn end(&mut self) {
        self.next(Key::ITEM, |value| *value == Value::End);
    }

    fn is_done(&self) -> bool {
        !self.is_same
    }
}
