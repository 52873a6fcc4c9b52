//! The state machine of delivery with time passed in, for the scripts that every language runs, and the
//! forms in which its steps and policies cross into Python.

use crate::errors::{PyProblem, problems};
use crate::json::json_text;
use crate::record::record;
use bearlumen_core::delivery::{Delivery, Enqueued, Outcome, Policy, Step};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A policy from a dictionary in the spelling of JSON; what is absent keeps its default.
pub(crate) fn policy_from(given: Option<&Bound<'_, PyAny>>) -> PyResult<Policy> {
    let Some(given) = given else {
        return Ok(Policy::default());
    };
    let wrong = |reason: String| {
        PyValueError::new_err(format!("the delivery policy cannot be used: {reason}"))
    };
    let text = json_text(given, usize::MAX)
        .ok_or_else(|| wrong("it is no dictionary of numbers".to_owned()))?;
    serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))
}

/// Begins the names of a key's spool files.
#[pyfunction]
pub(crate) fn spool_label(base_url: &str, api_key: &str) -> String {
    bearlumen_core::delivery::spool_label(base_url, api_key)
}

/// The outcome of a request: no status means that no whole answer came.
pub(crate) fn outcome<'a>(
    status: Option<u16>,
    retry_after: Option<&'a str>,
    body: &'a [u8],
) -> Outcome<'a> {
    status.map_or(Outcome::Unreachable, |status| Outcome::Answered {
        status,
        retry_after,
        body,
    })
}

/// A delivery whose clock is its caller.
#[pyclass(frozen, module = "bearlumen._native")]
pub(crate) struct DeliveryScript {
    delivery: Mutex<Delivery>,
}

impl DeliveryScript {
    fn locked(&self) -> MutexGuard<'_, Delivery> {
        self.delivery.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `(batch id, body)`, the instant to wait until in milliseconds, or nothing to do.
type PyStep<'py> = (Option<(u64, Bound<'py, PyBytes>)>, Option<i64>);

#[pymethods]
impl DeliveryScript {
    #[new]
    #[pyo3(signature = (policy=None))]
    fn new(policy: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        Ok(Self {
            delivery: Mutex::new(Delivery::new(policy_from(policy)?)),
        })
    }

    fn enqueue(&self, event: &[u8], now_ms: i64) -> &'static str {
        match self.locked().enqueue(event.to_vec(), now_ms) {
            Enqueued::Queued => "queued",
            Enqueued::Dropped(reason) => reason.as_str(),
        }
    }

    fn next_step<'py>(&self, py: Python<'py>, now_ms: i64) -> PyStep<'py> {
        let step = self.locked().next_step(now_ms);
        match step {
            Step::Send(batch) => (Some((batch.id, PyBytes::new(py, &batch.body))), None),
            Step::WaitUntil(ms) => (None, Some(ms)),
            Step::Idle => (None, None),
        }
    }

    #[pyo3(signature = (batch_id, status, retry_after, body, now_ms, jitter))]
    fn report(
        &self,
        batch_id: u64,
        status: Option<u16>,
        retry_after: Option<&str>,
        body: &[u8],
        now_ms: i64,
        jitter: u32,
    ) -> Vec<PyProblem> {
        problems(self.locked().report(
            batch_id,
            &outcome(status, retry_after, body),
            now_ms,
            jitter,
        ))
    }

    fn flush(&self) {
        self.locked().flush();
    }

    fn close(&self) {
        self.locked().close();
    }

    fn is_flushed(&self) -> bool {
        self.locked().is_flushed()
    }

    fn take_losses(&self) -> Vec<PyProblem> {
        problems(self.locked().take_losses())
    }

    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let stats = self.locked().stats();
        record(py, &stats)
    }
}
