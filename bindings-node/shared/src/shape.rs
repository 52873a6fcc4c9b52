//! The core's tree of wanted fields, its nodes numbered, and the same tree as JSON for JavaScript.

use crate::options::OptionName;
use bearlumen_core::response::{Key, MAX_RESPONSE_NODES, Shape, response_shape};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::OnceLock;

/// The fields' keys by node number.
pub(crate) fn node_keys() -> &'static [Key] {
    static KEYS: OnceLock<Vec<Key>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let mut nodes = Nodes::default();
        nodes.number(Key::ITEM, response_shape());
        nodes.keys
    })
}

/// The tree with each node once, however many spellings lead to it, numbered in the order of the shape.
#[derive(Default)]
struct Nodes {
    keys: Vec<Key>,
    written: Vec<Value>,
    known: HashMap<(u16, *const Shape), usize>,
}

impl Nodes {
    /// The number of a node and, at first sight, of what is below it.
    fn number(&mut self, key: Key, shape: &'static Shape) -> usize {
        let place = (key.number(), std::ptr::from_ref(shape));
        if let Some(known) = self.known.get(&place) {
            return *known;
        }
        let id = self.keys.len();
        self.known.insert(place, id);
        self.keys.push(key);
        self.written.push(Value::Null);
        let fields: Map<String, Value> = shape
            .fields()
            .map(|(name, key, field)| (name.to_owned(), json!(self.number(key, field))))
            .collect();
        let items = shape.items().map(|items| self.number(Key::ITEM, items));
        if let Some(slot) = self.written.get_mut(id) {
            *slot = json!({ "fields": fields, "items": items });
        }
        id
    }
}

/// What JavaScript needs to write records: `{"nodes", "options", "maxNodes"}` as JSON. The first node is the root.
pub fn vocabulary() -> String {
    let mut nodes = Nodes::default();
    nodes.number(Key::ITEM, response_shape());
    let options: Vec<&str> = OptionName::ALL
        .iter()
        .map(|option| option.as_str())
        .collect();
    json!({ "nodes": nodes.written, "options": options, "maxNodes": MAX_RESPONSE_NODES })
        .to_string()
}
