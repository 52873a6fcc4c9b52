//! Keys made by the operator of the service.

use super::{KeyError, create_key, revoke_key};
use crate::http::{Problem, json};
use crate::organization::find_organization;
use crate::router::{Answer, Call};
use bearlumen_core::error::ErrorCode;
use http::StatusCode;
use serde::Deserialize;

/// A key to be made.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Body {
    /// What its owner calls it.
    name: String,
    /// What it may do; everything when empty.
    scopes: Vec<String>,
    /// What its text begins with: `sk_live_`, `sk_test_` or a configured prefix.
    prefix: String,
}

impl Default for Body {
    fn default() -> Self {
        Self {
            name: "key".to_owned(),
            scopes: Vec::new(),
            prefix: "sk_live_".to_owned(),
        }
    }
}

/// `POST /admin/organizations/{id}/keys`
pub(crate) fn create_for_operator(call: &Call<'_>) -> Answer {
    let body: Body = match call.request.body().as_slice() {
        [] => Body::default(),
        text => serde_json::from_slice(text).map_err(|error| {
            Problem::new(
                ErrorCode::ValidationError,
                format!("Invalid body: expected name, scopes, prefix ({error})"),
            )
        })?,
    };
    let organization = find_organization(call.sql)?
        .ok_or_else(|| Problem::new(ErrorCode::NotFound, "No such organization"))?;
    let scopes: Vec<&str> = body.scopes.iter().map(String::as_str).collect();
    let key = create_key(
        call.sql,
        call.ctx,
        &organization.id,
        &body.prefix,
        &body.name,
        &scopes,
    )?;
    Ok(json(StatusCode::CREATED, &key))
}

/// `DELETE /admin/organizations/{id}/keys/{key}`
pub(crate) fn revoke_for_operator(call: &Call<'_>) -> Answer {
    Ok(json(
        StatusCode::OK,
        &revoke_key(call.sql, call.ctx.now_ms, &call.path_value("key"))?,
    ))
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Sql(error) => error.into(),
            KeyError::UnknownScope(_) => Self::invalid("scopes", error.to_string()),
            KeyError::UnknownPrefix => Self::invalid("prefix", error.to_string()),
            KeyError::NotFound => Self::new(ErrorCode::NotFound, error.to_string()),
        }
    }
}
