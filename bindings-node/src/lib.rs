//! The native part of `@bearlumen/node-sdk`: the core behind a handful of functions.
//!
//! JavaScript walks a response by the core's own list of wanted fields ([`shape`]) and hands over one short
//! text, the record ([`record`]). Reading the object from here instead costs a crossing for each property,
//! which is several times the price of the whole call. Nothing here decides: what a response means, what it
//! costs and when it is sent is the core's.

#![expect(
    clippy::needless_pass_by_value,
    reason = "what crosses from JavaScript arrives owned"
)]

mod call;
mod clients;
mod delivery;
mod errors;
mod options;
mod packed;
mod read;
mod reads;
mod record;
mod result;
mod shape;
mod spool;
mod stream;
