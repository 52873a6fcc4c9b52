//! Delivery of events as a state machine: what to send next, and what an answer means.
//!
//! The host owns clock, socket and randomness. Its loop is: [`Delivery::next_step`], then carry out what it
//! says, then [`Delivery::report`]. Batching, bounds, backoff, `Retry-After`, partial resend and the count of
//! everything dropped are decided here, once for all languages.

mod answer;
mod policy;
mod queue;
mod reads;
mod spool;
mod stats;
mod whole;

pub use answer::{Outcome, Problem};
pub use policy::Policy;
pub use reads::{READ_RETRIES, read_again_ms};
pub use spool::{Spooled, read_spool, spool_entry, spool_label, spool_settled};
pub use stats::{DropReason, DroppedByReason, Stats};

use answer::Verdict;
use queue::{Queue, Queued};

/// What the host does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// POST these bytes to `/v1/usage/events/batch`, then report.
    Send(Batch),
    /// Nothing before this instant, in milliseconds since 1970, unless something is enqueued or flushed.
    WaitUntil(i64),
    /// Nothing until something is enqueued, or until the batch on its way is reported.
    Idle,
}

/// A request body with events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Names the batch in [`Delivery::report`].
    pub id: u64,
    /// `{"events":[…]}`
    pub body: Vec<u8>,
    /// How many events.
    pub events: usize,
}

/// What became of an event that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enqueued {
    /// It waits for delivery.
    Queued,
    /// It was dropped and counted.
    Dropped(DropReason),
}

/// The delivery of one client. See the module.
#[derive(Debug)]
pub struct Delivery {
    policy: Policy,
    queue: Queue,
    stats: Stats,
    /// Given up without an answer, and not yet told by [`Delivery::take_losses`].
    untold: DroppedByReason,
    in_flight: Option<(u64, Vec<Queued>)>,
    next_batch: u64,
    /// Failed sends in a row; sets the backoff.
    failures: u32,
    /// Nothing is sent before this instant.
    not_before: i64,
    /// Events up to this position are sent without waiting for company.
    flush_to: u64,
    batch_limit: usize,
    closed: bool,
    /// The positions of settled events, for hosts that keep them on disk until then.
    settled: Option<Vec<u64>>,
}

impl Delivery {
    /// An empty delivery.
    pub fn new(policy: Policy) -> Self {
        let batch_limit = policy.max_batch_events.max(1);
        Self {
            policy,
            queue: Queue::default(),
            stats: Stats::default(),
            untold: DroppedByReason::default(),
            in_flight: None,
            next_batch: 1,
            failures: 0,
            not_before: i64::MIN,
            flush_to: 0,
            batch_limit,
            closed: false,
            settled: None,
        }
    }

    /// Takes an event's wire form. Never blocks; what cannot be kept is dropped and counted.
    pub fn enqueue(&mut self, event: Vec<u8>, now_ms: i64) -> Enqueued {
        self.stats.tracked += 1;
        let reason = if self.closed {
            Some(DropReason::Closed)
        } else if event.len() > self.policy.max_event_bytes {
            Some(DropReason::TooLarge)
        } else if self.queue.len() + self.in_flight_len() >= self.policy.max_queue_events
            || self.queue.bytes() + event.len() > self.policy.max_queue_bytes
        {
            Some(DropReason::QueueFull)
        } else {
            None
        };
        if let Some(reason) = reason {
            self.lose(reason, 1);
            return Enqueued::Dropped(reason);
        }
        self.queue.push(event, now_ms);
        Enqueued::Queued
    }

    /// The position that the next queued event will have: they count up from 0, and nothing else moves them.
    pub fn next_position(&self) -> u64 {
        self.queue.next_position()
    }

    /// From now on, remembers which events are settled until [`Delivery::take_settled`] asks.
    pub fn note_settled(&mut self) {
        self.settled.get_or_insert_default();
    }

    /// The positions of the events settled since the last call: delivered, or given up.
    pub fn take_settled(&mut self) -> Vec<u64> {
        self.settled.as_mut().map_or_else(Vec::new, std::mem::take)
    }

