//! The page at `/`: what an organisation's calls cost, for who has a key and no program. It is three files that ask the
//! API like any other client, with the key that the reader gives it.

use crate::http::{Problem, answered_as};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{Request, Response};

/// Nothing from elsewhere, and nothing to elsewhere: a key is typed here.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// Answers a request for the page or a part of it; `None` when it is for something else.
pub(crate) fn costs_page<B>(request: &Request<B>) -> Option<Result<Response<Vec<u8>>, Problem>> {
    let (kind, text) = match request.uri().path() {
        "/" => ("text/html; charset=utf-8", include_str!("page.html")),
        "/costs.js" => ("text/javascript; charset=utf-8", include_str!("page.js")),
        "/costs.css" => ("text/css; charset=utf-8", include_str!("page.css")),
        _ => return None,
    };
    if answered_as(request.method()) != "GET" {
        return Some(Err(Problem::not_allowed(&["GET", "HEAD"], "Use GET")));
    }
    let mut response = Response::new(text.as_bytes().to_vec());
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        // After an upgrade the three are of one version.
        (CACHE_CONTROL, "no-cache"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Some(Ok(response))
}
