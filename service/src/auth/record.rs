//! The stored side of keys: created, listed, revoked, checked. Only the hash of a secret is kept.

use super::key::make_key;
use super::scope::Scope;
use crate::context::Context;
use crate::organization::OrganizationId;
use crate::sql::{Param, Row, Sql, SqlError, Value};
use bearlumen_core::timestamp::format_ms;
use serde::Serialize;
use std::fmt;

/// A key as it is shown after its creation: without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct KeyRecord {
    /// `key_…`
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// What its text begins with.
    pub prefix: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// ISO 8601.
    pub created_at: String,
    /// From when on it is of no use, ISO 8601; `null` while nobody revoked it.
    pub revoked_at: Option<String>,
}

/// A new key, with the only copy of its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CreatedKey {
    /// The key itself. It is not stored and not shown again.
    pub key: String,
    /// Its record.
    #[serde(flatten)]
    pub record: KeyRecord,
}

/// Why a key was not made or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyError {
    /// No such key.
    NotFound,
    /// A scope that does not exist.
    UnknownScope(String),
    /// A prefix that the settings do not accept.
    UnknownPrefix,
    /// The database failed.
    Sql(SqlError),
}

impl From<SqlError> for KeyError {
    fn from(error: SqlError) -> Self {
        Self::Sql(error)
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("no such key"),
            Self::UnknownScope(name) => {
                let known: Vec<_> = Scope::ALL.into_iter().map(Scope::as_str).collect();
                write!(f, "unknown scope {name:?}; scopes are {}", known.join(", "))
            }
            Self::UnknownPrefix => {
                f.write_str("a key starts with sk_live_, sk_test_ or a configured prefix")
            }
            Self::Sql(error) => write!(f, "database: {}", error.message),
        }
    }
}

impl std::error::Error for KeyError {}

/// Makes and stores a key. All scopes when `scopes` is empty. Twenty-four bytes of the context's entropy go
/// into it, so one context makes one key.
pub fn create_key(
    sql: &dyn Sql,
    ctx: &Context<'_>,
    organization: &OrganizationId,
    prefix: &str,
    name: &str,
    scopes: &[&str],
) -> Result<CreatedKey, KeyError> {
    let mut granted = Vec::new();
    for scope in scopes {
        let scope =
            Scope::parse(scope).ok_or_else(|| KeyError::UnknownScope((*scope).to_owned()))?;
        if !granted.contains(&scope) {
            granted.push(scope);
        }
    }
    if granted.is_empty() {
        granted = Scope::ALL.to_vec();
    }
    if !ctx
        .settings
        .key_prefixes()
        .iter()
        .any(|known| known == prefix)
    {
        return Err(KeyError::UnknownPrefix);
    }
    let entropy = ctx
        .entropy
        .last_chunk::<24>()
        .ok_or(KeyError::UnknownPrefix)?;
    let (key, parts) =
        make_key(ctx.settings, prefix, organization, entropy).ok_or(KeyError::UnknownPrefix)?;
    let scopes: Vec<&str> = granted.into_iter().map(Scope::as_str).collect();
    sql.execute(
        "INSERT INTO api_key (id, name, secret_sha256, scopes, created_ms, prefix) VALUES (?, ?, ?, ?, ?, ?)",
        &[
            Param::Text(&parts.key_id),
            Param::Text(name),
            Param::Text(&parts.secret_sha256),
            Param::Text(&scopes.join(" ")),
            Param::Integer(ctx.now_ms),
            Param::Text(prefix),
        ],
    )?;
    let record = KeyRecord {
        id: parts.key_id,
        name: name.to_owned(),
        prefix: prefix.to_owned(),
        scopes: scopes.into_iter().map(str::to_owned).collect(),
        created_at: format_ms(ctx.now_ms),
        revoked_at: None,
    };
    Ok(CreatedKey { key, record })
}

const COLUMNS: &str = "id, name, prefix, scopes, created_ms, revoked_ms";

/// All keys, oldest first.
pub fn list_keys(sql: &dyn Sql) -> Result<Vec<KeyRecord>, KeyError> {
    let text = format!("SELECT {COLUMNS} FROM api_key ORDER BY created_ms, id");
    let rows = sql.query(&text, &[])?;
    Ok(rows.into_iter().filter_map(record_of).collect())
}

/// One key.
pub(super) fn find_key(sql: &dyn Sql, id: &str) -> Result<KeyRecord, KeyError> {
    let text = format!("SELECT {COLUMNS} FROM api_key WHERE id = ?");
    let rows = sql.query(&text, &[Param::Text(id)])?;
    rows.into_iter()
        .find_map(record_of)
        .ok_or(KeyError::NotFound)
}

/// Makes a key useless from `at_ms` on. What was revoked earlier stays so.
pub fn revoke_key(sql: &dyn Sql, at_ms: i64, id: &str) -> Result<KeyRecord, KeyError> {
    sql.execute(
        "UPDATE api_key SET revoked_ms = ? WHERE id = ? AND (revoked_ms IS NULL OR revoked_ms > ?)",
        &[
            Param::Integer(at_ms),
            Param::Text(id),
            Param::Integer(at_ms),
        ],
    )?;
    find_key(sql, id)
}

fn record_of(row: Row) -> Option<KeyRecord> {
    let Ok(
        [
            Value::Text(id),
            Value::Text(name),
            Value::Text(prefix),
            Value::Text(scopes),
            Value::Integer(created),
            revoked,
        ],
    ) = <[Value; 6]>::try_from(row)
    else {
        return None;
    };
    let revoked_at = match revoked {
        Value::Integer(ms) => Some(format_ms(ms)),
        _ => None,
    };
    let scopes = scopes.split(' ').map(str::to_owned).collect();
    Some(KeyRecord {
        id,
        name,
        prefix,
        scopes,
        created_at: format_ms(created),
        revoked_at,
    })
}