    /// The events that are queued or on their way, with their positions, the oldest first.
    pub fn unsettled(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let on_their_way = self.in_flight.iter().flat_map(|(_, events)| events);
        on_their_way
            .chain(self.queue.iter())
            .map(|event| (event.position, event.bytes.as_slice()))
    }

    /// When the next batch is due: `None` while there is none or one is on its way. A host that sleeps looks
    /// here after [`Delivery::enqueue`] and wakes up when this lies before the end of its sleep.
    pub fn due_at(&self) -> Option<i64> {
        if self.in_flight.is_some() {
            return None;
        }
        let oldest = self.queue.oldest()?;
        let full = self.queue.len() >= self.batch_limit
            || self.queue.bytes() >= self.policy.max_batch_bytes;
        let ripe_at = if full || oldest.position < self.flush_to || oldest.attempted {
            i64::MIN
        } else {
            oldest
                .since_ms
                .saturating_add(self.policy.flush_interval_ms)
        };
        Some(ripe_at.max(self.not_before))
    }

    /// When the next batch would be due if an event came now: for hosts that make events a while after they came.
    pub fn due_with_one_more(&self, now_ms: i64) -> Option<i64> {
        if self.in_flight.is_some() {
            return None;
        }
        let ripe_at = now_ms.saturating_add(self.policy.flush_interval_ms);
        self.due_at().or(Some(ripe_at.max(self.not_before)))
    }

    /// True when it takes no more events.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// What to do now.
    pub fn next_step(&mut self, now_ms: i64) -> Step {
        if self.in_flight.is_none() {
            self.expire(now_ms);
        }
        match self.due_at() {
            None => Step::Idle,
            Some(due_at) if due_at > now_ms => Step::WaitUntil(due_at),
            Some(_) => Step::Send(self.take_batch()),
        }
    }

    /// What came of a batch. `jitter` is a fresh random number; the problems are for the user's error handler.
    pub fn report(
        &mut self,
        batch_id: u64,
        outcome: &Outcome<'_>,
        now_ms: i64,
        jitter: u32,
    ) -> Vec<Problem> {
        let events = match self.in_flight.take() {
            Some((id, events)) if id == batch_id => events,
            other => {
                self.in_flight = other;
                return Vec::new();
            }
        };
        let verdict = answer::judge(outcome, events.len(), now_ms);
        if matches!(verdict, Verdict::Retry { .. }) {
            self.failures = self.failures.saturating_add(1);
        } else {
            self.failures = 0;
            self.not_before = i64::MIN;
        }
        match verdict {
            Verdict::Retry { wait_ms } => {
                let wait = match wait_ms {
                    Some(asked) => self.policy.asked_ms(asked, self.failures, jitter),
                    None => self.policy.backoff_ms(self.failures, jitter),
                };
                self.not_before = now_ms.saturating_add(wait);
                self.queue.put_back(events);
                Vec::new()
            }
            Verdict::Smaller if events.len() > 1 => {
                self.batch_limit = (events.len() / 2).max(1);
                self.queue.put_back(events);
                Vec::new()
            }
            Verdict::Smaller => self.reject(&events, DropReason::TooLarge, Problem::too_large()),
            Verdict::Rejected(problem) => self.reject(&events, DropReason::Rejected, problem),
            Verdict::Judged(results) => {
                self.batch_limit = self
                    .batch_limit
                    .saturating_mul(2)
                    .min(self.policy.max_batch_events.max(1));
                self.settle(events, results, now_ms, jitter)
            }
        }
    }

    /// Sends what is queued now without waiting for company or for the interval. Answers the position up to which
    /// that is, for [`Delivery::is_settled`].
    pub fn flush(&mut self) -> u64 {
        self.flush_to = self.queue.next_position();
        self.flush_to
    }

    /// True when everything that was queued at the last [`Delivery::flush`] is settled.
    pub fn is_flushed(&self) -> bool {
        self.is_settled(self.flush_to)
    }

