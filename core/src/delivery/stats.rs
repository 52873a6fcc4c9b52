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

impl DropReason {
    /// All reasons, for tables and tests.
    pub const ALL: [Self; 5] = [
        Self::QueueFull,
        Self::TooLarge,
        Self::Rejected,
        Self::Expired,
        Self::Closed,
    ];

    /// The name as [`DroppedByReason`] writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queueFull",
            Self::TooLarge => "tooLarge",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Closed => "closed",
        }
    }
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

impl DroppedByReason {
    /// The count of one reason.
    pub const fn get(&self, reason: DropReason) -> u64 {
        match reason {
            DropReason::QueueFull => self.queue_full,
            DropReason::TooLarge => self.too_large,
            DropReason::Rejected => self.rejected,
            DropReason::Expired => self.expired,
            DropReason::Closed => self.closed,
        }
    }

    pub(super) fn add(&mut self, reason: DropReason, events: u64) {
        let count = match reason {
            DropReason::QueueFull => &mut self.queue_full,
            DropReason::TooLarge => &mut self.too_large,
            DropReason::Rejected => &mut self.rejected,
            DropReason::Expired => &mut self.expired,
            DropReason::Closed => &mut self.closed,
        };
        *count += events;
    }
}

impl Stats {
    pub(super) fn drop(&mut self, reason: DropReason, events: u64) {
        self.dropped += events;
        self.dropped_by_reason.add(reason, events);
    }
}
