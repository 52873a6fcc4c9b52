//! What an AI call cost: provider responses, usage, prices, events and their delivery, without I/O.
//!
//! A response goes through these modules in order: [`response`] keeps the fields that matter, [`provider`]
//! names format and sender and reads disjoint [`usage`] buckets, [`pricing`] multiplies them by dated rates,
//! [`event`] adds attribution, [`delivery`] batches and retries. Nothing here knows a clock, a socket, a
//! thread or a random number: hosts pass time, entropy and bytes in and carry out what is returned.

#![forbid(unsafe_code)]

pub mod anomaly;
pub mod bucket;
pub mod call;
pub mod clients;
pub mod counterfactual;
pub mod decimal;
pub mod delivery;
pub mod error;
pub mod event;
pub mod forecast;
pub mod money;
pub mod order;
pub mod pricing;
pub mod provider;
pub mod quantity;
mod question;
pub mod response;
pub mod routing;
pub mod stream;
pub mod timestamp;
pub mod track;
pub mod usage;

pub use decimal::DecimalError;
