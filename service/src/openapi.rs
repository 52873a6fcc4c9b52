//! The `OpenAPI` 3.1 document, made from the route tables and the types that requests and answers are read and written
//! with. `cargo xtask openapi` writes it to `docs/`; the service serves that file.

mod reference;

pub use reference::reference;

use crate::auth::Scope;
use crate::costlens;
use crate::http::Envelope;
use crate::route::{Access, Kind, Parameter, Route};
use crate::router::routes;
use bearlumen_core::error::ErrorCode;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// The whole document.
pub fn document() -> Value {
    let settings = || {
        SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        })
    };
    let mut types = Types {
        read: settings().for_deserialize().into_generator(),
        written: settings().for_serialize().into_generator(),
    };
    let mut paths: Map<String, Value> = Map::new();
    for route in routes() {
        let operation = operation(route, &mut types);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.verb.as_str().to_lowercase(), operation);
        }
    }
    for (path, summary, kind) in [
        (
            "/",
            "What calls cost, as a page to read, which asks this API",
            "text/html",
        ),
        ("/openapi.json", "This document", "application/json"),
        ("/docs", "This document as a page to read", "text/html"),
    ] {
        let operation = json!({
            "operationId": operation_id("get", path), "tags": ["Service"], "summary": summary, "security": [],
            "responses": { "200": { "description": "Done", "content": { kind: {} } } },
        });
        paths.insert(path.to_owned(), json!({ "get": operation }));
    }
    let mut errors: Map<String, Value> = Map::new();
    for status in statuses() {
        let schema = types.written.subschema_for::<Envelope<'static>>();
        errors.insert(format!("Error{status}"), error_response(status, &schema));
        let schema = types
            .written
            .subschema_for::<costlens::ErrorBody<'static>>();
        let name = format!("CostLensError{status}");
        errors.insert(name, error_response(status, &schema));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Bear Lumen",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "The service that serves this document" }],
        "security": [{ "key": [] }],
        "tags": TAGS.iter().map(|(name, _)| json!({ "name": name })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": { "type": "http", "scheme": "bearer", "description": scopes() },
                "operator": {
                    "type": "http", "scheme": "bearer",
                    "description": "The operator's admin secret. Without one configured the admin routes do not exist.",
                },
            },
            "headers": {
                "CorrelationId": {
                    "description": "Names this request, in the server's log too, such as OLIVE-DINOSAUR-1b2fE4",
                    "schema": { "type": "string" },
                },
                "RetryAfter": {
                    "description": "Seconds to wait before trying again",
                    "schema": { "type": "integer", "minimum": 1 },
                },
            },
            "responses": errors,
            "schemas": types.schemas(),
        },
    })
}

const ABOUT: &str = "What each AI call cost, for whom, and whether it paid.\n\nInstants in answers are ISO 8601 in UTC. \
    Money is a JSON number of US dollars beside the exact amount as decimal text of nano-dollars (10^-9 USD). An unknown \
    cost is null, never 0, and totals say how many events they lack. Parameters and fields are accepted in camelCase and \
    snake_case; unknown query parameters are refused.";

/// Which group a path is shown in: the first prefix that holds.
const TAGS: [(&str, &[&str]); 9] = [
    ("Usage", &["/v1/usage", "/v1/track"]),
    ("Costs", &["/v1/cost-data", "/v1/end-user-costs"]),
    (
        "Attribution",
        &["/v1/attribution", "/v1/cost-attribution", "/v1/dimensions"],
    ),
    ("End users", &["/v1/end-users", "/v1/subscriptions"]),
    ("Margins", &["/v1/revenue", "/v1/margins", "/v1/insights"]),
    (
        "Settings",
        &[
            "/v1/settings",
            "/v1/budgets",
            "/v1/prices",
            "/v1/api-keys",
            "/v1/audit-log",
            "/v1/reprice",
        ],
    ),
    ("Service", &["/v1/ping", "/openapi.json", "/docs"]),
    ("Operator", &["/admin"]),
    ("CostLens", &["/"]),
];

