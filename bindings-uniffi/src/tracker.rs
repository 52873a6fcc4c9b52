//! Tracking and delivery of one client.

use crate::METER;
use crate::options::TrackOptions;
use crate::random;
use crate::result::TrackResult;
use crate::step::{Answer, Batch, DeliveryStats, Lost, Step};
use crate::stream::StreamRecorder;
use bearlumen_core::delivery::{self, Delivery, Enqueued, Policy};
use bearlumen_core::response::parse_json;
use bearlumen_core::track::{Subject, Tracked, track};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A delivery policy that cannot be used.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum PolicyError {
    /// No object of the known numbers.
    #[error("the delivery policy cannot be used: {reason}")]
    Invalid {
        /// What is wrong, in words.
        reason: String,
    },
}

/// Makes events and says what is to be sent. All calls are short and safe from any thread.
#[derive(Debug, uniffi::Object)]
pub struct Tracker {
    delivery: Mutex<Delivery>,
    exit_flush_ms: i64,
}

impl Tracker {
    pub(crate) fn locked(&self) -> MutexGuard<'_, Delivery> {
        self.delivery.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn take(&self, tracked: &mut Tracked, now_ms: i64) -> TrackResult {
        let result = TrackResult::new(tracked);
        let mut delivery = self.locked();
        for event in tracked.take_events() {
            // What is dropped here is counted, and told by `take_losses`.
            let _ = delivery.enqueue(event, now_ms);
        }
        result
    }
}

#[uniffi::export]
impl Tracker {
    /// A tracker with nothing queued. `policy` is a JSON object of the numbers that differ from the defaults.
    #[uniffi::constructor]
    pub fn new(policy: Option<String>) -> Result<Arc<Self>, PolicyError> {
        let policy = match policy {
            None => Policy::default(),
            Some(text) => serde_json::from_str(&text).map_err(|error| PolicyError::Invalid {
                reason: error.to_string(),
            })?,
        };
        Ok(Arc::new(Self {
            exit_flush_ms: policy.exit_flush_ms,
            delivery: Mutex::new(Delivery::new(policy)),
        }))
    }

    /// Makes the event of a call, prices it and queues it. `response` is the response's JSON, absent where the
    /// options say it all. Never fails: what cannot be read becomes an unpriced event with a warning.
    /// `wall_ms` dates the event, `now_ms` is the clock of delivery.
    pub fn track(
        &self,
        response: Option<Vec<u8>>,
        options: TrackOptions,
        wall_ms: i64,
        now_ms: i64,
    ) -> TrackResult {
        let entropy = random::bytes(wall_ms);
        let headers = options.headers.clone();
        let subject = match response.as_deref() {
            None => Subject::Manual,
            Some(text) => Subject::Response(parse_json(text).map(|mut tape| {
                tape.add_headers(crate::hints::pairs(&headers));
                tape
            })),
        };
        let options = options.core();
        let mut tracked = METER.with(|meter| track(meter, &subject, options, wall_ms, entropy));
        self.take(&mut tracked, now_ms)
    }

    /// Begins a stream, which becomes an event when it is finished.
    pub fn open_stream(
        self: Arc<Self>,
        options: TrackOptions,
        wall_ms: i64,
    ) -> Arc<StreamRecorder> {
        Arc::new(StreamRecorder::new(self, options, wall_ms))
    }

    /// Queues an event's JSON as it is. `None` when it is queued, else why it was dropped.
    pub fn enqueue(&self, event: Vec<u8>, now_ms: i64) -> Option<String> {
        match self.locked().enqueue(event, now_ms) {
            Enqueued::Queued => None,
            Enqueued::Dropped(reason) => Some(reason.as_str().to_owned()),
        }
    }

    /// What to do now.
    pub fn next_step(&self, now_ms: i64) -> Step {
        match self.locked().next_step(now_ms) {
            delivery::Step::Send(batch) => Step::Send {
                batch: Batch {
                    id: batch.id,
                    body: batch.body,
                    events: batch.events as u64,
                },
            },
            delivery::Step::WaitUntil(at_ms) => Step::WaitUntil { at_ms },
            delivery::Step::Idle => Step::Idle,
        }
    }

    /// When the next batch is due; nothing while there is none or one is on its way. A host that sleeps looks
    /// here after tracking.
    pub fn due_at(&self) -> Option<i64> {
        self.locked().due_at()
    }

    /// What came of a batch. Answers what was given up because of it. `jitter` spreads retries and is made up
    /// when absent.
    pub fn report(
        &self,
        batch_id: u64,
        answer: Answer,
        now_ms: i64,
        jitter: Option<u32>,
    ) -> Vec<Lost> {
        let jitter = jitter.unwrap_or_else(|| random::jitter(now_ms));
        let problems = self
            .locked()
            .report(batch_id, &answer.core(), now_ms, jitter);
        problems.into_iter().map(Lost::from).collect()
    }

    /// What was given up without an answer since the last call.
    pub fn take_losses(&self) -> Vec<Lost> {
        let losses = self.locked().take_losses();
        losses.into_iter().map(Lost::from).collect()
    }

    /// Asks for everything queued to be sent now. Answers what `is_settled` is asked.
    pub fn flush(&self) -> u64 {
        self.locked().flush()
    }

    /// True when everything queued before a flush is settled. Who waits asks for the own flush: the last one moves on
    /// as long as others track and flush.
    pub fn is_settled(&self, flush: u64) -> bool {
        self.locked().is_settled(flush)
    }

    /// True when everything queued at the last flush is settled.
    pub fn is_flushed(&self) -> bool {
        self.locked().is_flushed()
    }

    /// Takes no more events, and flushes. (`close` is what Kotlin calls the freeing of an object.)
    pub fn seal(&self) {
        self.locked().close();
    }

    /// How long the end of a process may wait for its last events, in milliseconds.
    pub fn exit_flush_ms(&self) -> i64 {
        self.exit_flush_ms
    }

    /// Counts of every event.
    pub fn stats(&self) -> DeliveryStats {
        self.locked().stats().into()
    }
}
