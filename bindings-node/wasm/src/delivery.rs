//! The delivery of one client as a class.

use crate::answers::number;
use crate::stream::Stream;
use bearlumen_core::delivery::{Batch, Outcome, Step};
use bearlumen_js::{NoJournal, Tracking, read_policy, to_json, whole_ms};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// A batch is to be sent: `takeBatch` has it.
const SEND: f64 = -1.0;
/// Nothing to do.
const IDLE: f64 = -2.0;

/// The delivery of one client. What its methods do stands at `bearlumen_js::Tracking`.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Delivery {
    inner: Tracking<NoJournal>,
    exit_flush_ms: i64,
    batch: Option<Batch>,
}

#[wasm_bindgen]
impl Delivery {
    /// An empty delivery; `policy` is JSON and may leave out what keeps its default.
    #[wasm_bindgen(constructor)]
    pub fn new(policy: Option<String>) -> Result<Self, JsError> {
        let policy = read_policy(policy.as_deref()).map_err(|error| failed(&error.to_string()))?;
        Ok(Self {
            exit_flush_ms: policy.exit_flush_ms,
            inner: Tracking::new(policy, NoJournal),
            batch: None,
        })
    }

    /// How long an ending process may wait for its last events.
    #[wasm_bindgen(getter, js_name = exitFlushMs)]
    pub fn exit_flush_ms(&self) -> f64 {
        number(self.exit_flush_ms)
    }

    /// Makes and enqueues the event of a record.
    pub fn track(&mut self, record: &str) -> Result<f64, JsError> {
        let due = self.inner.track(record);
        due.map(number).map_err(|why| failed(&why.to_string()))
    }

    /// The same with the response in JSON text, and headers.
    #[wasm_bindgen(js_name = trackWhole)]
    pub fn track_whole(
        &mut self,
        record: &str,
        json: Option<Box<[u8]>>,
        headers: &str,
    ) -> Result<String, JsError> {
        let answer = self.inner.track_whole(record, json.as_deref(), headers);
        answer.map_err(|why| failed(&why.to_string()))
    }

    /// The same for a stream that is over, which is gone afterwards.
    #[wasm_bindgen(js_name = trackStream)]
    pub fn track_stream(
        &mut self,
        record: &str,
        mut stream: Stream,
        now_ms: f64,
    ) -> Result<String, JsError> {
        let stream = &mut stream.inner;
        let answer = self.inner.track_stream(record, stream, whole_ms(now_ms));
        answer.map_err(|why| failed(&why.to_string()))
    }

    /// Hands in an event's wire form: `queued`, or why it was dropped.
    pub fn enqueue(&mut self, event: &str, now_ms: f64) -> String {
        let event = event.as_bytes().to_vec();
        self.inner.enqueue(event, whole_ms(now_ms)).to_owned()
    }

    /// What to do now: [`SEND`], [`IDLE`], or the instant to wait until.
    #[wasm_bindgen(js_name = nextStep)]
    pub fn next_step(&mut self, now_ms: f64) -> f64 {
        match self.inner.next_step(whole_ms(now_ms)) {
            Step::Send(batch) => {
                self.batch = Some(batch);
                SEND
            }
            Step::WaitUntil(at) => number(at),
            Step::Idle => IDLE,
        }
    }

    /// The batch to POST: its id, how many events, a line feed, and its body.
    #[wasm_bindgen(js_name = takeBatch)]
    pub fn take_batch(&mut self) -> Vec<u8> {
        let Some(batch) = self.batch.take() else {
            return Vec::new();
        };
        let mut packed = format!("{} {}\n", batch.id, batch.events).into_bytes();
        packed.extend_from_slice(&batch.body);
        packed
    }

    /// What came of a batch, as JSON; status 0 is no answer. `jitter` is a fresh random number of 32 bits.
    pub fn report(
        &mut self,
        batch: f64,
        status: u16,
        retry_after: Option<String>,
        body: &[u8],
        now_ms: f64,
        jitter: u32,
    ) -> String {
        let outcome = match status {
            0 => Outcome::Unreachable,
            _ => Outcome::Answered {
                status,
                retry_after: retry_after.as_deref(),
                body,
            },
        };
        let batch = u64::try_from(whole_ms(batch)).unwrap_or(0);
        let now_ms = whole_ms(now_ms);
        to_json(&self.inner.report(batch, &outcome, now_ms, jitter))
    }

    /// What was dropped without asking the service, since the last call, as JSON.
    #[wasm_bindgen(js_name = takeLosses)]
    pub fn take_losses(&mut self) -> String {
        to_json(&self.inner.take_losses())
    }

    /// Sends what is queued now without waiting for company. Answers what `isSettled` is asked.
    pub fn flush(&mut self) -> f64 {
        position(self.inner.delivery.flush())
    }

    /// Takes no more events and flushes.
    pub fn close(&mut self) -> f64 {
        position(self.inner.delivery.close())
    }

    /// True when everything queued before a flush is settled.
    #[wasm_bindgen(js_name = isSettled)]
    pub fn is_settled(&self, flush: f64) -> bool {
        let position = u64::try_from(whole_ms(flush)).unwrap_or(0);
        self.inner.delivery.is_settled(position)
    }

    /// The counts, as JSON.
    pub fn stats(&self) -> String {
        self.inner.stats()
    }
}

fn position(position: u64) -> f64 {
    number(i64::try_from(position).unwrap_or(i64::MAX))
}

fn failed(why: &str) -> JsError {
    JsError::new(why)
}
