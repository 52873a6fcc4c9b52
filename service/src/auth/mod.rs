//! Who may do what: keys that route themselves, their scopes, and their records.

mod key;
mod operator;
mod record;
mod scope;

pub(crate) use key::{decode, encode, read_key};
pub(crate) use operator::{create_for_operator, revoke_for_operator};
pub(crate) use record::authenticate;
pub use record::{CreatedKey, KeyError, KeyRecord, create_key, list_keys, revoke_key};
pub use scope::Scope;

use crate::http::Problem;
use bearlumen_core::error::ErrorCode;
use http::HeaderMap;
use http::header::AUTHORIZATION;

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
