//! Who may do what: keys that route themselves, their scopes, and their records.

mod caller;
mod key;
mod logged;
mod mac;
mod manage;
mod operator;
mod record;
mod scope;

pub(crate) use caller::{Caller, KnownKeys, authenticate};
pub(crate) use key::{claimed, decode, encode, read_key};
pub use logged::{create_key_as_operator, revoke_key_as_operator};
pub(crate) use mac::{MAC_BYTES, Signed};
pub(crate) use manage::create_logged as create_logged_key;
use operator::{create_for_operator, list_for_operator, revoke_for_operator};
pub use record::{CreatedKey, KeyError, KeyRecord, create_key, list_keys, revoke_key};
pub use scope::Scope;

use crate::context::Context;
use crate::http::Problem;
use crate::route::{Access, PAGE, Route, Verb};
use bearlumen_core::error::ErrorCode;
use http::HeaderMap;
use http::header::AUTHORIZATION;

/// API keys.
pub(crate) const ROUTES: [Route; 7] = [
    Route::get("/v1/api-keys", Scope::Admin, manage::list)
        .about(
            "List the organisation's API keys",
            "Without their text, which is shown once.",
        )
        .query(&[manage::FILTERS, PAGE])
        .without_sums()
        .answers::<manage::KeyList<'static>>(200),
    Route::post("/v1/api-keys", Scope::Admin, manage::create)
        .about(
            "Make an API key",
            "Its text is in this answer only. A key cannot give scopes that it lacks.",
        )
        .takes::<manage::NewKey>()
        .answers::<CreatedKey>(201),
    Route::post("/v1/api-keys/{id}/rotate", Scope::Admin, manage::rotate)
        .about(
            "Replace an API key by a new one",
            "With the same name, prefix and scopes. The old one stays valid for graceSeconds.",
        )
        .takes_optionally::<manage::Rotation>()
        .answers::<CreatedKey>(201)
        .fails(&[404]),
    Route::new(
        Verb::Delete,
        "/v1/api-keys/{id}",
        Access::Scoped(Scope::Admin),
        manage::revoke_own,
    )
    .about(
        "Revoke an API key",
        "From now on. Revoking it again changes nothing.",
    )
    .answers::<KeyRecord>(200)
    .fails(&[404]),
    Route::new(
        Verb::Get,
        "/admin/organizations/{id}/keys",
        Access::Operator,
        list_for_operator,
    )
    .about("List the API keys of an organisation", "")
    .query(&[PAGE])
    .without_sums()
    .answers::<manage::KeyList<'static>>(200),
    Route::new(
        Verb::Post,
        "/admin/organizations/{id}/keys",
        Access::Operator,
        create_for_operator,
    )
    .about(
        "Make an API key for an organisation",
        "Its text is in this answer only.",
    )
    .takes_optionally::<operator::Body>()
    .answers::<CreatedKey>(201),
    Route::new(
        Verb::Delete,
        "/admin/organizations/{id}/keys/{key}",
        Access::Operator,
        revoke_for_operator,
    )
    .about("Revoke an API key of an organisation", "")
    .answers::<KeyRecord>(200),
];

/// Ten random bytes as text, for ids of things that a request makes. One request makes one thing.
pub(crate) fn new_id(ctx: &Context<'_>) -> String {
    encode(ctx.entropy.last_chunk::<10>().map_or(&[], |bytes| bytes))
}

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