fn tag(path: &str) -> &'static str {
    let holds = |(_, prefixes): &&(&str, &[&str])| prefixes.iter().any(|p| path.starts_with(p));
    TAGS.iter().find(holds).map_or("CostLens", |(name, _)| name)
}

fn scopes() -> String {
    let mut text = "An API key. Its scopes are some of:\n".to_owned();
    for scope in Scope::ALL {
        let _ = write!(text, "\n* `{}`: {}", scope.as_str(), scope.about());
    }
    text
}

/// Bodies and answers are read and written by different rules, such as for what may be left out.
struct Types {
    read: SchemaGenerator,
    written: SchemaGenerator,
}

impl Types {
    fn schemas(mut self) -> Map<String, Value> {
        let mut schemas = self.written.take_definitions(true);
        schemas.extend(self.read.take_definitions(true));
        schemas
    }
}

fn operation(route: &Route, types: &mut Types) -> Value {
    let doc = &route.doc;
    let verb = route.verb.as_str().to_lowercase();
    let (security, access) = match route.access {
        Access::Operator => (
            json!([{ "operator": [] }]),
            "Needs the admin secret.".to_owned(),
        ),
        Access::Key => (json!([{ "key": [] }]), "Needs any valid key.".to_owned()),
        Access::Scoped(scope) => (
            json!([{ "key": [] }]),
            format!("Needs the scope `{}`.", scope.as_str()),
        ),
    };
    let mut errors: Vec<u16> = vec![401, 405, 500, 503];
    if !route.query.is_empty() || doc.body.is_some() || route.path.contains('{') {
        errors.push(400);
    }
    if doc.body.is_some() {
        errors.push(413);
    }
    match route.access {
        Access::Operator => errors.push(404),
        Access::Key => errors.push(429),
        Access::Scoped(_) => errors.extend([403, 429]),
    }
    // Every route takes a query string, if only to refuse what is in it.
    errors.push(400);
    errors.extend(doc.errors);
    let mut responses: Map<String, Value> = errors
        .into_iter()
        .map(|status| {
            let family = if costlens::speaks(route.path) {
                "CostLensError"
            } else {
                "Error"
            };
            let reference = format!("#/components/responses/{family}{status}");
            (status.to_string(), json!({ "$ref": reference }))
        })
        .collect();
    for (status, schema) in doc.replies.iter().flatten() {
        let schema = schema(&mut types.written);
        let reply = json!({
            "description": reason(*status),
            "headers": { "x-correlation-id": { "$ref": "#/components/headers/CorrelationId" } },
            "content": { "application/json": { "schema": schema } },
        });
        responses.insert(status.to_string(), reply);
    }
    let mut operation = json!({
        "operationId": operation_id(&verb, route.path),
        "tags": [tag(route.path)],
        "summary": doc.summary,
        "description": format!("{} {access}", doc.description).trim(),
        "security": security,
        "parameters": parameters(route),
        "responses": responses,
    });
    if let Some(fields) = operation.as_object_mut() {
        if let Access::Scoped(scope) = route.access {
            fields.insert("x-scope".into(), scope.as_str().into());
        }
        if let Some(body) = doc.body {
            let schema = body(&mut types.read);
            let body = json!({ "required": doc.body_required, "content": { "application/json": { "schema": schema } } });
            fields.insert("requestBody".into(), body);
        }
    }
    operation
}

fn parameters(route: &Route) -> Vec<Value> {
    let in_path = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } })
        });
    let in_query = route.query.iter().copied().flatten().map(parameter);
    in_path.chain(in_query).collect()
}

