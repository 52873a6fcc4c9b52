//! End users as they are stored. A row is made when an event names one or when one is registered.

use super::metadata;
use crate::router::Call;
use crate::sql::{Param, Row, Sql, SqlError, Value};
use crate::tenant::ledger::end_user_id;
use bearlumen_core::timestamp::format_ms;
use serde::Serialize;
use serde_json::value::RawValue;

/// An end user.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct EndUser {
    /// `eu_…`
    pub(crate) id: String,
    /// The caller's own id: the `userId` of events.
    pub(crate) external_id: String,
    /// Null when none was given.
    pub(crate) name: Option<String>,
    /// Null when none was given.
    email: Option<String>,
    /// The caller's own JSON object; null when none was given.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")
    )]
    metadata: Option<Box<RawValue>>,
    /// `ACTIVE` or `DEACTIVATED`.
    status: &'static str,
    /// When it was registered, or first named by an event that was recorded. ISO 8601.
    created_at: String,
    /// ISO 8601.
    updated_at: String,
    /// ISO 8601; null while it is active.
    deactivated_at: Option<String>,
    /// Somebody registered it; false when only events have named it.
    pub(crate) registered: bool,
}

/// The columns that [`read`] takes.
pub(super) const COLUMNS: &str =
    "id, external_id, name, email, metadata, registered_ms, created_ms, updated_ms, deactivated_ms";

/// The end user with this id, or else with this external id.
pub(crate) fn find(sql: &dyn Sql, named: &str) -> Result<Option<EndUser>, SqlError> {
    let text = format!(
        "SELECT {COLUMNS} FROM end_user WHERE id = ? UNION ALL SELECT {COLUMNS} FROM end_user WHERE external_id = ?"
    );
    let rows = sql.query(&text, &[Param::Text(named), Param::Text(named)])?;
    Ok(rows.into_iter().find_map(read))
}

/// The external id of whom `named` means: an end user's id, an external id, or one that nobody knew until now, which
/// then becomes an end user as if an event had named it. `None` for an `eu_…` that is nobody's. Inside a transaction of
/// the tenant's.
pub(crate) fn find_or_note(call: &Call<'_>, named: &str) -> Result<Option<String>, SqlError> {
    if let Some(known) = find(call.sql, named)? {
        return Ok(Some(known.external_id));
    }
    if named.starts_with("eu_") {
        return Ok(None);
    }
    note(call, named)?;
    Ok(Some(named.to_owned()))
}

/// Makes the row of an end user that has none. Inside a transaction of the tenant's.
pub(super) fn note(call: &Call<'_>, external_id: &str) -> Result<(), SqlError> {
    let labels = call.tenant.labels(call.sql, &[external_id])?;
    let now = Param::Integer(call.ctx.now_ms);
    call.sql.execute(
        "INSERT INTO end_user (label, id, external_id, created_ms, updated_ms) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT DO NOTHING",
        &[
            Param::Integer(labels.first().copied().unwrap_or(0)),
            Param::Text(&end_user_id(external_id)),
            Param::Text(external_id),
            now,
            now,
        ],
    )
}

/// A row of [`COLUMNS`].
pub(super) fn read(row: Row) -> Option<EndUser> {
    let [
        id,
        external_id,
        name,
        email,
        stored,
        registered,
        created,
        updated,
        deactivated,
    ] = <[Value; 9]>::try_from(row).ok()?;
    let text = |value| match value {
        Value::Text(text) => Some(text),
        _ => None,
    };
    let ms = |value| match value {
        Value::Integer(ms) => Some(ms),
        _ => None,
    };
    let deactivated = ms(deactivated);
    Some(EndUser {
        id: text(id)?,
        external_id: text(external_id)?,
        name: text(name),
        email: text(email),
        metadata: metadata::shown(text(stored)),
        status: if deactivated.is_some() {
            "DEACTIVATED"
        } else {
            "ACTIVE"
        },
        created_at: format_ms(ms(created)?),
        updated_at: format_ms(ms(updated)?),
        deactivated_at: deactivated.map(format_ms),
        registered: ms(registered).is_some(),
    })
}