    /// True when every event before a position is settled. Where several wait, each asks for its own flush: the last
    /// one moves on as long as events come.
    pub fn is_settled(&self, position: u64) -> bool {
        let waiting = self
            .queue
            .oldest()
            .is_some_and(|event| event.position < position);
        let sending = self
            .in_flight
            .as_ref()
            .is_some_and(|(_, events)| events.iter().any(|event| event.position < position));
        !waiting && !sending
    }

    /// Takes no more events and flushes.
    pub fn close(&mut self) -> u64 {
        self.closed = true;
        self.flush()
    }

    /// What was given up without an answer since the last call, one problem a reason, for the user's error
    /// handler. [`Delivery::report`] tells of the rest.
    pub fn take_losses(&mut self) -> Vec<Problem> {
        let untold = std::mem::take(&mut self.untold);
        let some = |reason: &DropReason| untold.get(*reason) > 0;
        DropReason::ALL
            .into_iter()
            .filter(some)
            .map(|reason| Problem::loss(reason, untold.get(reason)))
            .collect()
    }

    /// The counts so far. `tracked == sent + dropped + pending`, always.
    pub fn stats(&self) -> Stats {
        Stats {
            pending: (self.queue.len() + self.in_flight_len()) as u64,
            ..self.stats.clone()
        }
    }

    fn in_flight_len(&self) -> usize {
        self.in_flight
            .as_ref()
            .map_or(0, |(_, events)| events.len())
    }

    fn take_batch(&mut self) -> Batch {
        let events = self
            .queue
            .take(self.batch_limit, self.policy.max_batch_bytes);
        let size: usize = events.iter().map(|event| event.bytes.len() + 1).sum();
        let mut body = Vec::with_capacity(size + 14);
        body.extend_from_slice(b"{\"events\":[");
        for (position, event) in events.iter().enumerate() {
            if position > 0 {
                body.push(b',');
            }
            body.extend_from_slice(&event.bytes);
        }
        body.extend_from_slice(b"]}");
        let id = self.next_batch;
        self.next_batch += 1;
        let batch = Batch {
            id,
            body,
            events: events.len(),
        };
        self.in_flight = Some((id, events));
        batch
    }

    fn expire(&mut self, now_ms: i64) {
        let before = now_ms.saturating_sub(self.policy.max_age_ms);
        let expired = self.queue.drop_older(before);
        self.lose(DropReason::Expired, expired.len() as u64);
        self.note(&expired);
    }

    fn lose(&mut self, reason: DropReason, events: u64) {
        self.stats.drop(reason, events);
        self.untold.add(reason, events);
    }

    fn reject(&mut self, events: &[Queued], reason: DropReason, problem: Problem) -> Vec<Problem> {
        let count = events.len() as u64;
        self.stats.drop(reason, count);
        self.note(events);
        vec![Problem {
            events: count,
            ..problem
        }]
    }

    fn note(&mut self, events: &[Queued]) {
        if let Some(settled) = &mut self.settled {
            settled.extend(events.iter().map(|event| event.position));
        }
    }

    fn settle(
        &mut self,
        events: Vec<Queued>,
        results: Vec<answer::EventResult>,
        now_ms: i64,
        jitter: u32,
    ) -> Vec<Problem> {
        let mut problems: Vec<Problem> = Vec::new();
        let mut again = Vec::new();
        for (event, result) in events.into_iter().zip(results) {
            match result {
                answer::EventResult::Stored => {
                    self.stats.sent += 1;
                    self.note(std::slice::from_ref(&event));
                }
                answer::EventResult::Retry => again.push(event),
                answer::EventResult::Rejected(problem) => {
                    self.stats.drop(DropReason::Rejected, 1);
                    self.note(std::slice::from_ref(&event));
                    // One report for each kind of mistake, not one for each of a thousand events.
                    match problems
                        .iter_mut()
                        .find(|p| p.code == problem.code && p.message == problem.message)
                    {
                        Some(known) => known.events += 1,
                        None => problems.push(problem),
                    }
                }
            }
        }
        if !again.is_empty() {
            self.failures = self.failures.saturating_add(1);
            self.not_before = now_ms.saturating_add(self.policy.backoff_ms(self.failures, jitter));
            self.queue.put_back(again);
        }
        problems
    }
}

#[cfg(test)]
mod tests;
