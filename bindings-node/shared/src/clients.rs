//! What names on the providers' own clients mean, for `wrap()`.

use bearlumen_core::clients::client_step;

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
