//! What names on the providers' own clients mean, for `wrap()`.

use bearlumen_core::clients::{self, client_step};
use napi_derive::napi;

/// What the name at the end of a path means, as bits in the order of `CLIENT` in `src/native/addon.ts`.
#[napi(catch_unwind)]
pub(crate) fn client_step_bits(path: String) -> u32 {
    let step = client_step(&path);
    [
        step.is_call,
        step.leads_on,
        step.returns_calls,
        step.returns_client,
        step.takes_command,
        step.makes_calls,
    ]
    .iter()
    .rev()
    .fold(0, |bits, is_set| bits << 1 | u32::from(*is_set))
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
