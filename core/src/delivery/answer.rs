//! What a server's answer to a batch means for its events.

use super::stats::DropReason;
use super::whole::whole;
use crate::error::{ErrorCode, Retry};
use crate::timestamp;
use serde::Deserialize;

/// How a send ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// The server answered.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The `Retry-After` header, as it came.
        retry_after: Option<&'a str>,
        /// The body.
        body: &'a [u8],
    },
    /// No whole answer came: no connection, a reset, a time-out.
    Unreachable,
}

/// Something the user's error handler should hear once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The error's code, as the REST API writes it; a code of our own where no server was asked.
    pub code: String,
    /// What the server said.
    pub message: String,
    /// For support; empty when the server gave none.
    pub correlation_id: String,
    /// The HTTP status; 0 where no server was asked.
    pub status: u16,
    /// How many events were given up because of it.
    pub events: u64,
}

impl Problem {
    /// Events given up here, without the server having said anything.
    pub(super) fn loss(reason: DropReason, events: u64) -> Self {
        let (code, message) = match reason {
            DropReason::QueueFull => (
                "QUEUE_FULL",
                "the queue is full: the service could not be reached for long",
            ),
            DropReason::TooLarge => (
                "PAYLOAD_TOO_LARGE",
                "the event is larger than the service takes",
            ),
            DropReason::Rejected => ("REJECTED", "the service refused the event"),
            DropReason::Expired => ("EVENT_EXPIRED", "the event could not be delivered in time"),
            DropReason::Closed => ("CLIENT_CLOSED", "the event came after shutdown"),
        };
        Self {
            code: code.to_owned(),
            message: message.to_owned(),
            correlation_id: String::new(),
            status: 0,
            events,
        }
    }

    pub(super) fn too_large() -> Self {
        Self {
            code: ErrorCode::PayloadTooLarge.as_str().to_owned(),
            message: "the server takes no event of this size".to_owned(),
            correlation_id: String::new(),
            status: 413,
            events: 0,
        }
    }
}

pub(super) enum Verdict {
    /// Each event has its own result.
    Judged(Vec<EventResult>),
    /// All of it again, later.
    Retry { wait_ms: Option<i64> },
    /// All of it again, in smaller batches.
    Smaller,
    /// None of it, ever.
    Rejected(Problem),
}

pub(super) enum EventResult {
    Stored,
    Retry,
    Rejected(Problem),
}

#[derive(Deserialize)]
struct BatchAnswer {
    results: Vec<ResultEntry>,
}

#[derive(Deserialize)]
struct ResultEntry {
    #[serde(deserialize_with = "whole")]
    index: usize,
    #[serde(default)]
    error: Option<ErrorBody>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ErrorBody {
    code: String,
    message: String,
    correlation_id: String,
    details: Details,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Details {
    retryable: Option<bool>,
}

#[derive(Deserialize)]
struct Envelope {
    error: ErrorBody,
}

pub(super) fn judge(outcome: &Outcome<'_>, events: usize, now_ms: i64) -> Verdict {
    let Outcome::Answered {
        status,
        retry_after,
        body,
    } = *outcome
    else {
        return Verdict::Retry { wait_ms: None };
    };
    let wait_ms = retry_after.and_then(|value| timestamp::retry_after_ms(value, now_ms));
    match status {
        200 | 201 | 207 => match serde_json::from_slice::<BatchAnswer>(body) {
            Ok(answer) => Verdict::Judged(by_index(answer.results, events, status)),
            // A cut answer: the events may be stored, and their keys make sending them again harmless.
            Err(_) => Verdict::Retry { wait_ms: None },
        },
        413 => Verdict::Smaller,
        _ if is_passing(status) => Verdict::Retry { wait_ms },
        _ => Verdict::Rejected(problem(error_body(body), status, events as u64)),
    }
}

/// Whether a failure of this status may be over later.
pub(super) const fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

/// Results by the index they name. An event the server does not mention is sent again.
fn by_index(entries: Vec<ResultEntry>, events: usize, status: u16) -> Vec<EventResult> {
    let mut results: Vec<EventResult> = Vec::with_capacity(events);
    results.resize_with(events, || EventResult::Retry);
    for entry in entries {
        let Some(slot) = results.get_mut(entry.index) else {
            continue;
        };
        *slot = match entry.error {
            None => EventResult::Stored,
            Some(error) if may_retry(&error) => EventResult::Retry,
            Some(error) => EventResult::Rejected(problem(error, status, 1)),
        };
    }
    results
}

fn may_retry(error: &ErrorBody) -> bool {
    error.details.retryable.unwrap_or_else(|| {
        ErrorCode::parse(&error.code).is_some_and(|code| code.retry() == Retry::Later)
    })
}

fn error_body(body: &[u8]) -> ErrorBody {
    serde_json::from_slice::<Envelope>(body)
        .map_or_else(|_| ErrorBody::default(), |envelope| envelope.error)
}

fn problem(error: ErrorBody, status: u16, events: u64) -> Problem {
    let code = if error.code.is_empty() {
        ErrorCode::from_http_status(status).as_str().to_owned()
    } else {
        error.code
    };
    let message = if error.message.is_empty() {
        format!("the server answered {status}")
    } else {
        error.message
    };
    Problem {
        code,
        message,
        correlation_id: error.correlation_id,
        status,
        events,
    }
}
