//! What names on the providers' own clients mean, for `wrap()`.

use bearlumen_core::clients::{client_step, helpers, made_with};
use serde_json::json;

/// What the name at the end of a path means, as bits in the order of `CLIENT` in `src/native/addon.ts`.
pub fn client_step_bits(path: &str) -> u32 {
    let step = client_step(path);
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

/// The calls that make others by themselves, and what an object with them is made with:
/// `{"helpers": [{"path", "calls"}], "madeWith"}` as JSON.
pub fn client_helpers() -> String {
    let all = helpers().iter();
    let all: Vec<_> = all
        .map(|helper| json!({ "path": helper.path, "calls": helper.calls }))
        .collect();
    json!({ "helpers": all, "madeWith": made_with() }).to_string()
}
