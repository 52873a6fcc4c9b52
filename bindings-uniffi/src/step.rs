//! The forms in which delivery crosses into another language.

use bearlumen_core::delivery::{Outcome, Problem, Stats};

/// A request body with events.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Batch {
    /// Names the batch when its outcome is reported.
    pub id: u64,
    /// The body of `POST /v1/usage/events/batch`.
    pub body: Vec<u8>,
    /// How many events.
    pub events: u64,
}

/// What the host does next.
#[derive(Debug, Clone, uniffi::Enum)]
pub enum Step {
    /// POST the batch, then report.
    Send {
        /// What to send.
        batch: Batch,
    },
    /// Nothing before this instant.
    WaitUntil {
        /// Milliseconds, on the clock that the host passes in.
        at_ms: i64,
    },
    /// Nothing until something is enqueued, or until the batch on its way is reported.
    Idle,
}

/// How a send ended.
#[derive(Debug, Clone, uniffi::Enum)]
pub enum Answer {
    /// The server answered.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The `Retry-After` header, as it came.
        retry_after: Option<String>,
        /// The body.
        body: Vec<u8>,
    },
    /// No whole answer came: no connection, a reset, a time-out.
    Unreachable,
}

impl Answer {
    pub(crate) fn core(&self) -> Outcome<'_> {
        match self {
            Self::Answered {
                status,
                retry_after,
                body,
            } => Outcome::Answered {
                status: *status,
                retry_after: retry_after.as_deref(),
                body,
            },
            Self::Unreachable => Outcome::Unreachable,
        }
    }
}

/// Events that were given up, and why; for the user's error handler.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Lost {
    /// The error's code, such as `UNAUTHORIZED` or `QUEUE_FULL`.
    pub code: String,
    /// In words.
    pub message: String,
    /// For support; empty when the server gave none.
    pub correlation_id: String,
    /// The HTTP status; 0 where no server was asked.
    pub status: u16,
    /// How many events.
    pub events: u64,
}

impl From<Problem> for Lost {
    fn from(problem: Problem) -> Self {
        Self {
            code: problem.code,
            message: problem.message,
            correlation_id: problem.correlation_id,
            status: problem.status,
            events: problem.events,
        }
    }
}

/// Counts of every event. `tracked == sent + dropped + pending`, always.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DeliveryStats {
    /// Events handed in.
    pub tracked: u64,
    /// Events the service acknowledged, repeated ones included.
    pub sent: u64,
    /// Events given up, for any reason.
    pub dropped: u64,
    /// Events queued or on their way.
    pub pending: u64,
}

impl From<Stats> for DeliveryStats {
    fn from(stats: Stats) -> Self {
        Self {
            tracked: stats.tracked,
            sent: stats.sent,
            dropped: stats.dropped,
            pending: stats.pending,
        }
    }
}
