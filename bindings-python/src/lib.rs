//! The native half of the Python package `bearlumen`: it carries objects in and results out.
//!
//! What a response means, what it costs, and when and how events are sent is decided in `bearlumen_core`.
//! The public surface is the package in `python/bearlumen`; nothing here is for users.

mod advice;
mod clients;
mod clock;
mod cost_of;
mod delivery;
mod entropy;
mod errors;
mod fork;
mod json;
mod kind;
mod late;
mod options;
mod read;
mod record;
mod recorder;
mod result;
mod snapshot;
mod spool;
mod spooling;
mod stream;
mod tap;
mod track;
mod tracker;
mod unseen;
mod wanted;

use bearlumen_core::call::SharedMeter;

/// Remembers the kinds of call that this process makes.
static METER: SharedMeter = SharedMeter::new();

/// The private native module of `bearlumen`.
#[pyo3::pymodule]
mod _native {
    #[pymodule_init]
    #[expect(clippy::unnecessary_wraps, reason = "every module is made so")]
    fn init(_module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
        super::fork::watch();
        Ok(())
    }

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_export]
    const READ_RETRIES: u32 = bearlumen_core::delivery::READ_RETRIES;

    #[pymodule_export]
    use super::advice::advice;
    #[pymodule_export]
    use super::clients::{ClientStep, asks_for_usage, client_step, helpers, is_model_parameter};
    #[pymodule_export]
    use super::cost_of::{cost_of, cost_of_stream};
    #[pymodule_export]
    use super::delivery::{DeliveryScript, spool_label};
    #[pymodule_export]
    use super::errors::{error_class, read_again_ms, retry_after_seconds};
    #[pymodule_export]
    use super::fork::{fork_noticed, notice_fork};
    #[pymodule_export]
    use super::recorder::Recorder;
    #[pymodule_export]
    use super::result::TrackResult;
    #[pymodule_export]
    use super::tap::Drawing;
    #[pymodule_export]
    use super::track::Tracks;
    #[pymodule_export]
    use super::tracker::Tracker;
    #[pymodule_export]
    use super::unseen::{unseen_amount, unseen_cost};
}
