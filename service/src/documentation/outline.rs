//! What an `OpenAPI` document says, endpoint by endpoint, as it is shown to people.

use serde_json::Value;

/// The endpoints shown together.
pub(crate) struct Group<'a> {
    pub(crate) name: &'a str,
    pub(crate) endpoints: Vec<Endpoint<'a>>,
}

/// One operation.
pub(crate) struct Endpoint<'a> {
    pub(crate) verb: String,
    pub(crate) path: &'a str,
    pub(crate) operation: &'a Value,
}

/// All endpoints by group, in the order of the document's tags.
pub(crate) fn groups(document: &Value) -> Vec<Group<'_>> {
    let mut groups = Vec::new();
    for tag in list(document.get("tags")) {
        let name = said(tag, "name");
        let mut endpoints = Vec::new();
        for (path, verbs) in document
            .get("paths")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            for (verb, operation) in verbs.as_object().into_iter().flatten() {
                if list(operation.get("tags")).iter().any(|tag| tag == name) {
                    let verb = verb.to_uppercase();
                    endpoints.push(Endpoint {
                        verb,
                        path,
                        operation,
                    });
                }
            }
        }
        if !endpoints.is_empty() {
            groups.push(Group { name, endpoints });
        }
    }
    groups
}

/// The successful answers of an operation.
pub(crate) fn replies(operation: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let responses = operation.get("responses").and_then(Value::as_object);
    responses
        .into_iter()
        .flatten()
        .filter_map(|(status, response)| {
            let schema = response.pointer("/content/application~1json/schema")?;
            Some((status.as_str(), schema))
        })
}

/// A field as it is shown.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) about: String,
}

/// The fields of a type and of the lists and objects inside it. A type inside is opened where it stands first.
pub(crate) fn rows(document: &Value, schema: &Value) -> Vec<Row> {
    let mut shown = Shown {
        document,
        opened: Vec::new(),
        rows: Vec::new(),
    };
    shown.add(schema, "", 0);
    shown.rows
}

/// How deep the fields of fields are shown.
const SHOWN_DEPTH: usize = 2;

struct Shown<'a> {
    document: &'a Value,
    opened: Vec<&'a Value>,
    rows: Vec<Row>,
}

impl<'a> Shown<'a> {
    fn add(&mut self, schema: &'a Value, prefix: &str, depth: usize) {
        let schema = resolved(self.document, schema);
        for combined in ["allOf", "anyOf", "oneOf"] {
            for part in list(schema.get(combined)) {
                self.add(part, prefix, depth);
            }
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, field) in properties.into_iter().flatten() {
            let name = format!("{prefix}{name}");
            let field_type = resolved(self.document, field);
            let about = match said(field, "description") {
                "" => said(field_type, "description"),
                own => own,
            };
            self.rows.push(Row {
                name: name.clone(),
                kind: type_of(Some(field_type)),
                about: about.replace('\n', " "),
            });
            let (inner, inner_prefix) = match field_type.get("items") {
                Some(items) => (resolved(self.document, items), format!("{name}[].")),
                None => (field_type, format!("{name}.")),
            };
            let known = self.opened.contains(&inner);
            if depth < SHOWN_DEPTH && !known {
                if inner.get("properties").is_some() {
                    self.opened.push(inner);
                }
                self.add(inner, &inner_prefix, depth + 1);
            }
        }
    }
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str);
    target
        .and_then(|target| document.pointer(target.trim_start_matches('#')))
        .unwrap_or(schema)
}

/// A type in a few words.
pub(crate) fn type_of(schema: Option<&Value>) -> String {
    let Some(schema) = schema else {
        return "anything".to_owned();
    };
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        let words: Vec<String> = words
            .iter()
            .map(|word| format!("`{}`", word.as_str().unwrap_or("null")))
            .collect();
        return words.join(", ");
    }
    match schema.get("type") {
        Some(Value::String(name)) if name == "array" => "list".to_owned(),
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            names.join(" or ")
        }
        _ => match schema.get("anyOf").and_then(Value::as_array) {
            Some(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| type_of(Some(part))).collect();
                parts.join(" or ")
            }
            None if schema.get("$ref").is_some() || schema.get("allOf").is_some() => {
                "object".to_owned()
            }
            None => "anything".to_owned(),
        },
    }
}

pub(crate) fn said<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
