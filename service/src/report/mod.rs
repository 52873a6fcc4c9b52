//! What it cost: the reports over the rollups.

mod breakdown;
mod period;
mod summary;
mod sums;

pub(crate) use breakdown::{by_agent, by_end_user, by_feature, by_model, by_provider, by_workflow};
pub(crate) use summary::summary;
