//! Events waiting in the order they came.

use std::collections::VecDeque;

/// An event waiting or on its way.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Queued {
    pub(super) bytes: Vec<u8>,
    pub(super) position: u64,
    pub(super) since_ms: i64,
    /// It was on its way once; it does not wait for company again.
    pub(super) attempted: bool,
}

#[derive(Debug, Default)]
pub(super) struct Queue {
    events: VecDeque<Queued>,
    bytes: usize,
    next_position: u64,
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn next_position(&self) -> u64 {
        self.next_position
    }

    pub(super) fn oldest(&self) -> Option<&Queued> {
        self.events.front()
    }

    pub(super) fn push(&mut self, bytes: Vec<u8>, now_ms: i64) {
        self.bytes += bytes.len();
        self.events.push_back(Queued {
            bytes,
            position: self.next_position,
            since_ms: now_ms,
            attempted: false,
        });
        self.next_position += 1;
    }

    /// The oldest events, at least one, within both limits.
    pub(super) fn take(&mut self, max_events: usize, max_bytes: usize) -> Vec<Queued> {
        let mut taken = Vec::new();
        let mut size = 0;
        while let Some(next) = self.events.front() {
            let with_next = size + next.bytes.len() + 1;
            if taken.len() >= max_events || (!taken.is_empty() && with_next > max_bytes) {
                break;
            }
            let Some(event) = self.events.pop_front() else {
                break;
            };
            self.bytes -= event.bytes.len();
            size = with_next;
            taken.push(event);
        }
        taken
    }

    /// Returns events to the front, in their order.
    pub(super) fn put_back(&mut self, events: Vec<Queued>) {
        for mut event in events.into_iter().rev() {
            event.attempted = true;
            self.bytes += event.bytes.len();
            self.events.push_front(event);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Queued> {
        self.events.iter()
    }

    /// Takes out events that came before `before_ms`.
    pub(super) fn drop_older(&mut self, before_ms: i64) -> Vec<Queued> {
        let mut dropped = Vec::new();
        while self
            .events
            .front()
            .is_some_and(|event| event.since_ms < before_ms)
        {
            if let Some(event) = self.events.pop_front() {
                self.bytes -= event.bytes.len();
                dropped.push(event);
            }
        }
        dropped
    }
}
