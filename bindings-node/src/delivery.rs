//! The delivery of one client as a class of the addon.

use crate::answers::{JsonText, bytes_of};
use crate::journal::Disk;
use crate::spool::Owner;
use crate::stream::Stream;
use crate::text::Text;
use bearlumen_core::delivery::{Outcome, Step};
use bearlumen_js::{Journal as _, Tracking, Unreadable, read_policy};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use std::io;

/// The delivery of one client. What its methods do stands at `bearlumen_js::Tracking`.
#[napi]
pub struct Delivery {
    inner: Tracking<Disk>,
    exit_flush_ms: i64,
    max_queue_events: usize,
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

#[napi]
impl Delivery {
    /// An empty delivery; `policy` is JSON and may leave out what keeps its default.
    #[napi(constructor, catch_unwind)]
    pub fn new(policy: Option<String>) -> napi::Result<Self> {
        let policy = read_policy(policy.as_deref())
            .map_err(|error| napi::Error::from_reason(error.to_string()))?;
        Ok(Self {
            exit_flush_ms: policy.exit_flush_ms,
            max_queue_events: policy.max_queue_events,
            inner: Tracking::new(policy, Disk::default()),
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
        self.inner.journal.spool = Some(owner.open(&token).map_err(failed)?);
        self.inner.delivery.note_settled();
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
                self.inner.take(event, now_ms);
            }
            // Where they could not be written down again, they stay where they are.
            if self.inner.journal.error.is_none() {
                left.remove();
            }
        }
        Ok(recovered)
    }

    /// What went wrong with the file since the last call.
    #[napi(catch_unwind)]
    pub fn take_spool_error(&mut self) -> Option<String> {
        let error = self.inner.journal.error.take();
        error.map(|error| error.to_string())
    }

    /// Lets go of the file. True when it keeps events for a later start.
    #[napi(catch_unwind)]
    pub fn close_spool(&mut self) -> bool {
        let Tracking { delivery, journal } = &mut self.inner;
        journal.settle(delivery);
        let keeps = delivery.stats().pending > 0;
        journal.spool.take().is_some_and(|spool| {
            spool.close(!keeps);
            keeps
        })
    }

    /// How long an ending process may wait for its last events.
    #[napi(getter, catch_unwind)]
    pub fn exit_flush_ms(&self) -> i64 {
        self.exit_flush_ms
    }

    /// Makes and enqueues the event of a record.
    #[napi(catch_unwind)]
    pub fn track(&mut self, record: Text) -> napi::Result<i64> {
        self.inner.track(&record).map_err(unreadable)
    }

    /// The same with the response in JSON text, and headers.
    #[napi(catch_unwind)]
    pub fn track_whole(
        &mut self,
        record: String,
        json: Option<JsonText>,
        headers: Option<String>,
    ) -> napi::Result<String> {
        let headers = headers.unwrap_or_default();
        let json = json.as_ref().map(bytes_of);
        self.inner
            .track_whole(&record, json, &headers)
            .map_err(unreadable)
    }

    /// The same for a stream that is over.
    #[napi(catch_unwind)]
    pub fn track_stream(
        &mut self,
        record: String,
        stream: &mut Stream,
        now_ms: i64,
    ) -> napi::Result<String> {
        self.inner
            .track_stream(&record, &mut stream.inner, now_ms)
            .map_err(unreadable)
    }

    /// Hands in an event's wire form: `queued`, or why it was dropped.
    #[napi(catch_unwind)]
    pub fn enqueue(&mut self, event: String, now_ms: i64) -> &'static str {
        self.inner.enqueue(event.into_bytes(), now_ms)
    }

    /// What to do now.
    #[napi(catch_unwind)]
    pub fn next_step(&mut self, now_ms: i64) -> NextStep {
        match self.inner.next_step(now_ms) {
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
        problems.into_iter().map(Problem::from).collect()
    }

    /// What was dropped without asking the service, since the last call.
    #[napi(catch_unwind)]
    pub fn take_losses(&mut self) -> Vec<Problem> {
        let losses = self.inner.take_losses();
        losses.into_iter().map(Problem::from).collect()
    }

    /// Sends what is queued now without waiting for company. Answers what `isSettled` is asked.
    #[napi(catch_unwind)]
    pub fn flush(&mut self) -> i64 {
        position(self.inner.delivery.flush())
    }

    /// Takes no more events and flushes.
    #[napi(catch_unwind)]
    pub fn close(&mut self) -> i64 {
        position(self.inner.delivery.close())
    }

    /// True when everything queued before a flush is settled.
    #[napi(catch_unwind)]
    pub fn is_settled(&self, flush: i64) -> bool {
        let position = u64::try_from(flush).unwrap_or(0);
        self.inner.delivery.is_settled(position)
    }

    /// The counts, as JSON.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> String {
        self.inner.stats()
    }
}

impl From<bearlumen_js::Problem> for Problem {
    fn from(problem: bearlumen_js::Problem) -> Self {
        Self {
            code: problem.code,
            message: problem.message,
            correlation_id: problem.correlation_id,
            status: problem.status,
            events: problem.events,
        }
    }
}

fn position(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

fn unreadable(why: Unreadable) -> napi::Error {
    napi::Error::from_reason(why.to_string())
}