fn parameter(parameter: &Parameter) -> Value {
    let (schema, list) = match parameter.kind {
        Kind::Text | Kind::Texts => (json!({ "type": "string", "maxLength": 512 }), false),
        Kind::Time => (
            json!({ "type": "string", "examples": ["2026-01-01", "2026-01-01T00:00:00Z"] }),
            false,
        ),
        Kind::Integer(least, i64::MAX) => (json!({ "type": "integer", "minimum": least }), false),
        Kind::Integer(least, most) => (
            json!({ "type": "integer", "minimum": least, "maximum": most }),
            false,
        ),
        Kind::OneOf(words) => (json!({ "type": "string", "enum": words }), false),
        Kind::SomeOf(words) => (
            json!({ "type": "array", "items": { "type": "string", "enum": words } }),
            true,
        ),
    };
    let also = if parameter.also.is_empty() {
        String::new()
    } else {
        format!(" Also: `{}`.", parameter.also.join("`, `"))
    };
    let mut shown = json!({
        "name": parameter.name, "in": "query", "required": parameter.required,
        "description": format!("{}.{also}", parameter.about), "schema": schema,
    });
    if list && let Some(fields) = shown.as_object_mut() {
        fields.insert("style".into(), "form".into());
        fields.insert("explode".into(), false.into());
    }
    shown
}

/// All statuses that errors have.
fn statuses() -> Vec<u16> {
    let mut statuses: Vec<u16> = ErrorCode::ALL.iter().map(|c| c.http_status()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

fn error_response(status: u16, schema: &schemars::Schema) -> Value {
    let codes: Vec<String> = ErrorCode::ALL
        .iter()
        .filter(|code| code.http_status() == status)
        .map(|code| format!("`{}`", code.as_str()))
        .collect();
    let mut headers =
        json!({ "x-correlation-id": { "$ref": "#/components/headers/CorrelationId" } });
    if matches!(status, 429 | 503)
        && let Some(headers) = headers.as_object_mut()
    {
        headers.insert(
            "retry-after".into(),
            json!({ "$ref": "#/components/headers/RetryAfter" }),
        );
    }
    json!({
        "description": format!("{}: {}", reason(status), codes.join(", ")),
        "headers": headers,
        "content": { "application/json": { "schema": schema } },
    })
}

fn reason(status: u16) -> &'static str {
    http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Done")
}

/// `get /v1/cost-data/by-model` as `getCostDataByModel`.
fn operation_id(verb: &str, path: &str) -> String {
    let mut id = verb.to_owned();
    let words = path
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty() && *word != "v1");
    for word in words {
        let (first, rest) = word.split_at(1);
        id += &first.to_uppercase();
        id += rest;
    }
    if path == "/" {
        id += "Index";
    }
    id
}

/// The document as it is kept: a line for each operation and each schema, so that a change is a short diff and the
/// file small.
pub fn written(document: &Value) -> String {
    let mut text = String::new();
    write(document, 0, &mut text);
    text.push('\n');
    text
}

/// Objects are opened down to this depth.
const OPEN_DEPTH: usize = 3;

fn write(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(fields) if depth < OPEN_DEPTH && !fields.is_empty() => {
            text.push('{');
            for (position, (name, value)) in fields.iter().enumerate() {
                text.push_str(if position == 0 { "\n" } else { ",\n" });
                text.push_str(&" ".repeat(depth + 1));
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(value, depth + 1, text);
            }
            text.push('\n');
            text.push_str(&" ".repeat(depth));
            text.push('}');
        }
        _ => text.push_str(&value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_says_what_it_does_and_answers() {
        for route in routes() {
            let place = format!("{} {}", route.verb.as_str(), route.path);
            assert!(!route.doc.summary.is_empty(), "{place} has no summary");
            assert!(route.doc.replies[0].is_some(), "{place} shows no answer");
        }
    }

    #[test]
    fn operations_are_told_apart() {
        let mut ids: Vec<String> = routes()
            .map(|route| operation_id(route.verb.as_str(), route.path))
            .collect();
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }

    #[test]
    fn the_kept_form_reads_back() {
        let document = document();
        let read: Value = serde_json::from_str(&written(&document)).unwrap();
        assert_eq!(read, document);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let mut open = vec![&document];
        while let Some(value) = open.pop() {
            match value {
                Value::Object(fields) => {
                    if let Some(Value::String(target)) = fields.get("$ref") {
                        let found = document.pointer(target.trim_start_matches('#'));
                        assert!(found.is_some(), "{target}");
                    }
                    open.extend(fields.values());
                }
                Value::Array(items) => open.extend(items),
                _ => {}
            }
        }
    }
}
