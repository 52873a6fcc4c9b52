//! `track()`, the method of both clients that runs in their callers' way: nothing of it is Python.

use crate::METER;
use crate::clock::wall_ms;
use crate::fork;
use crate::kind;
use crate::late;
use crate::options::{Given, Options};
use crate::read::{read_alone, read_known, with_response};
use crate::recorder::Recorder;
use crate::result::TrackResult;
use crate::tracker::Tracker;
use bearlumen_core::track::{TrackOptions, track};
use bearlumen_core::usage::BODY_UNREAD;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple};

/// What both clients are made of.
#[pyclass(subclass, frozen, module = "bearlumen._native")]
pub(crate) struct Tracks {
    tracker: PyOnceLock<Py<Tracker>>,
}

#[pymethods]
impl Tracks {
    #[new]
    #[pyo3(signature = (*_args, **_options))]
    fn new(_args: &Bound<'_, PyTuple>, _options: Option<&Bound<'_, PyDict>>) -> Self {
        Self {
            tracker: PyOnceLock::new(),
        }
    }

    /// Where events go from now on.
    fn _deliver_by(&self, py: Python<'_>, tracker: Py<Tracker>) {
        let _ = self.tracker.set(py, tracker);
    }

    /// Records the cost of a call and returns at once.
    ///
    /// Of a stream it answers the stream: go through what is returned instead, and ask its ``result`` afterwards.
    ///
    /// :param response: the provider's response: its SDK's object, a stream of them, a dictionary, JSON text, or
    ///     an HTTP response. ``None`` for what has none, with ``model`` and ``units`` or ``cost``.
    /// :param timestamp: when the call was made, if not now: a ``datetime``, ISO 8601 text, or seconds since
    ///     1970 as ``time.time()`` gives them.
    /// :param idempotency_key: makes two calls of ``track()`` one event.
    /// :param provider: who answered, where the response does not show it; so with ``model`` and ``url``.
    /// :param units: usage beyond the response's own, such as ``{"characters": 1500}``.
    /// :param cost: what the call cost in US dollars, when you know.
    #[pyo3(signature = (
        response, *, user_id=None, feature=None, agent_id=None, workflow_id=None, session_id=None, session_type=None,
        dimensions=None, timestamp=None, idempotency_key=None, subscription_id=None, metadata=None, provider=None,
        model=None, url=None, units=None, cost=None
    ))]
    #[expect(
        clippy::doc_markdown,
        reason = "Python's documentation has a markup of its own"
    )]
    #[expect(
        clippy::too_many_arguments,
        reason = "the documented options, one by one: a dictionary of them would cost more than the tracking"
    )]
    fn track<'py>(
        slf: &Bound<'py, Self>,
        response: &Bound<'py, PyAny>,
        user_id: Given<'py>,
        feature: Given<'py>,
        agent_id: Given<'py>,
        workflow_id: Given<'py>,
        session_id: Given<'py>,
        session_type: Given<'py>,
        dimensions: Given<'py>,
        timestamp: Given<'py>,
        idempotency_key: Given<'py>,
        subscription_id: Given<'py>,
        metadata: Given<'py>,
        provider: Given<'py>,
        model: Given<'py>,
        url: Given<'py>,
        units: Given<'py>,
        cost: Given<'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        fork::notice(py)?;
        let Some(deliverer) = slf.get().tracker.get(py) else {
            return Err(PyRuntimeError::new_err(
                "this client was never made: call its __init__() first",
            ));
        };
        let deliverer = deliverer.bind(py);
        let this = deliverer.get();
        let options = Options {
            user_id,
            feature,
            agent_id,
            workflow_id,
            session_id,
            session_type,
            dimensions,
            timestamp,
            idempotency_key,
            subscription_id,
            metadata,
            provider,
            model,
            url,
            units,
            cost,
        };
        let ambient = this.ambient(py);
        let mut read = read_known(response);
        if read.is_none() {
            let kind = kind::of(response);
            if kind != kind::RESPONSE {
                let recorder = recorder(deliverer, options.read(ambient.as_ref()));
                return kind::begin(kind, response, recorder);
            }
            read = read_alone(response);
        }
        if let Some((response, interrupt)) = read {
            let call = this.take(
                py,
                late::Given {
                    response: Some(response),
                    options: options.read(ambient.as_ref()),
                    now_ms: wall_ms(),
                    entropy: [0; 16],
                },
            )?;
            return match interrupt {
                Some(interrupt) => Err(interrupt),
                None => Ok(Bound::new(py, TrackResult::of(call))?.into_any()),
            };
        }
        let entropy = this.entropy();
        let (mut tracked, interrupt) = with_response(response, |subject| {
            let options = options.read(ambient.as_ref());
            METER.with(|meter| track(meter, &subject, options, wall_ms(), entropy))
        });
        let mut codes = tracked.warnings.iter().map(|warning| warning.code);
        let says_little = tracked.provider.is_none()
            || tracked.incomplete
            || codes.any(|code| code == BODY_UNREAD);
        if says_little && let Some(stream) = kind::Inside::find(response) {
            return stream.begin(recorder(deliverer, options.read(ambient.as_ref())));
        }
        this.enqueue(py, &mut tracked)?;
        match interrupt {
            Some(interrupt) => Err(interrupt),
            None => Ok(Bound::new(py, TrackResult::new(tracked))?.into_any()),
        }
    }
}

fn recorder(tracker: &Bound<'_, Tracker>, options: TrackOptions) -> Recorder {
    let entropy = tracker.get().entropy();
    Recorder::new(tracker.clone().unbind(), options, wall_ms(), entropy)
}
