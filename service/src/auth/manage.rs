//! An organisation's own keys over the API.

use super::{KeyRecord, Scope, list_keys};
use crate::http::{Page, PageAsked, json};
use crate::route::{Kind, Parameter};
use crate::router::{Answer, Call};
use http::StatusCode;
use serde::Serialize;

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
    let (keys, page) = PageAsked::of(&query).part(keys);
    Ok(json(
        StatusCode::OK,
        &KeyList {
            api_keys: &keys,
            items: &keys,
            page,
        },
    ))
}
