//! Whose request it is: the key is checked against its record, which stays in memory once it was read.

use super::key::KeyParts;
use super::scope::Scope;
use super::{bearer, read_key, unauthorized};
use crate::context::Context;
use crate::http::Problem;
use crate::organization::OrganizationId;
use crate::sql::{Param, Sql, SqlError, Value};
use bearlumen_core::error::ErrorCode;
use http::HeaderMap;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use subtle::ConstantTimeEq;

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) struct Caller(Rc<Known>);

#[derive(Debug)]
struct Known {
    key_id: String,
    secret_sha256: String,
    scopes: Vec<Scope>,
    revoked_ms: Option<i64>,
}

impl Caller {
    /// `key_…`
    pub(crate) fn key_id(&self) -> &str {
        &self.0.key_id
    }

    /// What the key may do.
    pub(crate) fn scopes(&self) -> &[Scope] {
        &self.0.scopes
    }

    /// Refuses a key without the scope.
    pub(crate) fn need(&self, scope: Scope) -> Result<(), Problem> {
        if self.0.scopes.contains(&scope) {
            return Ok(());
        }
        let message = format!("The API key lacks the scope {}", scope.as_str());
        Err(Problem::new(ErrorCode::Forbidden, message))
    }
}

/// Keys remembered at most.
const MAX_KEYS: usize = 1000;

/// The records of keys that were used. Only what was found is kept, so that a key made later is found.
#[derive(Debug, Default)]
pub(crate) struct KnownKeys(RefCell<HashMap<String, Rc<Known>>>);

impl KnownKeys {
    /// Has all read again: one was revoked, or a change was undone.
    pub(crate) fn forget(&self) {
        self.0.borrow_mut().clear();
    }

    fn find(&self, sql: &dyn Sql, key_id: &str) -> Result<Option<Rc<Known>>, SqlError> {
        if let Some(known) = self.0.borrow().get(key_id) {
            return Ok(Some(Rc::clone(known)));
        }
        let rows = sql.query(
            "SELECT secret_sha256, scopes, revoked_ms FROM api_key WHERE id = ?",
            &[Param::Text(key_id)],
        )?;
        let Some([Value::Text(secret_sha256), Value::Text(scopes), revoked]) =
            rows.first().map(Vec::as_slice)
        else {
            return Ok(None);
        };
        let found = Rc::new(Known {
            key_id: key_id.to_owned(),
            secret_sha256: secret_sha256.clone(),
            scopes: scopes.split(' ').filter_map(Scope::parse).collect(),
            revoked_ms: match revoked {
                Value::Integer(ms) => Some(*ms),
                _ => None,
            },
        });
        let mut keys = self.0.borrow_mut();
        if keys.len() >= MAX_KEYS {
            keys.clear();
        }
        keys.insert(key_id.to_owned(), Rc::clone(&found));
        Ok(Some(found))
    }
}

/// Finds who asks, if the key is this organisation's and valid.
pub(crate) fn authenticate(
    sql: &dyn Sql,
    keys: &KnownKeys,
    ctx: &Context<'_>,
    headers: &HeaderMap,
    organization: &OrganizationId,
) -> Result<Caller, Problem> {
    let parts = bearer(headers)
        .and_then(|text| read_key(ctx.settings, text))
        .ok_or_else(unauthorized)?;
    let KeyParts {
        organization: of,
        key_id,
        secret_sha256,
    } = parts;
    if of != *organization {
        return Err(unauthorized());
    }
    let known = keys.find(sql, &key_id)?.ok_or_else(unauthorized)?;
    let same = known
        .secret_sha256
        .as_bytes()
        .ct_eq(secret_sha256.as_bytes());
    if !bool::from(same) || known.revoked_ms.is_some_and(|ms| ms <= ctx.now_ms) {
        return Err(unauthorized());
    }
    Ok(Caller(known))
}
