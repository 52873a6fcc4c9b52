//! One call under way: its chunks fold here, and its end makes its event, once.

use crate::METER;
use crate::options::{Given, text_pairs};
use crate::read::text_bytes;
use crate::result::TrackResult;
use crate::snapshot::Snapshot;
use crate::stream::payload;
use crate::tracker::Tracker;
use bearlumen_core::clients::is_usage_alone;
use bearlumen_core::response::{ParseError, parse_json};
use bearlumen_core::stream::{Lesson, StreamFold, StreamText};
use bearlumen_core::track::{Subject, TrackOptions, Tracked, track};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::mem::take;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Streams have a handful of kinds of chunks that say nothing of usage.
const MOST_INERT: usize = 8;

/// Records one call. No lock is held while Python code can run.
#[pyclass(frozen, module = "bearlumen._native")]
pub(crate) struct Recorder {
    tracker: Py<Tracker>,
    at_ms: i64,
    entropy: [u8; 16],
    /// The caller did not ask for the chunk that holds nothing but usage.
    hides_usage: AtomicBool,
    state: Mutex<State>,
}

struct State {
    options: TrackOptions,
    headers: Vec<(String, String)>,
    fold: StreamFold,
    text: StreamText,
    known: Known,
    phase: Phase,
    result: Option<Py<TrackResult>>,
}

/// Chunks that need not be handed in again.
#[derive(Default)]
struct Known {
    /// The one that the fold learned from last.
    last: Option<Snapshot>,
    /// It held nothing but usage.
    is_last_alone: bool,
    /// Those since then of which it learned nothing.
    inert: Vec<Snapshot>,
}

impl Known {
    /// Whether a chunk is one of these but for its numbers; then also whether it holds nothing but usage.
    fn absorb(&mut self, chunk: &Bound<'_, PyAny>) -> PyResult<Option<bool>> {
        let inert = self.inert.iter_mut().map(|snapshot| (snapshot, false));
        let last = self.last.iter_mut().map(|last| (last, self.is_last_alone));
        for (snapshot, is_alone) in last.chain(inert) {
            match snapshot.absorb(chunk) {
                (_, Some(interrupt)) => return Err(interrupt),
                (true, None) => return Ok(Some(is_alone)),
                (false, None) => {}
            }
        }
        Ok(None)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing to wait for yet.
    New,
    /// A stream is under way.
    Open,
    /// The event is made, or another process makes it.
    Ended,
}

impl Recorder {
    pub(crate) fn new(
        tracker: Py<Tracker>,
        options: TrackOptions,
        at_ms: i64,
        entropy: [u8; 16],
    ) -> Self {
        Self {
            tracker,
            at_ms,
            entropy,
            hides_usage: AtomicBool::new(false),
            state: Mutex::new(State {
                options,
                headers: Vec::new(),
                fold: StreamFold::new(),
                text: StreamText::new(),
                known: Known::default(),
                phase: Phase::New,
                result: None,
            }),
        }
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The event as of now.
    fn tracked(&self, state: &State, subject: &Subject<'_>) -> Tracked {
        let options = state.options.clone();
        METER.with(|meter| track(meter, subject, options, self.at_ms, self.entropy))
    }

    /// Ends the recording with what `make` says the event is.
    fn end_with(
        &self,
        py: Python<'_>,
        make: impl FnOnce(&mut State) -> Tracked,
    ) -> PyResult<Py<TrackResult>> {
        let mut state = self.locked();
        let phase = state.phase;
        if phase == Phase::Ended {
            drop(state);
            return self.result(py);
        }
        state.phase = Phase::Ended;
        let mut call = make(&mut state);
        drop(state);
        let tracker = self.tracker.bind(py).get();
        let woken = tracker.enqueue(py, &mut call);
        if phase == Phase::Open {
            tracker.stream_ended();
        }
        let result = Py::new(py, TrackResult::new(call))?;
        self.locked().result = Some(result.clone_ref(py));
        woken.map(|()| result)
    }

    fn take_text(&self, bytes: &[u8]) {
        let mut state = self.locked();
        state.forget();
        let State { fold, text, .. } = &mut *state;
        text.feed_piece(bytes, fold);
    }

    /// Takes a chunk that is no text and says whether it holds nothing but usage.
    fn take_chunk(&self, chunk: &Bound<'_, PyAny>) -> PyResult<bool> {
        // Taken out meanwhile: reading may run code of the caller's.
        let mut known = take(&mut self.locked().known);
        let absorbed = known.absorb(chunk);
        self.locked().known = known;
        if let Some(is_alone) = absorbed? {
            return Ok(is_alone);
        }
        let (snapshot, interrupt) = Snapshot::of(chunk);
        let is_alone = self.locked().learn(snapshot);
        interrupt.map_or(Ok(is_alone), Err)
    }
}

impl State {
    /// Before another kind of chunk comes, the last one's newest numbers.
    fn settle(&mut self) {
        if let Some(changed) = self.known.last.as_mut().and_then(Snapshot::take_changed) {
            self.fold.feed(&changed);
        }
    }

