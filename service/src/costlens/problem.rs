//! Errors in the shape that these clients read: a sentence, and when to come back.

use crate::http::{Problem, json};
use bearlumen_core::error::Retry;
use http::header::{HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use serde::Serialize;
use std::borrow::Cow;

/// When to try again where nothing better is known, in seconds.
const RETRY_S: u64 = 60;

/// How these clients are told of an error.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "CostLensError")
)]
pub(crate) struct Body<'a> {
    /// What was wrong and what was expected.
    error: &'a str,
    /// Seconds to wait before trying again; absent when that would not help.
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

/// Parameters as these clients name them, where the route tables name them otherwise.
const NAMES: [(&str, &str); 3] = [
    ("start_date", "startDate"),
    ("end_date", "endDate"),
    ("window_days", "windowDays"),
];

/// The message in their names.
fn as_sent(problem: &Problem) -> Cow<'_, str> {
    let of_field = |(ours, _): &&(&str, &str)| problem.field.as_deref() == Some(ours);
    match NAMES.iter().find(of_field) {
        Some((ours, theirs)) => problem.message.replace(ours, theirs).into(),
        None => Cow::Borrowed(&problem.message),
    }
}

/// The problem in their shape.
pub(crate) fn response(problem: &Problem) -> Response<Vec<u8>> {
    let status = StatusCode::from_u16(problem.code.http_status())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let retry_after = problem
        .retry_after_s
        .or((problem.code.retry() == Retry::Later).then_some(RETRY_S));
    let message = as_sent(problem);
    let body = Body {
        error: &message,
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
