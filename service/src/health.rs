//! `/healthz`: whether requests can be answered, for whoever watches the service or sends it traffic. It needs no key.

use crate::context::Context;
use crate::http::{CorrelationId, Problem, answered_as, finished};
use bearlumen_core::error::ErrorCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Request, Response};

/// When to ask again, in seconds.
const RETRY_S: u64 = 1;

/// Answers a request for `/healthz`. `trouble` is why the host cannot do its work, in words that anybody may read.
pub fn health<B>(
    request: &Request<B>,
    ctx: &Context<'_>,
    trouble: Option<String>,
) -> Response<Vec<u8>> {
    let id = CorrelationId::new(&ctx.entropy);
    let mut response = match said(request, trouble) {
        Ok(response) => response,
        Err(problem) => problem.response(request, ctx.now_ms, &id),
    };
    // What was so a moment ago is not what was asked.
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    finished(response, request, &id)
}

/// Whether it is what a request asks for.
pub(crate) fn is_asked<B>(request: &Request<B>) -> bool {
    request.uri().path() == "/healthz"
}

fn said<B>(request: &Request<B>, trouble: Option<String>) -> Result<Response<Vec<u8>>, Problem> {
    if answered_as(request.method()) != "GET" {
        return Err(Problem::not_allowed(&["GET", "HEAD"], "Use GET"));
    }
    if let Some(trouble) = trouble {
        return Err(Problem {
            retry_after_s: Some(RETRY_S),
            ..Problem::new(ErrorCode::ServiceUnavailable, trouble)
        });
    }
    let mut response = Response::new(b"ok".to_vec());
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    Ok(response)
}
