//! `bearlumen-js` as a wasm module. Everything crosses as text, bytes and numbers, so that the JavaScript around it
//! stays small; `src/native/load.web.ts` gives it the face that the addon has. Nothing here decides.

#![cfg_attr(
    feature = "calls",
    expect(
        clippy::needless_pass_by_value,
        reason = "what crosses from JavaScript arrives owned"
    )
)]

#[cfg(feature = "calls")]
pub mod answers;
#[cfg(feature = "calls")]
pub mod delivery;
#[cfg(feature = "methods")]
pub mod methods;
#[cfg(feature = "calls")]
pub mod stream;
