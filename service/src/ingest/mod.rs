//! Usage events on their way in: read, priced, deduplicated and stored with their sums, all or nothing.

mod endpoint;
mod labels;
mod priced;
mod rollup;
mod store;

pub(crate) use endpoint::{record_batch, record_one};
pub(crate) use rollup::{Grain, Kind};
