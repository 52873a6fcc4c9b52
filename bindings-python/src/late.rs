//! A tracked call whose event is made, and priced, when it is first needed: mostly after `track()` has returned.

use crate::METER;
use bearlumen_core::response::{ParseError, Tape};
use bearlumen_core::track::{Subject, TrackOptions, Tracked, track};
use std::mem::take;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// Everything that an event says, as it was when the call was tracked. Nothing in it is the caller's.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// `None` where there is no response.
    pub(crate) response: Option<Result<Tape<'static>, ParseError>>,
    pub(crate) options: TrackOptions,
    pub(crate) now_ms: i64,
    pub(crate) entropy: [u8; 16],
}

/// More text or more values than this are not kept for later.
const MOST_BYTES: usize = 16_384;
const MOST_VALUES: usize = 1_000;

impl Given {
    /// Whether so little is held that it may wait.
    pub(crate) fn is_small(&self) -> bool {
        let response = self.response.as_ref().and_then(|read| read.as_ref().ok());
        let (values, bytes) = response.map_or((0, 0), |tape| (tape.len(), tape.text_bytes()));
        values <= MOST_VALUES && bytes + self.options.text_bytes() <= MOST_BYTES
    }
}

/// A tracked call, its event made or not. It is only made by a thread that holds the interpreter, so that no fork finds
/// one half made.
#[derive(Debug)]
pub(crate) struct Late {
    held: Mutex<Held>,
    tracked: OnceLock<Tracked>,
}

#[derive(Debug, Default)]
struct Held {
    given: Option<Given>,
    events: Vec<Vec<u8>>,
}

impl Late {
    /// A call whose event is to be made.
    pub(crate) fn of(given: Given) -> Self {
        Self {
            held: Mutex::new(Held {
                given: Some(given),
                events: Vec::new(),
            }),
            tracked: OnceLock::new(),
        }
    }

    /// A call whose event was made, and taken.
    pub(crate) fn made(tracked: Tracked) -> Self {
        Self {
            held: Mutex::default(),
            tracked: OnceLock::from(tracked),
        }
    }

    /// What became of the call.
    pub(crate) fn tracked(&self) -> &Tracked {
        self.tracked.get_or_init(|| {
            let mut held = self.held();
            let given = held.given.take().unwrap_or_default();
            let subject = given.response.map_or(Subject::Manual, Subject::Response);
            let mut tracked = METER
                .with(|meter| track(meter, &subject, given.options, given.now_ms, given.entropy));
            held.events = tracked.take_events().collect();
            tracked
        })
    }

    /// The call's events, once.
    pub(crate) fn take_events(&self) -> Vec<Vec<u8>> {
        self.tracked();
        take(&mut self.held().events)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
