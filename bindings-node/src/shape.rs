//! The core's tree of wanted fields, its nodes numbered, and the same tree as JSON for JavaScript.

use crate::options::OptionName;
use bearlumen_core::response::{MAX_RESPONSE_NODES, Shape, response_shape};
use napi_derive::napi;
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

/// The field names by node number; empty for the root and for the items of lists.
pub(crate) fn node_names() -> &'static [&'static str] {
    static NAMES: OnceLock<Vec<&'static str>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names = Vec::new();
        number("", response_shape(), &mut names);
        names
    })
}

/// Numbers a node and what is below it, in the order of the shape.
fn number(name: &'static str, shape: &'static Shape, names: &mut Vec<&'static str>) -> Value {
    let id = names.len();
    names.push(name);
    let fields: Map<String, Value> = shape
        .fields()
        .map(|(name, field)| (name.to_owned(), number(name, field, names)))
        .collect();
    let items = shape.items().map(|items| number("", items, names));
    json!({ "id": id, "leaf": shape.is_leaf(), "fields": fields, "items": items })
}

/// What JavaScript needs to write records: `{"shape", "options", "maxNodes"}` as JSON.
#[napi(catch_unwind)]
pub(crate) fn vocabulary() -> String {
    let shape = number("", response_shape(), &mut Vec::new());
    let options: Vec<&str> = OptionName::ALL
        .iter()
        .map(|option| option.as_str())
        .collect();
    json!({ "shape": shape, "options": options, "maxNodes": MAX_RESPONSE_NODES }).to_string()
}
