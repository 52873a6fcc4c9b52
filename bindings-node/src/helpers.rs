//! Which calls of a provider's client make others by themselves, for `wrap()`.

use bearlumen_core::clients::client_step;
use napi_derive::napi;

/// The names of the calls that this one makes on its own object, as each library spells them.
#[napi(catch_unwind)]
pub(crate) fn inner_calls(path: String) -> Vec<&'static str> {
    client_step(&path).inner_calls.to_vec()
}

/// All such calls, and what an object with them is made with, as JSON.
#[napi(catch_unwind)]
pub(crate) fn client_helpers() -> String {
    bearlumen_js::client_helpers()
}
