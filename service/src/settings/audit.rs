//! The log of changes: who did what, when. Written in the same transaction as the change.

use crate::http::{Page, PageAsked, json};
use crate::router::{Answer, Call};
use crate::sql::{Param, Sql, SqlError, Value};
use bearlumen_core::timestamp::format_ms;
use http::StatusCode;
use serde::Serialize;
use serde_json::Value as Json;

/// One change.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "AuditEntry")
)]
pub(super) struct Entry {
    /// Counts up.
    id: i64,
    /// ISO 8601.
    at: String,
    /// The id of the key that was used, or `operator`.
    actor: String,
    /// What was done, such as `api_key.create`.
    action: String,
    /// What it was done to.
    target: String,
    /// What changed. Never a secret.
    details: Json,
}

/// Changes, the latest first.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "AuditLog")
)]
pub(super) struct Log {
    entries: Vec<Entry>,
    #[serde(flatten)]
    page: Page,
}

/// Notes a change. Call it inside the transaction that makes the change.
pub(crate) fn record(
    call: &Call<'_>,
    action: &str,
    target: &str,
    details: &Json,
) -> Result<(), SqlError> {
    note(
        call.sql,
        call.ctx.now_ms,
        call.actor(),
        action,
        target,
        details,
    )
}

/// Who runs the service, in the log.
pub(crate) const OPERATOR: &str = "operator";

/// [`record`], where nothing was asked over the API.
pub(crate) fn note(
    sql: &dyn Sql,
    at_ms: i64,
    actor: &str,
    action: &str,
    target: &str,
    details: &Json,
) -> Result<(), SqlError> {
    sql.execute(
        "INSERT INTO audit (at_ms, actor, action, target, details) VALUES (?, ?, ?, ?, ?)",
        &[
            Param::Integer(at_ms),
            Param::Text(actor),
            Param::Text(action),
            Param::Text(target),
            Param::Text(&details.to_string()),
        ],
    )
}

/// `GET /v1/audit-log`
pub(super) fn list(call: &Call<'_>) -> Answer {
    let asked = PageAsked::of(&call.query());
    let rows = call.sql.query(
        "SELECT seq, at_ms, actor, action, target, details FROM audit ORDER BY seq DESC LIMIT ? OFFSET ?",
        &[Param::Integer(asked.limit), Param::Integer(asked.offset)],
    )?;
    let entries = rows
        .into_iter()
        .filter_map(|row| match <[Value; 6]>::try_from(row) {
            Ok(
                [
                    Value::Integer(id),
                    Value::Integer(at_ms),
                    Value::Text(actor),
                    Value::Text(action),
                    Value::Text(target),
                    Value::Text(details),
                ],
            ) => Some(Entry {
                id,
                at: format_ms(at_ms),
                actor,
                action,
                target,
                details: serde_json::from_str(&details).unwrap_or_default(),
            }),
            _ => None,
        })
        .collect();
    let page = asked.page(call.sql.count("SELECT COUNT(*) FROM audit", &[])?);
    Ok(json(StatusCode::OK, &Log { entries, page }))
}
