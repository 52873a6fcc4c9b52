//! The union of all paths the data reads: what is kept of a response; everything else is skipped unread.

use crate::paths::{From, PathTo, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

#[derive(Default)]
pub(crate) struct Tree {
    /// By name in snake case, which spellings of one name share.
    fields: BTreeMap<String, Field>,
    items: Option<Box<Tree>>,
    leaf: bool,
}

#[derive(Default)]
struct Field {
    /// As the data writes it.
    spellings: BTreeSet<String>,
    tree: Tree,
}

/// How many hashes are tried.
const TRIES: u32 = 400;

impl Tree {
    /// Keeps what `path`, from the response on, leads to, in each of the objects that may hold a response.
    pub(crate) fn want(&mut self, envelope: &PathTo, path: &PathTo) {
        if path.from == From::Headers {
            return;
        }
        let mut node = self;
        for step in envelope.steps.iter().chain(&path.steps) {
            node = match step {
                Step::Field(name) => node.field(name),
                Step::Each => node.items.get_or_insert_default(),
                Step::Where { field, .. } | Step::Without { field } => {
                    // The condition may stand on a list's items or on an object itself.
                    node.field(field).leaf = true;
                    let items = node.items.get_or_insert_default();
                    items.field(field).leaf = true;
                    items
                }
            };
        }
        node.leaf = true;
    }

    fn field(&mut self, name: &str) -> &mut Self {
        let field = self.fields.entry(snake(name)).or_default();
        field.spellings.insert(name.to_owned());
        &mut field.tree
    }

    /// Keeps in each of `places` all that is kept of a response.
    pub(crate) fn wrap(&mut self, places: &[PathTo]) {
        let response = self.copy();
        for place in places {
            let mut node = &mut *self;
            for step in &place.steps {
                node = match step {
                    Step::Field(name) => node.field(name),
                    Step::Each => node.items.get_or_insert_default(),
                    Step::Where { .. } | Step::Without { .. } => continue,
                };
            }
            node.merge(&response);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.leaf |= other.leaf;
        for (name, field) in &other.fields {
            let mine = self.fields.entry(name.clone()).or_default();
            mine.spellings.extend(field.spellings.iter().cloned());
            mine.tree.merge(&field.tree);
        }
        if let Some(items) = &other.items {
            self.items.get_or_insert_default().merge(items);
        }
    }

    /// Conditions may be met by an object where data speaks of a list's items: both keep the same.
    pub(crate) fn even_out(&mut self) {
        if let Some(items) = &self.items {
            let names: Vec<String> = items.fields.keys().cloned().collect();
            let conditions: Vec<String> = names
                .iter()
                .filter(|name| self.fields.contains_key(*name))
                .cloned()
                .collect();
            if !conditions.is_empty() {
                let copied = items
                    .fields
                    .iter()
                    .map(|(name, field)| (name.clone(), field.copy()));
                let copied: Vec<_> = copied.collect();
                for (name, field) in copied {
                    self.fields.entry(name).or_insert(field);
                }
            }
        }
        for field in self.fields.values_mut() {
            field.tree.even_out();
        }
        if let Some(items) = &mut self.items {
            items.even_out();
        }
    }

    fn copy(&self) -> Self {
        Self {
            fields: self
                .fields
                .iter()
                .map(|(name, field)| (name.clone(), field.copy()))
                .collect(),
            items: self.items.as_ref().map(|items| Box::new(items.copy())),
            leaf: self.leaf,
        }
    }

    /// Every name in the tree, once: a name's position is its number. Those of `first` have the lowest, which sets of
    /// names can hold.
    pub(crate) fn names(&self, first: &BTreeSet<String>) -> Vec<String> {
        let mut names = BTreeSet::new();
        self.collect(&mut names);
        let first: BTreeSet<String> = first.iter().map(|name| snake(name)).collect();
        let mut names: Vec<String> = names.into_iter().collect();
        names.sort_by_key(|name| !first.contains(name));
        names
    }

    fn collect(&self, names: &mut BTreeSet<String>) {
        for (name, field) in &self.fields {
            names.insert(name.clone());
            field.tree.collect(names);
        }
        if let Some(items) = &self.items {
            items.collect(names);
        }
    }

    pub(crate) fn emit(&self, names: &[String], headers: &[String]) -> String {
        let mut out = String::new();
        let root = self.emit_node(names, &mut out, &mut BTreeMap::new());
        let _ = writeln!(out, "pub(crate) static RESPONSE: &Shape = &{root};");
        let headers: Vec<String> = headers
            .iter()
            .map(|header| format!("({header:?}, Key({}))", number(names, header)))
            .collect();
        let _ = writeln!(
            out,
            "pub(crate) static HEADERS: [(&str, Key); {}] = [{}];",
            headers.len(),
            headers.join(", ")
        );
        out
    }

    /// Emits what is below, then this node as a static of its own, unless one just like it stands there already;
    /// answers its name.
    fn emit_node(
        &self,
        names: &[String],
        out: &mut String,
        known: &mut BTreeMap<String, String>,
    ) -> String {
        // SDKs in other languages respell a provider's names: all spellings are one field.
        let mut spelled: BTreeMap<String, String> = BTreeMap::new();
        for (name, field) in &self.fields {
            let child = field.tree.emit_node(names, out, known);
            let spellings = field.spellings.iter();
            for spelling in spellings.flat_map(|as_is| [as_is.clone(), camel(as_is), snake(as_is)])
            {
                let field = format!(
                    "Field {{ spelling: {spelling:?}, key: Key({}), shape: &{child} }}",
                    number(names, name)
                );
                spelled.insert(spelling, field);
            }
        }
        let spellings: Vec<&str> = spelled.keys().map(String::as_str).collect();
        let (factors, groups) = best_hash(&spellings);
        let mut fields: Vec<(usize, String)> = spelled
            .iter()
            .map(|(name, field)| (group(name, factors, groups), field.clone()))
            .collect();
        fields.sort_by_key(|(group, _)| *group);
        let starts: Vec<usize> = (0..=groups)
            .map(|group| fields.iter().filter(|(g, _)| *g < group).count())
            .collect();
        let items = self.items.as_ref().map_or_else(
            || "None".to_owned(),
            |items| format!("Some(&{})", items.emit_node(names, out, known)),
        );
        let fields: Vec<String> = fields.into_iter().map(|(_, field)| field).collect();
        let shape = format!(
            "Shape {{ leaf: {}, groups: Groups {{ factors: {factors:?}, starts: &{starts:?} }}, \
             fields: &[{}], items: {items} }}",
            self.leaf,
            fields.join(", ")
        );
        if let Some(name) = known.get(&shape) {
            return name.clone();
        }
        let name = format!("SHAPE_{}", known.len());
        let _ = writeln!(out, "static {name}: Shape = {shape};");
        known.insert(shape, name.clone());
        name
    }
}

impl Field {
    fn copy(&self) -> Self {
        Self {
            spellings: self.spellings.clone(),
            tree: self.tree.copy(),
        }
    }
}

/// The group of a name: as `Groups::of` in `src/response/shape.rs` computes it.
fn group(name: &str, [length, first, last, middle]: [u32; 4], groups: usize) -> usize {
    let bytes = name.as_bytes();
    let at = |place: usize| u32::from(bytes.get(place).copied().unwrap_or_default());
    let hash = u32::try_from(bytes.len() & 0xff)
        .unwrap_or_default()
        .wrapping_mul(length)
        .wrapping_add(at(0).wrapping_mul(first))
        .wrapping_add(at(bytes.len().wrapping_sub(1)).wrapping_mul(last))
        .wrapping_add(at(bytes.len() / 2).wrapping_mul(middle));
    hash as usize & (groups - 1)
}

/// The factors under which the fewest names share a group, and the number of groups.
fn best_hash(names: &[&str]) -> ([u32; 4], usize) {
    let groups = (names.len() * 2).next_power_of_two().min(256);
    let shared = |factors: &[u32; 4]| {
        let used: BTreeSet<usize> = names.iter().map(|n| group(n, *factors, groups)).collect();
        names.len() - used.len()
    };
    // The same odd numbers at every build.
    let factor = |n: u32| (n.wrapping_mul(2_654_435_761) >> 16) | 1;
    let candidates = (0..TRIES).map(|n| [4 * n, 4 * n + 1, 4 * n + 2, 4 * n + 3].map(factor));
    let best = candidates.min_by_key(shared).unwrap_or([1; 4]);
    (best, groups)
}

/// The number of a name in any spelling; one that nobody wants has a number that no field has.
pub(crate) fn number(names: &[String], name: &str) -> u16 {
    let name = snake(name);
    names
        .iter()
        .position(|known| *known == name)
        .and_then(|position| u16::try_from(position).ok())
        .unwrap_or(u16::MAX - 1)
}

fn camel(name: &str) -> String {
    let mut out = String::new();
    let mut upper = false;
    for c in name.chars() {
        if c == '_' && !out.is_empty() {
            upper = true;
        } else if upper {
            out.extend(c.to_uppercase());
            upper = false;
        } else {
            out.push(c);
        }
    }
    out
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            if !out.is_empty() {
                out.push('_');
            }
            out.push(c.to_ascii_lowercase());
        } else {
            out.push(c);
        }
    }
    out
}
