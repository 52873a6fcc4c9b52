//! The object part of a record to the core's tape.

use crate::record::{Reader, Value};
use crate::shape::node_keys;
use bearlumen_core::response::{Scalar, Tape};
use std::borrow::Cow;

/// Reads to the end of the record. `None` when it is not what JavaScript writes.
pub(crate) fn read_object<'a>(reader: &mut Reader<'a>) -> Option<Tape<'a>> {
    let keys = node_keys();
    let mut tape = Tape::writer();
    while let Some(next) = reader.peek() {
        if matches!(next, b'}' | b']') {
            reader.take(next);
            tape.end();
            continue;
        }
        let key = *keys.get(reader.count()?)?;
        let scalar = match reader.value()? {
            Value::Object => {
                tape.begin_object(key);
                continue;
            }
            Value::List => {
                tape.begin_list(key);
                continue;
            }
            Value::Null => Scalar::Null,
            Value::Bool(flag) => Scalar::Bool(flag),
            Value::Number(text) => number(text),
            Value::Text(text) => Scalar::Text(Cow::Borrowed(text)),
            Value::Opaque => Scalar::Opaque,
        };
        tape.scalar(key, scalar);
    }
    Some(tape.finish())
}

/// A JavaScript number as `String` writes it.
fn number(text: &str) -> Scalar<'static> {
    if let Ok(whole) = text.parse::<u64>() {
        return Scalar::Unsigned(whole);
    }
    if let Ok(negative) = text.parse::<i64>() {
        return Scalar::Negative(negative);
    }
    text.parse().map_or(Scalar::Opaque, Scalar::Float)
}
