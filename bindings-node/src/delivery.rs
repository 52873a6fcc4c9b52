//! The core's delivery for JavaScript, which owns clock, socket and randomness.

use crate::call::Call;
use crate::errors::code_for;
use crate::result::{JsonText, bytes_of, pairs, to_json};
use crate::spool::{Owner, Spool};
use crate::stream::Stream;
use bearlumen_core::delivery::{self, Enqueued, Outcome, Policy, Step};
use bearlumen_core::track::{Subject, Tracked, track};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use std::io;

/// The delivery of one client.
#[napi]
pub struct Delivery {
    inner: delivery::Delivery,
    exit_flush_ms: i64,
    max_queue_events: usize,
    spool: Option<Spool>,
    /// What went wrong with the spool, until somebody asks.
    spool_error: Option<io::Error>,
}

/// What an earlier process left on disk and is queued now.
#[napi(object)]
pub struct Recovered {
    /// Events.
    pub events: u32,
    /// Lines that could not be read any more.
    pub damaged: i64,
}

/// What to do next: send, else wait until, else nothing.
#[napi(object)]
pub struct NextStep {
    /// The batch to POST.
    pub send: Option<Batch>,
    /// Milliseconds since 1970.
    pub wait_until: Option<i64>,
}

/// A request body with events.
#[napi(object)]
pub struct Batch {
    /// Names it in `report`.
    pub id: i64,
    /// How many events.
    pub events: u32,
    /// JSON.
    pub body: Buffer,
}

/// How a send ended; without one no answer came.
#[napi(object)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header as it came.
    pub retry_after: Option<String>,
    /// The body.
    pub body: Buffer,
}

/// Events given up, and why.
#[napi(object)]
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

/// The event was dropped.
const DROPPED: i64 = -2;
/// Nothing is due: a batch is on its way.
const NOTHING_DUE: i64 = -1;

#[napi]
impl Delivery {
    /// An empty delivery; `policy` is JSON and may leave out what keeps its default.
    #[napi(constructor, catch_unwind)]
    pub fn new(policy: Option<String>) -> napi::Result<Self> {
        let policy: Policy = match policy {
            Some(json) => serde_json::from_str(&json)
                .map_err(|error| napi::Error::from_reason(error.to_string()))?,
            None => Policy::default(),
        };
        Ok(Self {
            exit_flush_ms: policy.exit_flush_ms,
            max_queue_events: policy.max_queue_events,
            spool: None,
            spool_error: None,
            inner: delivery::Delivery::new(policy),
        })
    }

    /// From now on, keeps undelivered events in a file in `folder`, and queues those that earlier processes left
    /// there for the same key. `token` names the file.
    #[napi(catch_unwind)]
    pub fn open_spool(
        &mut self,
        folder: String,
        base_url: String,
        api_key: String,
        token: String,
        now_ms: i64,
    ) -> napi::Result<Recovered> {
        let failed = |error: io::Error| napi::Error::from_reason(error.to_string());
        let owner = Owner::new(&folder, &base_url, &api_key).map_err(failed)?;
        self.spool = Some(owner.open(&token).map_err(failed)?);
        self.inner.note_settled();
        let mut recovered = Recovered {
            events: 0,
            damaged: 0,
        };
        for mut left in owner.left() {
            let count = left.events.len();
            if count + recovered.events as usize > self.max_queue_events {
                continue;
            }
            recovered.events += u32::try_from(count).unwrap_or(u32::MAX);
            recovered.damaged += i64::try_from(left.damaged).unwrap_or(i64::MAX);
            for event in std::mem::take(&mut left.events) {
                self.take(event, now_ms);
            }
            // Where they could not be written down again, they stay where they are.
            if self.spool_error.is_none() {
                left.remove();
            }
        }
        Ok(recovered)
    }

    /// What went wrong with the file since the last call.
    #[napi(catch_unwind)]
    pub fn take_spool_error(&mut self) -> Option<String> {
        self.spool_error.take().map(|error| error.to_string())
    }

    /// Lets go of the file. True when it keeps events for a later start.
    #[napi(catch_unwind)]
    pub fn close_spool(&mut self) -> bool {
        self.settle_spool();
        let keeps = self.inner.stats().pending > 0;
        self.spool.take().is_some_and(|spool| {
            spool.close(!keeps);
            keeps
        })
    }

    /// How long an ending process may wait for its last events.
    #[napi(getter, catch_unwind)]
    pub fn exit_flush_ms(&self) -> i64 {
        self.exit_flush_ms
    }

    /// Makes and enqueues the event of a record. Answers when the next batch is due (0: now), [`NOTHING_DUE`]
    /// or [`DROPPED`].
    #[napi(catch_unwind)]
    pub fn track(&mut self, record: String) -> napi::Result<i64> {
        let call = Call::read(&record, None).ok_or_else(unreadable)?;
        let now_ms = call.now_ms;
        Ok(self.take_all(&mut call.track(), now_ms))
    }

