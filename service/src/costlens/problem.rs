//! Errors in the shape that these clients read: a sentence, and when to come back.

use crate::http::{Problem, json};
use bearlumen_core::error::Retry;
use http::header::{HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use serde::Serialize;

/// When to try again where nothing better is known, in seconds.
const RETRY_S: u64 = 60;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    error: &'a str,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

/// The first parts of the paths that these clients use.
const AREAS: [&str; 7] = [
    "integrations",
    "analytics",
    "usage",
    "dashboard",
    "routing",
    "cost",
    "cost-analysis",
];

/// Whether a path is one of theirs.
pub(crate) fn speaks(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    AREAS.contains(&first)
}

/// The problem in their shape.
pub(crate) fn response(problem: &Problem) -> Response<Vec<u8>> {
    let status = StatusCode::from_u16(problem.code.http_status())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let retry_after = problem
        .retry_after_s
        .or((problem.code.retry() == Retry::Later).then_some(RETRY_S));
    let body = Body {
        error: &problem.message,
        retry_after,
    };
    let mut response = json(status, &body);
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
