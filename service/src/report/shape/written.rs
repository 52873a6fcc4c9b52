//! Lists that stand in an answer under several names.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use std::rc::Rc;

/// A list, written once however often it stands there. Describe it by its items: `schemars(with = "Vec<Item>")`.
#[derive(Debug, Clone)]
pub(crate) struct Written(Rc<RawValue>);

impl Written {
    pub(crate) fn of<T: Serialize>(list: &[T]) -> Self {
        // Our own types hold nothing that cannot be written as JSON.
        Self(to_raw_value(list).map_or_else(|_| RawValue::NULL.to_owned().into(), Into::into))
    }
}

impl Serialize for Written {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
