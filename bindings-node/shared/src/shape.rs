//! The core's tree of wanted fields, its nodes numbered, and the same tree as JSON for JavaScript.

use crate::options::OptionName;
use crate::to_json;
use bearlumen_core::response::{Key, MAX_RESPONSE_NODES, Shape, response_shape};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

static KEYS: OnceLock<Vec<Key>> = OnceLock::new();

/// The fields' keys by node number.
pub(crate) fn node_keys() -> &'static [Key] {
    KEYS.get_or_init(|| Nodes::numbered().keys)
}

/// The tree with each node once, however many spellings lead to it, numbered in the order of the shape.
#[derive(Default)]
struct Nodes {
    keys: Vec<Key>,
    /// `{"fields":{name:number},"items":number or null}` for each node.
    written: Vec<String>,
    known: BTreeMap<(u16, *const Shape), usize>,
}

impl Nodes {
    fn numbered() -> Self {
        let mut nodes = Self::default();
        nodes.number(Key::ITEM, response_shape());
        nodes
    }

    /// The number of a node and, at first sight, of what is below it.
    fn number(&mut self, key: Key, shape: &'static Shape) -> usize {
        let place = (key.number(), std::ptr::from_ref(shape));
        if let Some(known) = self.known.get(&place) {
            return *known;
        }
        let id = self.keys.len();
        self.known.insert(place, id);
        self.keys.push(key);
        self.written.push(String::new());
        let mut text = String::from("{\"fields\":{");
        for (position, (name, key, field)) in shape.fields().enumerate() {
            let comma = if position == 0 { "" } else { "," };
            // No field of the format data has a name that JSON would write otherwise; writing to a text cannot fail.
            let _ = write!(text, "{comma}\"{name}\":{}", self.number(key, field));
        }
        let _ = match shape.items() {
            Some(items) => write!(text, "}},\"items\":{}}}", self.number(Key::ITEM, items)),
            None => write!(text, "}},\"items\":null}}"),
        };
        if let Some(slot) = self.written.get_mut(id) {
            *slot = text;
        }
        id
    }
}

/// What JavaScript needs to write records: `{"nodes", "options", "maxNodes"}` as JSON. The first node is the root.
pub fn vocabulary() -> String {
    let nodes = Nodes::numbered();
    let options = to_json(&OptionName::ALL.map(OptionName::as_str));
    let text = format!(
        "{{\"nodes\":[{}],\"options\":{options},\"maxNodes\":{MAX_RESPONSE_NODES}}}",
        nodes.written.join(",")
    );
    // Records are what is asked for next.
    KEYS.get_or_init(|| nodes.keys);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn the_vocabulary_is_json_with_a_key_for_each_node() {
        let vocabulary: Value = serde_json::from_str(&vocabulary()).unwrap();
        let nodes = vocabulary["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), node_keys().len());
        for node in nodes {
            let fields = node["fields"].as_object().unwrap().values();
            for number in fields.chain(Some(&node["items"]).filter(|items| !items.is_null())) {
                assert!(number.as_u64().unwrap() < nodes.len() as u64);
            }
        }
        assert!(nodes[0]["fields"]["usage"].is_u64());
        assert_eq!(vocabulary["options"][0], "userId");
    }
}
