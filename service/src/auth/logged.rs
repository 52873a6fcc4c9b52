//! Keys and the log of changes: none is made or revoked without an entry.

use super::{CreatedKey, KeyError, KeyRecord, create_key, record::find_key, revoke_key};
use crate::context::Context;
use crate::organization::OrganizationId;
use crate::settings::{OPERATOR, note_change};
use crate::sql::{Sql, SqlError};
use serde_json::{Value, json};

/// What the log says of a new key.
pub(super) fn details(key: &KeyRecord) -> Value {
    json!({ "name": key.name, "scopes": key.scopes, "prefix": key.prefix })
}

/// What a transaction does.
type Body<'b> = dyn FnMut() -> Result<(), SqlError> + 'b;

/// A change of keys and its entry, or neither. What is refused is so before anything is written.
pub(super) fn all_or_nothing<T>(
    transaction: &mut dyn FnMut(&mut Body<'_>) -> Result<(), SqlError>,
    change: &mut dyn FnMut() -> Result<T, KeyError>,
) -> Result<T, KeyError> {
    let mut changed = Err(KeyError::NotFound);
    transaction(&mut || {
        changed = change();
        match &changed {
            Err(KeyError::Sql(error)) => Err(error.clone()),
            _ => Ok(()),
        }
    })?;
    changed
}

/// [`create_key`] by the operator, beside the API, with its entry in the log.
pub fn create_key_as_operator(
    sql: &dyn Sql,
    ctx: &Context<'_>,
    organization: &OrganizationId,
    prefix: &str,
    name: &str,
    scopes: &[&str],
) -> Result<CreatedKey, KeyError> {
    all_or_nothing(&mut |body| sql.transaction(body), &mut || {
        let key = create_key(sql, ctx, organization, prefix, name, scopes)?;
        let details = details(&key.record);
        let id = &key.record.id;
        note_change(sql, ctx.now_ms, OPERATOR, "api_key.create", id, &details)?;
        Ok(key)
    })
}

/// [`revoke_key`] by the operator, beside the API, with its entry in the log. Revoking it again changes nothing.
pub fn revoke_key_as_operator(sql: &dyn Sql, now_ms: i64, id: &str) -> Result<KeyRecord, KeyError> {
    all_or_nothing(&mut |body| sql.transaction(body), &mut || {
        revoke_logged(sql, now_ms, OPERATOR, id)
    })
}

/// Revokes a key and notes it, unless it was of no use already. Call it inside a transaction.
pub(super) fn revoke_logged(
    sql: &dyn Sql,
    now_ms: i64,
    actor: &str,
    id: &str,
) -> Result<KeyRecord, KeyError> {
    let before = find_key(sql, id)?;
    let revoked = revoke_key(sql, now_ms, id)?;
    if before != revoked {
        let details = json!({ "name": revoked.name });
        note_change(sql, now_ms, actor, "api_key.revoke", id, &details)?;
    }
    Ok(revoked)
}
