//! What the same usage would have cost otherwise: on other models, in batches, under flex, read from a cache. Computed
//! from the asker's own buckets at dated prices; nothing is recommended without the sum it would have saved, what was
//! assumed, and what it was computed from.

mod alternative;
mod json;
mod replay;
mod workload;

pub use json::{savings_json, savings_json_by};
