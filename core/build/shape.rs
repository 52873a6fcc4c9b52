//! The union of all paths the data reads: what is kept of a response; everything else is skipped unread.

use crate::paths::{PathTo, Step};
use std::collections::BTreeMap;
use std::fmt::Write as _;

#[derive(Default)]
pub(crate) struct Tree {
    fields: BTreeMap<String, Tree>,
    items: Option<Box<Tree>>,
    leaf: bool,
}

impl Tree {
    pub(crate) fn want(&mut self, path: &PathTo) {
        let mut node = self;
        for step in &path.0 {
            node = match step {
                Step::Field(name) => node.fields.entry(name.clone()).or_default(),
                Step::Each => node.items.get_or_insert_default(),
                Step::Where { field, .. } => {
                    let items = node.items.get_or_insert_default();
                    items.fields.entry(field.clone()).or_default().leaf = true;
                    items
                }
            };
        }
        node.leaf = true;
    }

    pub(crate) fn emit(&self) -> String {
        format!(
            "pub(crate) static RESPONSE: Shape = {};\n",
            self.emit_node()
        )
    }

    fn emit_node(&self) -> String {
        let mut out = format!("Shape {{ leaf: {}, fields: &[", self.leaf);
        for (name, child) in &self.fields {
            let _ = write!(out, "({name:?}, {}), ", child.emit_node());
        }
        let items = self.items.as_ref().map_or_else(
            || "None".to_owned(),
            |items| format!("Some(&{})", items.emit_node()),
        );
        let _ = write!(out, "], items: {items} }}");
        out
    }
}
