//! Requests that write, gathered so that one commit serves all that came together: each commit is flushed to the disk
//! before any answer leaves, and takes longer than to store an event.

use std::cell::{Cell, RefCell};

use wasm_bindgen::prelude::*;
use worker::js_sys::Promise;

use crate::surroundings::now_ms;

#[wasm_bindgen]
extern "C" {
    /// Kept when what is to be read by now was read.
    #[wasm_bindgen(catch, js_namespace = scheduler)]
    fn wait(ms: f64) -> Result<Promise, JsValue>;
}

/// The largest body that waits for others: what takes long by itself gains nothing.
pub(crate) const MAX_BYTES: u32 = 16 * 1024;

/// Who waited in vain so often lets that many requests pass before the next waits.
const MAX_PASSED: u32 = 64;

/// A moment that has not come by then, in milliseconds, is not waited for by anybody else.
const OVERDUE_MS: i64 = 1000;

/// Requests that wait for the same moment.
#[derive(Default)]
pub(crate) struct Gathering {
    /// With when it was asked for.
    moment: RefCell<Option<(Promise, i64)>>,
    waiting: Cell<u32>,
    /// How many pass without waiting, of how many.
    pass: Cell<u32>,
    of: Cell<u32>,
}

impl Gathering {
    /// The moment to answer a request at; nothing when that is now, because nobody came while the last ones waited.
    pub(crate) fn moment(&self) -> Result<Option<Promise>, JsValue> {
        let mut place = self.moment.borrow_mut();
        let now_ms = now_ms();
        let moment = match &*place {
            Some((moment, since_ms)) if now_ms - since_ms < OVERDUE_MS => moment.clone(),
            None if self.pass.get() > 0 => {
                self.pass.set(self.pass.get() - 1);
                return Ok(None);
            }
            _ => {
                let moment = wait(0.0)?;
                *place = Some((moment.clone(), now_ms));
                self.waiting.set(0);
                moment
            }
        };
        self.waiting.set(self.waiting.get() + 1);
        Ok(Some(moment))
    }

    /// The moment is there: every request that waited calls this before it is answered.
    pub(crate) fn ends(&self) {
        if self.moment.take().is_none() {
            return;
        }
        let passed = match self.waiting.take() {
            0 | 1 => (self.of.get() * 2).clamp(1, MAX_PASSED),
            _ => 0,
        };
        self.of.set(passed);
        self.pass.set(passed);
    }
}
