//! The core as Kotlin, Ruby and Swift see it: what a call cost, the making of events, and their delivery.
//!
//! The facade has no clock and no socket: instants are arguments, in milliseconds since 1970, and what is to
//! be sent is bytes. A language adds a loop that carries them. Nothing here decides, and none of `UniFFI`'s
//! shapes reaches the core.

#![expect(
    clippy::needless_pass_by_value,
    reason = "what crosses from another language arrives owned"
)]

mod advice;
mod cost;
mod failure;
mod hints;
mod options;
mod random;
mod result;
mod step;
mod stream;
mod tracker;

use bearlumen_core::call::SharedMeter;

/// Remembers the kinds of call that this process makes.
static METER: SharedMeter = SharedMeter::new();

pub use advice::{AdviceError, anomalies, forecast, route, savings};
pub use cost::{CostError, cost_of, cost_of_stream};
pub use failure::{ApiFailure, FailureKind, read_failure};
pub use hints::Hints;
pub use options::{Dimension, TrackOptions};
pub use result::{TrackResult, TrackWarning};
pub use step::{Answer, Batch, DeliveryStats, Lost, Step};
pub use stream::StreamRecorder;
pub use tracker::{PolicyError, Tracker};

uniffi::setup_scaffolding!("bearlumen_core");

/// The version of the core and of every package made from it.
#[uniffi::export]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
