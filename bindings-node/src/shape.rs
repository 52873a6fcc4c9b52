//! The core's tree of wanted fields, its nodes numbered, and the same tree as JSON for JavaScript.

use crate::options::OptionName;
use bearlumen_core::response::{Key, MAX_RESPONSE_NODES, Shape, response_shape};
use napi_derive::napi;
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

/// The fields' keys by node number.
pub(crate) fn node_keys() -> &'static [Key] {
    static KEYS: OnceLock<Vec<Key>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let mut keys = Vec::new();
        number(Key::ITEM, response_shape(), &mut keys);
        keys
    })
}

/// Numbers a node and what is below it, in the order of the shape.
fn number(key: Key, shape: &'static Shape, keys: &mut Vec<Key>) -> Value {
    let id = keys.len();
    keys.push(key);
    let fields: Map<String, Value> = shape
        .fields()
        .map(|(name, key, field)| (name.to_owned(), number(key, field, keys)))
        .collect();
    let items = shape.items().map(|items| number(Key::ITEM, items, keys));
    json!({ "id": id, "leaf": shape.is_leaf(), "fields": fields, "items": items })
}

/// What JavaScript needs to write records: `{"shape", "options", "maxNodes"}` as JSON.
#[napi(catch_unwind)]
pub(crate) fn vocabulary() -> String {
    let shape = number(Key::ITEM, response_shape(), &mut Vec::new());
    let options: Vec<&str> = OptionName::ALL
        .iter()
        .map(|option| option.as_str())
        .collect();
    json!({ "shape": shape, "options": options, "maxNodes": MAX_RESPONSE_NODES }).to_string()
}
