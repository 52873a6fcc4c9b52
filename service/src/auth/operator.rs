//! Keys made by the operator of the service.

use super::{KeyError, list_keys, manage};
use crate::http::{Problem, json, read_body};
use crate::organization::{Organization, known};
use crate::router::{Answer, Call};
use bearlumen_core::error::ErrorCode;
use http::StatusCode;
use serde::Deserialize;

/// A key to be made.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "OperatorNewKey")
)]
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
        text => read_body(text)?,
    };
    let _: Organization = known(call)?;
    let scopes: Vec<&str> = body.scopes.iter().map(String::as_str).collect();
    let key = manage::create_logged(
        call,
        "api_key.create",
        &body.prefix,
        &body.name,
        &scopes,
        &mut || Ok(()),
    )?;
    Ok(json(StatusCode::CREATED, &key))
}

/// `GET /admin/organizations/{id}/keys`
pub(crate) fn list_for_operator(call: &Call<'_>) -> Answer {
    let _: Organization = known(call)?;
    Ok(manage::shown(call, list_keys(call.sql)?))
}

/// `DELETE /admin/organizations/{id}/keys/{key}`
pub(crate) fn revoke_for_operator(call: &Call<'_>) -> Answer {
    let _: Organization = known(call)?;
    manage::revoke(call, &call.path_value("key"))
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
