//! What names on the providers' own clients mean, for `wrap()`.

use bearlumen_core::clients;
use napi_derive::napi;

/// What the name at the end of a path means, as bits.
#[napi(catch_unwind)]
pub(crate) fn client_step_bits(path: String) -> u32 {
    bearlumen_js::client_step_bits(&path)
}

/// The call that an object of this class asks for.
#[napi(catch_unwind)]
pub(crate) fn command_path(class: String) -> Option<String> {
    clients::command_path(&class).map(str::to_owned)
}

/// Whether a stream of this call states its usage only when asked.
#[napi(catch_unwind)]
pub(crate) fn asks_for_usage(path: String, url: Option<String>) -> bool {
    clients::asks_for_usage(&path, url.as_deref())
}

/// Whether a request's parameter of this name says its model.
#[napi(catch_unwind)]
pub(crate) fn is_model_parameter(name: String) -> bool {
    clients::is_model_parameter(&name)
}
