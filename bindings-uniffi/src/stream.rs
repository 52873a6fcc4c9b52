//! A stream on its way through.

use crate::METER;
use crate::options::TrackOptions;
use crate::random;
use crate::result::TrackResult;
use crate::tracker::Tracker;
use bearlumen_core::stream::{StreamFold, StreamText};
use bearlumen_core::track::{Subject, track};
use std::sync::{Arc, Mutex, PoisonError};

/// Reads along while a stream passes, and becomes one event at its end, however it ends.
#[derive(uniffi::Object)]
pub struct StreamRecorder {
    tracker: Arc<Tracker>,
    options: TrackOptions,
    entropy: [u8; 16],
    state: Mutex<State>,
}

struct State {
    fold: StreamFold,
    text: Option<StreamText>,
    result: Option<TrackResult>,
}

impl StreamRecorder {
    pub(crate) fn new(tracker: Arc<Tracker>, options: TrackOptions, wall_ms: i64) -> Self {
        let mut fold = StreamFold::new();
        fold.add_headers(crate::hints::pairs(&options.headers));
        Self {
            tracker,
            options,
            entropy: random::bytes(wall_ms),
            state: Mutex::new(State {
                fold,
                text: Some(StreamText::new()),
                result: None,
            }),
        }
    }
}

#[uniffi::export]
impl StreamRecorder {
    /// The next bytes, cut anywhere: server-sent events, lines of JSON, or AWS event-stream frames.
    pub fn feed(&self, bytes: Vec<u8>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { fold, text, .. } = &mut *state;
        if let Some(text) = text {
            text.feed(&bytes, fold);
        }
    }

    /// The end. `cut_short` when the caller left before the stream did. Queues the event, the first time; later
    /// calls answer the same.
    pub fn finish(&self, cut_short: bool, wall_ms: i64, now_ms: i64) -> TrackResult {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(result) = &state.result {
            return result.clone();
        }
        let State { fold, text, result } = &mut *state;
        if let Some(text) = text.take() {
            text.finish(fold);
        }
        if cut_short {
            fold.cut_short();
        }
        let options = self.options.clone().core();
        let subject = Subject::Stream(fold);
        let mut tracked =
            METER.with(|meter| track(meter, &subject, options, wall_ms, self.entropy));
        result
            .insert(self.tracker.take(&mut tracked, now_ms))
            .clone()
    }
}
