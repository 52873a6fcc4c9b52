//! What of a batch is done before its tenant's turn and after it, in any thread, so that the tenant's own has less to do.
//! A host need not: the answer is the same.

use super::batch;
use super::detail::write_detail;
use super::reading::Reading;
use crate::context::Context;
use crate::tenant::Stored;
use http::{Method, Request, Response};
use std::sync::Arc;

/// Where batches go.
pub(super) const PATH: &str = "/v1/usage/events/batch";

/// Rides beside the request that it was read of.
#[derive(Clone)]
pub(super) struct Ahead(Arc<Reading>);

impl Ahead {
    /// What was read of this request, by the catalogue's prices.
    pub(super) fn of(request: &Request<Vec<u8>>) -> Option<&Arc<Reading>> {
        request.extensions().get().map(|Self(reading)| reading)
    }
}

/// Rides beside the answer whose body it makes.
#[derive(Clone)]
struct Unwritten {
    reading: Arc<Reading>,
    stored: Vec<Stored>,
}

/// Reads a request ahead of its tenant's turn. Who calls this calls [`write_rest`] when it was answered.
pub fn read_ahead(request: &mut Request<Vec<u8>>, ctx: &Context<'_>) {
    if request.method() != Method::POST || request.uri().path() != PATH {
        return;
    }
    // What is wrong with the whole of it is said in its turn.
    if let Ok(mut reading) = Reading::of(request.body(), ctx, None) {
        let mut detail = String::new();
        for event in &mut reading.accepted {
            write_detail(event, &mut detail);
            event.detail = Some(detail.as_str().into());
        }
        request.extensions_mut().insert(Ahead(Arc::new(reading)));
    }
}

/// Leaves the answer's body to [`write_rest`].
pub(super) fn write_later(
    mut response: Response<Vec<u8>>,
    reading: Arc<Reading>,
    stored: Vec<Stored>,
) -> Response<Vec<u8>> {
    let unwritten = Unwritten { reading, stored };
    response.extensions_mut().insert(unwritten);
    response
}

/// Writes what was left of the answer to a request that was read ahead.
pub fn write_rest(response: &mut Response<Vec<u8>>) {
    if let Some(Unwritten { reading, stored }) = response.extensions_mut().remove() {
        *response.body_mut() = batch::text(&reading, &stored);
    }
}
