//! Responses.

use super::correlation::CorrelationId;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use serde::Serialize;

/// Carries the correlation id of every response.
const CORRELATION_HEADER: HeaderName = HeaderName::from_static("x-correlation-id");

/// A JSON response.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response<Vec<u8>> {
    // Our own response types hold nothing that cannot be written as JSON.
    json_text(status, serde_json::to_vec(body).unwrap_or_default())
}

/// A JSON response of its text.
pub(crate) fn json_text(status: StatusCode, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The response with its correlation id.
pub(super) fn with_correlation_id(
    mut response: Response<Vec<u8>>,
    id: &CorrelationId,
) -> Response<Vec<u8>> {
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(CORRELATION_HEADER, value);
    }
    response
}
