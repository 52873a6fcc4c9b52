//! An organisation's own keys over the API.

use super::logged::{all_or_nothing, details, revoke_logged};
use super::record::find_key;
use super::{
    Caller, CreatedKey, KeyRecord, Scope, create_key, list_keys, revoke_key, unauthorized,
};
use crate::http::{Page, PageAsked, Problem, json, read_body};
use crate::route::{Kind, Parameter};
use crate::router::{Answer, Call};
use crate::settings::record_change;
use crate::sql::SqlError;
use bearlumen_core::error::ErrorCode;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json as object;

/// Which keys to list.
pub(super) const FILTERS: &[Parameter] = &[
    Parameter::new("name", Kind::Text, "Only keys of this name"),
    Parameter::new(
        "scope",
        Kind::SomeOf(&Scope::NAMES),
        "Only keys with all of these scopes",
    ),
];

/// The keys of an organisation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct KeyList<'a> {
    /// Oldest first, the revoked ones among them.
    api_keys: &'a [KeyRecord],
    /// The same list.
    items: &'a [KeyRecord],
    #[serde(flatten)]
    page: Page,
}

/// A key to be made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct NewKey {
    /// What its owner calls it, up to 200 characters; `key` when absent.
    #[cfg_attr(feature = "openapi", schemars(length(max = 200)))]
    name: Option<String>,
    /// What it may do; as much as the key that makes it when absent or empty.
    #[serde(default)]
    scopes: Vec<String>,
    /// What its text begins with: `sk_live_` (when absent), `sk_test_` or a configured prefix.
    prefix: Option<String>,
}

/// How a key is replaced.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Rotation {
    /// How many seconds the old key stays valid beside the new one: 0 (when absent) to 604,800, a week.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(range(min = 0, max = 604_800)))]
    grace_seconds: i64,
}

const MAX_NAME_CHARS: usize = 200;
const MAX_GRACE_SECONDS: i64 = 7 * 24 * 3600;

/// `GET /v1/api-keys`
pub(super) fn list(call: &Call<'_>) -> Answer {
    let query = call.query();
    let scopes = query.words("scope");
    let name = query.get(&["name"]);
    let mut keys = list_keys(call.sql)?;
    keys.retain(|key| {
        let has = |scope: &&str| key.scopes.iter().any(|granted| granted == scope);
        scopes.iter().all(has) && name.is_none_or(|name| key.name == name)
    });
    Ok(shown(call, keys))
}

/// A page of keys.
pub(super) fn shown(call: &Call<'_>, keys: Vec<KeyRecord>) -> http::Response<Vec<u8>> {
    let (keys, page) = PageAsked::of(&call.query()).part(keys);
    json(
        StatusCode::OK,
        &KeyList {
            api_keys: &keys,
            items: &keys,
            page,
        },
    )
}

/// `POST /v1/api-keys`
pub(super) fn create(call: &Call<'_>) -> Answer {
    let new: NewKey = read_body(call.request.body())?;
    let caller = call.caller.as_ref().ok_or_else(unauthorized)?;
    let name = new.name.as_deref().unwrap_or("key");
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS {
        let message = format!("Invalid name: expected 1 to {MAX_NAME_CHARS} characters");
        return Err(Problem::invalid("name", message));
    }
    let scopes: Vec<&str> = if new.scopes.is_empty() {
        caller.scopes().iter().map(|scope| scope.as_str()).collect()
    } else {
        new.scopes.iter().map(String::as_str).collect()
    };
    may_grant(caller, &scopes)?;
    let key = create_logged(
        call,
        "api_key.create",
        new.prefix.as_deref().unwrap_or("sk_live_"),
        name,
        &scopes,
        &mut || Ok(()),
    )?;
    Ok(json(StatusCode::CREATED, &key))
}

/// A key cannot give what it lacks. A scope that does not exist is refused later, by name.
fn may_grant(caller: &Caller, scopes: &[&str]) -> Result<(), Problem> {
    let lacking = scopes
        .iter()
        .filter_map(|scope| Scope::parse(scope))
        .find(|scope| !caller.scopes().contains(scope));
    match lacking {
        None => Ok(()),
        Some(scope) => {
            let message = format!(
                "The API key lacks the scope {} and so cannot give it",
                scope.as_str()
            );
            Err(Problem::new(ErrorCode::Forbidden, message))
        }
    }
}

/// Makes a key, does `also`, and logs it, all or nothing.
pub(crate) fn create_logged(
    call: &Call<'_>,
    action: &str,
    prefix: &str,
    name: &str,
    scopes: &[&str],
    also: &mut dyn FnMut() -> Result<(), SqlError>,
) -> Result<CreatedKey, Problem> {
    let made = all_or_nothing(
        &mut |body| call.tenant.transaction(call.sql, body),
        &mut || {
            let key = create_key(call.sql, call.ctx, call.organization, prefix, name, scopes)?;
            also()?;
            record_change(call, action, &key.record.id, &details(&key.record))?;
            Ok(key)
        },
    );
    Ok(made?)
}

/// `POST /v1/api-keys/{id}/rotate`
pub(super) fn rotate(call: &Call<'_>) -> Answer {
    let rotation: Rotation = match call.request.body().as_slice() {
        [] => Rotation::default(),
        body => read_body(body)?,
    };
    if !(0..=MAX_GRACE_SECONDS).contains(&rotation.grace_seconds) {
        let message = format!("Invalid graceSeconds: expected 0 to {MAX_GRACE_SECONDS}");
        return Err(Problem::invalid("graceSeconds", message));
    }
    let caller = call.caller.as_ref().ok_or_else(unauthorized)?;
    let old = find_key(call.sql, &call.path_value("id"))?;
    if old.revoked_at.is_some() {
        let message = "The key is revoked already; make a new one instead";
        return Err(Problem::new(ErrorCode::NotFound, message));
    }
    let scopes: Vec<&str> = old.scopes.iter().map(String::as_str).collect();
    may_grant(caller, &scopes)?;
    let until_ms = call.ctx.now_ms + rotation.grace_seconds * 1000;
    let key = create_logged(
        call,
        "api_key.rotate",
        &old.prefix,
        &old.name,
        &scopes,
        &mut || match revoke_key(call.sql, until_ms, &old.id) {
            Err(super::KeyError::Sql(error)) => Err(error),
            _ => record_change(
                call,
                "api_key.revoke",
                &old.id,
                &object!({ "graceSeconds": rotation.grace_seconds }),
            ),
        },
    )?;
    call.tenant.keys().forget();
    Ok(json(StatusCode::CREATED, &key))
}

/// `DELETE /v1/api-keys/{id}`, and the operator's
pub(super) fn revoke(call: &Call<'_>, id: &str) -> Answer {
    let revoked = all_or_nothing(
        &mut |body| call.tenant.transaction(call.sql, body),
        &mut || revoke_logged(call.sql, call.ctx.now_ms, call.actor(), id),
    );
    call.tenant.keys().forget();
    Ok(json(StatusCode::OK, &revoked?))
}

/// `DELETE /v1/api-keys/{id}`
pub(super) fn revoke_own(call: &Call<'_>) -> Answer {
    revoke(call, &call.path_value("id"))
}