    /// What comes is not compared with what came.
    fn forget(&mut self) {
        self.settle();
        self.known = Known::default();
    }

    fn learn(&mut self, chunk: Result<Snapshot, ParseError>) -> bool {
        self.settle();
        self.known.is_last_alone = false;
        let Ok(snapshot) = chunk else {
            self.fold.feed_unreadable();
            return false;
        };
        let tape = snapshot.tape();
        let is_alone = is_usage_alone(&tape);
        match self.fold.learn(&tape) {
            Lesson::Restated => {
                self.known = Known {
                    last: Some(snapshot).filter(Snapshot::is_small),
                    is_last_alone: is_alone,
                    ..Known::default()
                };
            }
            // Another like it counts, too.
            Lesson::Added => self.known = Known::default(),
            Lesson::Nothing if snapshot.is_small() && self.known.inert.len() < MOST_INERT => {
                self.known.inert.push(snapshot);
            }
            Lesson::Nothing => {}
        }
        is_alone
    }
}

#[pymethods]
impl Recorder {
    /// A stream is under way: its event follows.
    fn open(&self, py: Python<'_>) -> PyResult<()> {
        {
            let mut state = self.locked();
            if state.phase != Phase::New {
                return Ok(());
            }
            state.phase = Phase::Open;
        }
        let tracker = self.tracker.bind(py).get();
        tracker.stream_opened();
        // The worker starts now: at the end of the process, when the event may come, it no longer can.
        tracker.wake(py)
    }

    /// Takes the next chunk: an object, a dictionary, or text cut anywhere. True when the caller is not to see it.
    pub(crate) fn feed(&self, chunk: &Bound<'_, PyAny>) -> PyResult<bool> {
        if let Some(bytes) = text_bytes(chunk) {
            match bytes {
                Ok(bytes) => self.take_text(&bytes),
                Err(_) => self.locked().fold.feed_unreadable(),
            }
            return Ok(false);
        }
        if let Some(payload) = payload(chunk) {
            let mut state = self.locked();
            state.forget();
            match parse_json(payload.as_bytes()) {
                Ok(tape) => state.fold.feed(&tape),
                Err(_) => state.fold.feed_unreadable(),
            }
            return Ok(false);
        }
        let is_alone = self.take_chunk(chunk)?;
        Ok(is_alone && self.hides_usage.load(Ordering::Relaxed))
    }

    /// What is known beside the chunks: the url of the request and the headers of the answer. What the caller stated
    /// counts.
    #[pyo3(signature = (url=None, headers=None))]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "pyo3 hands optional arguments over by value"
    )]
    fn hint(&self, url: Option<String>, headers: Given<'_>) {
        let headers = headers.as_ref().and_then(text_pairs).unwrap_or_default();
        let mut state = self.locked();
        if state.options.url.is_none() {
            state.options.url = url;
        }
        state.headers.extend(headers);
    }

    /// Keeps the chunk that holds nothing but usage from the caller.
    fn hide_usage(&self) {
        self.hides_usage.store(true, Ordering::Relaxed);
    }

    /// The stream is over, or given up; its event is made and queued. Later calls answer the same.
    #[pyo3(signature = (early=false))]
    fn end(&self, py: Python<'_>, early: bool) -> PyResult<Py<TrackResult>> {
        self.end_with(py, |state| {
            state.settle();
            let headers = take(&mut state.headers);
            take(&mut state.text).finish(&mut state.fold);
            state
                .fold
                .add_headers(headers.iter().map(|(n, v)| (n.as_str(), v.as_str())));
            if early {
                state.fold.cut_short();
            }
            self.tracked(state, &Subject::Stream(&state.fold))
        })
    }

    /// The call was no stream: its whole answer is this text.
    fn whole(&self, py: Python<'_>, body: &Bound<'_, PyBytes>) -> PyResult<Py<TrackResult>> {
        self.end_with(py, |state| {
            let headers = take(&mut state.headers);
            let mut tape = parse_json(body.as_bytes());
            if let Ok(tape) = &mut tape {
                tape.add_headers(headers.iter().map(|(n, v)| (n.as_str(), v.as_str())));
            }
            self.tracked(state, &Subject::Response(tape))
        })
    }

    /// What is known so far, or at the end, what the event says.
    fn result(&self, py: Python<'_>) -> PyResult<Py<TrackResult>> {
        let tracked = {
            let mut state = self.locked();
            state.settle();
            if let Some(result) = &state.result {
                return Ok(result.clone_ref(py));
            }
            self.tracked(&state, &Subject::Stream(&state.fold))
        };
        Py::new(py, TrackResult::new(tracked))
    }

    /// Whose event it will be.
    #[getter]
    fn tracker(&self, py: Python<'_>) -> Py<Tracker> {
        self.tracker.clone_ref(py)
    }

    /// The event is made elsewhere: this is the copy of a forked child.
    fn abandon(&self) {
        self.locked().phase = Phase::Ended;
    }
}
