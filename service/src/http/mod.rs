//! Requests taken apart and answers put together.

mod answer;
mod body;
mod correlation;
mod method;
mod page;
mod problem;
mod query;

pub(crate) use answer::{json, json_text};
pub(crate) use body::{Edit, camel_case, read_body, read_object};
pub(crate) use correlation::CorrelationId;
pub(crate) use method::{answered_as, finished};
pub(crate) use page::{Page, PageAsked};
#[cfg(feature = "openapi")]
pub(crate) use problem::Envelope;
pub(crate) use problem::{ErrorBody, Problem};
pub(crate) use query::Query;

/// The largest request body, 10 MiB and what surrounds a batch of that size.
pub const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;
