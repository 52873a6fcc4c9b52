//! Describing a dimension.

use crate::http::{Problem, json, read_body};
use crate::router::{Answer, Call};
use crate::settings::record_change;
use crate::sql::{Param, Value};
use bearlumen_core::error::ErrorCode;
use bearlumen_core::event::MAX_TEXT_BYTES;
use bearlumen_core::timestamp::format_ms;
use http::StatusCode;
use serde::{Deserialize, Serialize};

/// The longest description.
const MAX_DESCRIPTION_BYTES: usize = 2048;

/// What a dimension is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Description {
    /// What it is called; the key when absent. At most 512 bytes.
    name: Option<String>,
    /// `text` to group by, or `numeric` to average and sum.
    r#type: String,
    /// What it means. At most 2048 bytes.
    description: Option<String>,
}

/// A dimension.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Definition {
    /// Its key in an event's `dimensions`.
    pub(super) key: String,
    pub(super) name: String,
    /// `text` or `numeric`.
    pub(super) r#type: String,
    pub(super) description: Option<String>,
    /// It was described, not only seen.
    pub(super) configured: bool,
    /// When it was described, ISO 8601 in UTC.
    pub(super) created_at: Option<String>,
    /// The beginning of the last day on which an event had it, ISO 8601 in UTC.
    pub(super) last_seen_at: Option<String>,
}

/// The dimension as it is described now.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Defined {
    definition: Definition,
}

/// What was forgotten.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Deleted {
    key: String,
    /// Always true.
    deleted: bool,
}

pub(super) fn put(call: &Call<'_>) -> Answer {
    let key = key(call)?;
    let body: Description = read_body(call.request.body())?;
    if !["text", "numeric"].contains(&body.r#type.as_str()) {
        return Err(Problem::invalid(
            "type",
            "Invalid type: expected text or numeric",
        ));
    }
    let name = short("name", body.name, MAX_TEXT_BYTES)?.unwrap_or_else(|| key.clone());
    let description = short("description", body.description, MAX_DESCRIPTION_BYTES)?;
    let details =
        serde_json::json!({ "name": name, "type": body.r#type, "description": description });
    call.sql.transaction(&mut || {
        call.sql.execute(
            "INSERT INTO dimension_definition (key, name, type, description, created_ms) VALUES (?, ?, ?, ?, ?) \
             ON CONFLICT (key) DO UPDATE SET name = excluded.name, type = excluded.type, \
             description = excluded.description",
            &[
                Param::Text(&key),
                Param::Text(&name),
                Param::Text(&body.r#type),
                description.as_deref().map_or(Param::Null, Param::Text),
                Param::Integer(call.ctx.now_ms),
            ],
        )?;
        record_change(call, "dimension.describe", &key, &details)
    })?;
    let rows = call.sql.query(
        "SELECT created_ms FROM dimension_definition WHERE key = ?",
        &[Param::Text(&key)],
    )?;
    let created_at = match rows.first().map(Vec::as_slice) {
        Some([Value::Integer(ms)]) => Some(format_ms(*ms)),
        _ => None,
    };
    let last_seen_at = super::definitions::last_seen(call, &key)?;
    let definition = Definition {
        key,
        name,
        r#type: body.r#type,
        description,
        configured: true,
        created_at,
        last_seen_at,
    };
    Ok(json(StatusCode::OK, &Defined { definition }))
}

pub(super) fn delete(call: &Call<'_>) -> Answer {
    let key = key(call)?;
    let mut rows = Vec::new();
    call.sql.transaction(&mut || {
        rows = call.sql.query(
            "DELETE FROM dimension_definition WHERE key = ? RETURNING key",
            &[Param::Text(&key)],
        )?;
        if rows.is_empty() {
            return Ok(());
        }
        record_change(call, "dimension.forget", &key, &serde_json::json!({}))
    })?;
    if rows.is_empty() {
        return Err(Problem::new(
            ErrorCode::NotFound,
            "No description of this dimension",
        ));
    }
    Ok(json(StatusCode::OK, &Deleted { key, deleted: true }))
}

fn key(call: &Call<'_>) -> Result<String, Problem> {
    let key = call.path_value("key").into_owned();
    if key.len() > MAX_TEXT_BYTES {
        let message = format!("Invalid key: expected a text of 1 to {MAX_TEXT_BYTES} bytes");
        return Err(Problem::invalid("key", message));
    }
    Ok(key)
}

fn short(field: &str, text: Option<String>, most: usize) -> Result<Option<String>, Problem> {
    match text {
        Some(text) if text.is_empty() || text.len() > most => Err(Problem::invalid(
            field,
            format!("Invalid {field}: expected a text of 1 to {most} bytes"),
        )),
        text => Ok(text),
    }
}
