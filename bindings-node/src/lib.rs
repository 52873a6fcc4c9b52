//! The native part of `@bearlumen/node-sdk`: what `bearlumen-js` says, as a Node addon, and undelivered events on
//! disk. Nothing here decides.

#![expect(
    clippy::needless_pass_by_value,
    reason = "what crosses from JavaScript arrives owned"
)]

mod answers;
mod clients;
mod delivery;
mod errors;
mod helpers;
mod journal;
mod spool;
mod stream;
mod text;
