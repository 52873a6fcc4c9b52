//! The count of every event, whatever became of it.

use serde::Serialize;

/// Why an event was not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DropReason {
    /// The queue was at its bound.
    QueueFull,
    /// The event alone is beyond what the service takes.
    TooLarge,
    /// The service refused it for good.
    Rejected,
    /// It waited longer than events are kept.
    Expired,
    /// It came after shutdown.
    Closed,
}

/// Counts since the client was made.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// Events handed in.
    pub tracked: u64,
    /// Events the service acknowledged, repeated ones included.
    pub sent: u64,
    /// Events given up, for any reason.
    pub dropped: u64,
    /// Events queued or on their way.
    pub pending: u64,
    /// The dropped ones by reason.
    pub dropped_by_reason: DroppedByReason,
}

/// Dropped events by reason.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DroppedByReason {
    /// See [`DropReason::QueueFull`].
    pub queue_full: u64,
    /// See [`DropReason::TooLarge`].
    pub too_large: u64,
    /// See [`DropReason::Rejected`].
    pub rejected: u64,
    /// See [`DropReason::Expired`].
    pub expired: u64,
    /// See [`DropReason::Closed`].
    pub closed: u64,
}

impl Stats {
    pub(super) fn drop(&mut self, reason: DropReason, events: u64) {
        self.dropped += events;
        let counts = &mut self.dropped_by_reason;
        let count = match reason {
            DropReason::QueueFull => &mut counts.queue_full,
            DropReason::TooLarge => &mut counts.too_large,
            DropReason::Rejected => &mut counts.rejected,
            DropReason::Expired => &mut counts.expired,
            DropReason::Closed => &mut counts.closed,
        };
        *count += events;
    }
}
