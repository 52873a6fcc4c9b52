//! The core's delivery for JavaScript, which owns clock, socket and randomness.

use crate::METER;
use crate::call::Call;
use crate::errors::code_for;
use crate::stream::Stream;
use crate::to_json;
use bearlumen_core::delivery::{self, Delivery, Enqueued, Outcome, Policy, Step};
use bearlumen_core::track::{Subject, Tracked, track};
use serde::Serialize;
use std::fmt;

/// The event was dropped.
pub const DROPPED: i64 = -2;
/// Nothing is due: a batch is on its way.
pub const NOTHING_DUE: i64 = -1;

/// Keeps undelivered events where they outlive the process.
pub trait Journal {
    /// False while there is nothing to keep them in.
    fn is_open(&self) -> bool;
    /// Writes down an event that was queued.
    fn add(&mut self, position: u64, event: &[u8]);
    /// Strikes out what `delivery` settled since the last call.
    fn settle(&mut self, delivery: &mut Delivery);
}

/// Where there is no disk.
#[derive(Debug, Default)]
pub struct NoJournal;

impl Journal for NoJournal {
    fn is_open(&self) -> bool {
        false
    }

    fn add(&mut self, _position: u64, _event: &[u8]) {}

    fn settle(&mut self, _delivery: &mut Delivery) {}
}

/// The events of one client and their delivery.
#[derive(Debug)]
pub struct Tracking<J> {
    /// The state machine.
    pub delivery: Delivery,
    /// Beside it, on disk.
    pub journal: J,
}

/// Events given up, and why.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// As in `BearLumenApiError`.
    pub code: String,
    /// What the service said.
    pub message: String,
    /// For support; may be empty.
    pub correlation_id: String,
    /// The HTTP status; 0 where the service was not asked.
    pub status: u16,
    /// How many.
    pub events: i64,
}

/// JavaScript wrote no such record.
#[derive(Debug)]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the record of this call cannot be read")
    }
}

/// Reads a policy from JSON, which may leave out what keeps its default.
pub fn read_policy(json: Option<&str>) -> serde_json::Result<Policy> {
    json.map_or_else(|| Ok(Policy::default()), serde_json::from_str)
}

impl<J: Journal> Tracking<J> {
    /// Nothing tracked yet.
    pub fn new(policy: Policy, journal: J) -> Self {
        Self {
            delivery: Delivery::new(policy),
            journal,
        }
    }

    /// Makes and enqueues the event of a record. Answers when the next batch is due (0: now), [`NOTHING_DUE`]
    /// or [`DROPPED`].
    pub fn track(&mut self, record: &str) -> Result<i64, Unreadable> {
        let call = Call::read(record, None).ok_or(Unreadable)?;
        let now_ms = call.now_ms;
        Ok(self.take_all(&mut call.track(), now_ms))
    }

    /// The same with what no record holds: the response in JSON text, and headers. The first line of the answer is
    /// what `track` answers, the second the result, so that nobody need keep the text.
    pub fn track_whole(
        &mut self,
        record: &str,
        json: Option<&[u8]>,
        headers: &str,
    ) -> Result<String, Unreadable> {
        let mut call = Call::read(record, json).ok_or(Unreadable)?;
        call.add_headers(headers);
        let now_ms = call.now_ms;
        Ok(self.answer(call.track(), now_ms))
    }

    /// The same for a stream that is over. The record was written when the stream began.
    pub fn track_stream(
        &mut self,
        record: &str,
        stream: &mut Stream,
        now_ms: i64,
    ) -> Result<String, Unreadable> {
        let call = Call::read(record, None).ok_or(Unreadable)?;
        stream.end();
        let subject = Subject::Stream(&stream.fold);
        let tracked =
            METER.with(|meter| track(meter, &subject, call.options, call.now_ms, call.entropy));
        Ok(self.answer(tracked, now_ms))
    }

    /// Hands in an event's wire form: `queued`, or why it was dropped.
    pub fn enqueue(&mut self, event: Vec<u8>, now_ms: i64) -> &'static str {
        match self.put(event, now_ms) {
            Enqueued::Queued => "queued",
            Enqueued::Dropped(reason) => reason.as_str(),
        }
    }

    /// What to do now.
    pub fn next_step(&mut self, now_ms: i64) -> Step {
        let step = self.delivery.next_step(now_ms);
        self.journal.settle(&mut self.delivery);
        step
    }

    /// What came of a batch. `jitter` is a fresh random number of 32 bits.
    pub fn report(
        &mut self,
        batch: u64,
        outcome: &Outcome<'_>,
        now_ms: i64,
        jitter: u32,
    ) -> Vec<Problem> {
        let problems = self.delivery.report(batch, outcome, now_ms, jitter);
        self.journal.settle(&mut self.delivery);
        problems.into_iter().map(Problem::from).collect()
    }

    /// What was dropped without asking the service, since the last call.
    pub fn take_losses(&mut self) -> Vec<Problem> {
        let losses = self.delivery.take_losses();
        losses.into_iter().map(Problem::from).collect()
    }

    /// The counts, as JSON.
    pub fn stats(&self) -> String {
        to_json(&self.delivery.stats())
    }

    /// Enqueues an event, writes it down, and answers as `track` does.
    pub fn take(&mut self, event: Vec<u8>, now_ms: i64) -> i64 {
        match self.put(event, now_ms) {
            Enqueued::Queued => self
                .delivery
                .due_at()
                .map_or(NOTHING_DUE, |due_at| due_at.max(0)),
            Enqueued::Dropped(_) => DROPPED,
        }
    }

    fn answer(&mut self, mut tracked: Tracked, now_ms: i64) -> String {
        let due = self.take_all(&mut tracked, now_ms);
        format!("{due}\n{}", to_json(&tracked))
    }

    /// Enqueues the events of one call; the last one's answer says when the next batch is due.
    fn take_all(&mut self, tracked: &mut Tracked, now_ms: i64) -> i64 {
        tracked
            .take_events()
            .map(|event| self.take(event, now_ms))
            .fold(DROPPED, i64::max)
    }

    fn put(&mut self, event: Vec<u8>, now_ms: i64) -> Enqueued {
        if !self.journal.is_open() {
            return self.delivery.enqueue(event, now_ms);
        }
        let position = self.delivery.next_position();
        let copy = event.clone();
        let enqueued = self.delivery.enqueue(event, now_ms);
        if enqueued == Enqueued::Queued {
            self.journal.add(position, &copy);
        }
        enqueued
    }
}

impl From<delivery::Problem> for Problem {
    fn from(problem: delivery::Problem) -> Self {
        Self {
            code: code_for(&problem.code, problem.status),
            message: problem.message,
            correlation_id: problem.correlation_id,
            status: problem.status,
            events: i64::try_from(problem.events).unwrap_or(i64::MAX),
        }
    }
}
