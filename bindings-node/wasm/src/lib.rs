//! `bearlumen-js` as a wasm module. Everything crosses as text, bytes and numbers, so that the JavaScript around it
//! stays small; `src/native/load.web.ts` gives it the face that the addon has. Nothing here decides.

#![expect(
    clippy::needless_pass_by_value,
    reason = "what crosses from JavaScript arrives owned"
)]

pub mod answers;
pub mod delivery;
pub mod stream;
