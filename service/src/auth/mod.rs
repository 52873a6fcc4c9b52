//! Who may do what: keys that route themselves, their scopes, and their records.

mod key;
mod manage;
mod operator;
mod record;
mod scope;

pub(crate) use key::{decode, encode, read_key};
use operator::{create_for_operator, revoke_for_operator};
pub(crate) use record::authenticate;
pub use record::{CreatedKey, KeyError, KeyRecord, create_key, list_keys, revoke_key};
pub use scope::Scope;

use crate::http::Problem;
use crate::route::{Access, PAGE, Route, Verb};
use bearlumen_core::error::ErrorCode;
use http::HeaderMap;
use http::header::AUTHORIZATION;

/// API keys.
pub(crate) const ROUTES: [Route; 3] = [
    Route::get("/v1/api-keys", Scope::Admin, manage::list)
        .about(
            "List the organisation's API keys",
            "Without their text, which is shown once.",
        )
        .query(&[manage::FILTERS, PAGE])
        .without_sums()
        .answers::<manage::KeyList<'static>>(200),
    Route::new(
        Verb::Post,
        "/admin/organizations/{id}/keys",
        Access::Operator,
        create_for_operator,
    )
    .takes::<operator::Body>()
    .answers::<CreatedKey>(201)
    .about("Make a key for an organisation", "")
    .fails(&[404]),
    Route::new(
        Verb::Delete,
        "/admin/organizations/{id}/keys/{key}",
        Access::Operator,
        revoke_for_operator,
    )
    .about("Revoke a key of an organisation", "")
    .fails(&[404]),
];

/// The bearer token of a request.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim())
        .filter(|token| !token.is_empty())
}

/// One answer for every way a key can be wrong, so that none can be told from another.
pub(crate) fn unauthorized() -> Problem {
    Problem::new(ErrorCode::Unauthorized, "Missing or invalid API key")
}