    /// The same with what no record holds: the response in JSON text, and headers, names and values in turn. The
    /// first line of the answer is what `track` answers, the second the result, so that nobody need keep the text.
    #[napi(catch_unwind)]
    pub fn track_whole(
        &mut self,
        record: String,
        json: Option<JsonText>,
        headers: Option<Vec<String>>,
    ) -> napi::Result<String> {
        let headers = headers.unwrap_or_default();
        let mut call = Call::read(&record, json.as_ref().map(bytes_of)).ok_or_else(unreadable)?;
        if let Subject::Response(Ok(tape)) = &mut call.subject {
            tape.add_headers(pairs(&headers));
        }
        let now_ms = call.now_ms;
        Ok(self.settle(call.track(), now_ms))
    }

    /// The same for a stream that is over. The record was written when the stream began.
    #[napi(catch_unwind)]
    pub fn track_stream(
        &mut self,
        record: String,
        stream: &mut Stream,
        now_ms: i64,
    ) -> napi::Result<String> {
        let call = Call::read(&record, None).ok_or_else(unreadable)?;
        stream.end();
        let subject = Subject::Stream(&stream.fold);
        let tracked = track(&subject, call.options, call.now_ms, call.entropy);
        Ok(self.settle(tracked, now_ms))
    }

    /// Hands in an event's wire form: `queued`, or why it was dropped.
    #[napi(catch_unwind)]
    pub fn enqueue(&mut self, event: String, now_ms: i64) -> &'static str {
        match self.put(event.into_bytes(), now_ms) {
            Enqueued::Queued => "queued",
            Enqueued::Dropped(reason) => reason.as_str(),
        }
    }

    /// What to do now.
    #[napi(catch_unwind)]
    pub fn next_step(&mut self, now_ms: i64) -> NextStep {
        let step = self.inner.next_step(now_ms);
        self.settle_spool();
        match step {
            Step::Send(batch) => NextStep {
                send: Some(Batch {
                    id: i64::try_from(batch.id).unwrap_or(i64::MAX),
                    events: u32::try_from(batch.events).unwrap_or(u32::MAX),
                    body: batch.body.into(),
                }),
                wait_until: None,
            },
            Step::WaitUntil(at) => NextStep {
                send: None,
                wait_until: Some(at),
            },
            Step::Idle => NextStep {
                send: None,
                wait_until: None,
            },
        }
    }

    /// What came of a batch. `jitter` is a fresh random number of 32 bits.
    #[napi(catch_unwind)]
    pub fn report(
        &mut self,
        batch: i64,
        answer: Option<Answer>,
        now_ms: i64,
        jitter: u32,
    ) -> Vec<Problem> {
        let outcome = match &answer {
            None => Outcome::Unreachable,
            Some(answer) => Outcome::Answered {
                status: answer.status,
                retry_after: answer.retry_after.as_deref(),
                body: &answer.body,
            },
        };
        let batch = u64::try_from(batch).unwrap_or(0);
        let problems = self.inner.report(batch, &outcome, now_ms, jitter);
        self.settle_spool();
        problems.into_iter().map(problem).collect()
    }

    /// What was dropped without asking the service, since the last call.
    #[napi(catch_unwind)]
    pub fn take_losses(&mut self) -> Vec<Problem> {
        self.inner.take_losses().into_iter().map(problem).collect()
    }

    /// Sends what is queued now without waiting for company.
    #[napi(catch_unwind)]
    pub fn flush(&mut self) {
        self.inner.flush();
    }

    /// True when everything queued at the last flush is settled.
    #[napi(catch_unwind)]
    pub fn is_flushed(&self) -> bool {
        self.inner.is_flushed()
    }

    /// Takes no more events and flushes.
    #[napi(catch_unwind)]
    pub fn close(&mut self) {
        self.inner.close();
    }

    /// The counts, as JSON.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> String {
        to_json(&self.inner.stats())
    }

    fn settle(&mut self, mut tracked: Tracked, now_ms: i64) -> String {
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

    /// Enqueues an event, and writes it down.
    fn put(&mut self, event: Vec<u8>, now_ms: i64) -> Enqueued {
        let Some(spool) = &mut self.spool else {
            return self.inner.enqueue(event, now_ms);
        };
        let position = self.inner.next_position();
        let copy = event.clone();
        let enqueued = self.inner.enqueue(event, now_ms);
        if enqueued == Enqueued::Queued
            && let Err(error) = spool.add(position, &copy)
        {
            self.spool_error = Some(error);
        }
        enqueued
    }

    fn settle_spool(&mut self) {
        if let Some(spool) = &mut self.spool
            && let Err(error) = spool.settle(&mut self.inner)
        {
            self.spool_error = Some(error);
        }
    }

    fn take(&mut self, event: Vec<u8>, now_ms: i64) -> i64 {
        match self.put(event, now_ms) {
            Enqueued::Queued => self
                .inner
                .due_at()
                .map_or(NOTHING_DUE, |due_at| due_at.max(0)),
            Enqueued::Dropped(_) => DROPPED,
        }
    }
}

fn problem(problem: delivery::Problem) -> Problem {
    Problem {
        code: code_for(&problem.code, problem.status),
        message: problem.message,
        correlation_id: problem.correlation_id,
        status: problem.status,
        events: i64::try_from(problem.events).unwrap_or(i64::MAX),
    }
}

fn unreadable() -> napi::Error {
    napi::Error::from_reason("the record of this call cannot be read")
}
