//! HEAD: what GET would be answered, without its body.

use super::answer::with_correlation_id;
use super::correlation::CorrelationId;
use http::header::{CONTENT_LENGTH, HeaderValue};
use http::{Method, Request, Response};

/// The method that a request is answered as.
pub(crate) fn answered_as(method: &Method) -> &str {
    if method == Method::HEAD {
        "GET"
    } else {
        method.as_str()
    }
}

/// The response as every request gets it in the end: with its correlation id, and without a body where none was asked for.
pub(crate) fn finished<B>(
    response: Response<Vec<u8>>,
    request: &Request<B>,
    id: &CorrelationId,
) -> Response<Vec<u8>> {
    let mut response = with_correlation_id(response, id);
    if request.method() == Method::HEAD {
        let body = std::mem::take(response.body_mut());
        // Said here: whoever sends the answer no longer knows.
        response
            .headers_mut()
            .insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    response
}
