//! Delivery of one client: what the caller's threads and the worker thread share.
//!
//! No lock is held while Python code can run, so neither a signal handler nor a destructor that tracks can
//! meet itself here.

use crate::clock::SteadyClock;
use crate::delivery::{outcome, policy_from};
use crate::entropy::Entropy;
use crate::errors::{PyProblem, problems};
use crate::late::{Given, Late};
use crate::record::record;
use crate::spooling::Spooling;
use bearlumen_core::delivery::{Delivery, Enqueued, Policy, Step};
use bearlumen_core::track::Tracked;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use std::mem::take;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// How many calls may wait for their events to be made: making so many takes some thirty microseconds.
const MOST_ASIDE: usize = 32;

/// Tracks events and hands them to the worker thread.
#[pyclass(frozen, module = "bearlumen._native")]
pub(crate) struct Tracker {
    state: Mutex<State>,
    clock: SteadyClock,
    policy: Policy,
    /// Called, seldom, when the worker must look: it sleeps and something became due, or was lost.
    wake: Py<PyAny>,
    open_streams: AtomicUsize,
    /// Answers the options of the `with` blocks around the caller; there is none before the first such block.
    ambient: OnceLock<Py<PyAny>>,
}

struct State {
    delivery: Delivery,
    /// Calls whose events are made when somebody needs them, with when they were tracked. Nobody sees the delivery
    /// without them: see `Tracker::locked`.
    aside: Vec<(Arc<Late>, i64)>,
    /// The worker must look, and was not told yet.
    owes_wake: bool,
    entropy: Entropy,
    spool: Spooling,
    /// Until when the worker sleeps; the past while it is awake.
    sleeps_until: i64,
    /// When losses were last told.
    told_at: i64,
}

impl State {
    fn new(policy: Policy, spool: Spooling) -> Self {
        let mut delivery = Delivery::new(policy);
        if spool.is_wanted() {
            delivery.note_settled();
        }
        // No worker runs yet: it sleeps until it is woken.
        Self {
            delivery,
            aside: Vec::new(),
            owes_wake: false,
            entropy: Entropy::new(),
            spool,
            sleeps_until: i64::MAX,
            told_at: i64::MIN,
        }
    }

    /// Puts a call aside, which `may_wait`, and says whether the worker must be woken.
    fn put_aside(
        &mut self,
        call: Arc<Late>,
        may_wait: bool,
        now_ms: i64,
        tell_every_ms: i64,
    ) -> bool {
        let may_wait = may_wait && !self.spool.is_wanted() && !self.delivery.is_closed();
        self.aside.push((call, now_ms));
        if !may_wait || self.aside.len() >= MOST_ASIDE {
            self.make_events(tell_every_ms);
        } else if self
            .delivery
            .due_with_one_more(now_ms)
            .is_some_and(|due_at| due_at < self.sleeps_until)
        {
            self.sleeps_until = i64::MIN;
            self.owes_wake = true;
        }
        take(&mut self.owes_wake)
    }

    /// Makes the events of the calls put aside.
    fn make_events(&mut self, tell_every_ms: i64) {
        for (call, since_ms) in take(&mut self.aside) {
            for event in call.take_events() {
                self.owes_wake |= self.enqueue(event, since_ms, tell_every_ms);
            }
        }
    }

    /// Takes the event and says whether the worker must be woken.
    fn enqueue(&mut self, event: Vec<u8>, now_ms: i64, tell_every_ms: i64) -> bool {
        let position = self.delivery.next_position();
        let kept = self.spool.is_wanted().then(|| event.clone());
        let must_wake = match self.delivery.enqueue(event, now_ms) {
            Enqueued::Queued => {
                if let Some(event) = kept {
                    let entropy = self.entropy.take();
                    self.spool.queued(position, &event, entropy);
                }
                self.delivery
                    .due_at()
                    .is_some_and(|due_at| due_at < self.sleeps_until)
            }
            // Each of a flood of lost events is counted; telling of them may take a while.
            Enqueued::Dropped(_) => now_ms >= self.told_at.saturating_add(tell_every_ms),
        };
        if must_wake {
            self.sleeps_until = i64::MIN;
            self.told_at = self.told_at.max(now_ms);
        }
        must_wake
    }
}

impl State {
    /// Strikes what is settled out of the spool.
    fn strike_out(&mut self) {
        let settled = self.delivery.take_settled();
        if !settled.is_empty() {
            self.spool.settled(&settled, &self.delivery);
        }
    }

    /// Takes over what dead processes left. Says whether there was anything.
    fn adopt(&mut self, policy: &Policy, now_ms: i64) -> bool {
        let mut found = false;
        for orphan in self.spool.orphans() {
            let pending = usize::try_from(self.delivery.stats().pending).unwrap_or(usize::MAX);
            if pending.saturating_add(orphan.events.len()) > policy.max_queue_events {
                // It stays where it is, for a later start.
                continue;
            }
            for event in &orphan.events {
                self.enqueue(event.clone(), now_ms, policy.flush_interval_ms);
            }
            found = true;
            self.spool.damaged(orphan.damaged);
            orphan.remove();
        }
        found
    }
}

impl Tracker {
    /// The state, with the events of all that was tracked before.
    fn locked(&self) -> MutexGuard<'_, State> {
        let mut state = self.as_it_is();
        if !state.aside.is_empty() {
            state.make_events(self.policy.flush_interval_ms);
        }
        state
    }

    fn as_it_is(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Randomness for one idempotency key.
    pub(crate) fn entropy(&self) -> [u8; 16] {
        self.as_it_is().entropy.take()
    }

    /// Takes a call, and wakes the worker where it has to know. Its event is made soon.
    pub(crate) fn take(&self, py: Python<'_>, mut given: Given) -> PyResult<Arc<Late>> {
        let now_ms = self.clock.now_ms();
        let (call, must_wake) = {
            let mut state = self.as_it_is();
            given.entropy = state.entropy.take();
            let may_wait = given.is_small();
            let call = Arc::new(Late::of(given));
            let interval_ms = self.policy.flush_interval_ms;
            let must_wake = state.put_aside(Arc::clone(&call), may_wait, now_ms, interval_ms);
            (call, must_wake)
        };
        if must_wake {
            self.wake(py)?;
        }
        Ok(call)
    }

    /// Queues the events of a call, and wakes the worker where it has to know.
    pub(crate) fn enqueue(&self, py: Python<'_>, tracked: &mut Tracked) -> PyResult<()> {
        let must_wake = {
            let mut state = self.locked();
            let now_ms = self.clock.now_ms();
            let mut must_wake = take(&mut state.owes_wake);
            for event in tracked.take_events() {
                must_wake |= state.enqueue(event, now_ms, self.policy.flush_interval_ms);
            }
            must_wake
        };
        if must_wake {
            self.wake(py)?;
        }
        Ok(())
    }

    pub(crate) fn stream_opened(&self) {
        self.open_streams.fetch_add(1, Ordering::AcqRel);
    }

    pub(crate) fn stream_ended(&self) {
        self.open_streams.fetch_sub(1, Ordering::AcqRel);
    }

    /// The options of the `with` blocks around the caller.
    pub(crate) fn ambient<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyDict>> {
        let found = self.ambient.get()?.call1(py, (py.None(),)).ok()?;
        found.into_bound(py).cast_into().ok()
    }

    /// Makes the worker look.
    pub(crate) fn wake(&self, py: Python<'_>) -> PyResult<()> {
        match self.wake.call0(py) {
            // The event is queued and counted; a worker that cannot be woken is no reason to stop the caller.
            Err(error) if error.is_instance_of::<PyException>(py) => {
                error.write_unraisable(py, None);
            }
            Err(interrupt) => return Err(interrupt),
            Ok(_) => {}
        }
        Ok(())
    }
}

#[pymethods]
impl Tracker {
    #[new]
    /// `spool` is a folder and a label for the files in it: undelivered events survive the process there.
    #[pyo3(signature = (wake, policy=None, spool=None))]
    fn new(
        wake: Py<PyAny>,
        policy: Option<&Bound<'_, PyAny>>,
        spool: Option<(PathBuf, String)>,
    ) -> PyResult<Self> {
        let policy = policy_from(policy)?;
        let spool = Spooling::new(spool)?;
        Ok(Self {
            state: Mutex::new(State::new(policy.clone(), spool)),
            clock: SteadyClock::new(),
            policy,
            wake,
            open_streams: AtomicUsize::new(0),
            ambient: OnceLock::new(),
        })
    }

    /// Where options come from that the caller did not state: a `ContextVar` of a dictionary.
    fn take_options_from(&self, variable: &Bound<'_, PyAny>) -> PyResult<()> {
        let get = variable.getattr("get")?.unbind();
        let _ = self.ambient.set(get);
        Ok(())
    }

    /// How many streams are under way whose events are still to come.
    #[getter]
    fn open_streams(&self) -> usize {
        self.open_streams.load(Ordering::Acquire)
    }

    /// What the worker does next: `(batch id, body)`, the milliseconds to sleep, or `None` to sleep until woken.
    fn next_step<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let now_ms = self.clock.now_ms();
        let mut state = self.locked();
        state.owes_wake = false;
        let step = state.delivery.next_step(now_ms);
        state.strike_out();
        state.sleeps_until = match step {
            Step::Send(_) => i64::MIN,
            Step::WaitUntil(ms) => ms,
            Step::Idle => i64::MAX,
        };
        drop(state);
        match step {
            Step::Send(batch) => (batch.id, PyBytes::new(py, &batch.body))
                .into_pyobject(py)
                .map(Bound::into_any),
            Step::WaitUntil(ms) => Ok(ms.saturating_sub(now_ms).into_pyobject(py)?.into_any()),
            Step::Idle => Ok(py.None().into_bound(py)),
        }
    }

    /// What came of a batch; no status when no whole answer came.
    #[pyo3(signature = (batch_id, status, retry_after, body))]
    fn report(
        &self,
        batch_id: u64,
        status: Option<u16>,
        retry_after: Option<&str>,
        body: &[u8],
    ) -> Vec<PyProblem> {
        let now_ms = self.clock.now_ms();
        let mut state = self.locked();
        let jitter = u32::from_ne_bytes(state.entropy.take());
        let found = state.delivery.report(
            batch_id,
            &outcome(status, retry_after, body),
            now_ms,
            jitter,
        );
        state.strike_out();
        problems(found)
    }

    /// Takes over what dead processes left in the spool's folder, and says whether there was anything.
    fn adopt_spools(&self) -> bool {
        let now_ms = self.clock.now_ms();
        self.locked().adopt(&self.policy, now_ms)
    }

    /// What went wrong with the spool since the last call, for the log.
    fn spool_trouble(&self) -> Option<String> {
        self.locked().spool.trouble()
    }

    /// No more is sent: what is left in the spool is left to who comes next.
    fn release_spool(&self) {
        let mut state = self.locked();
        let is_empty = state.delivery.stats().pending == 0;
        state.spool.close(is_empty);
    }

    /// What was given up without an answer since the last call.
    fn take_losses(&self) -> Vec<PyProblem> {
        let now_ms = self.clock.now_ms();
        let mut state = self.locked();
        let losses = state.delivery.take_losses();
        if !losses.is_empty() {
            state.told_at = now_ms;
        }
        problems(losses)
    }

    /// Asks for everything queued to be sent now. Answers what `is_settled` is asked.
    fn flush(&self) -> u64 {
        self.locked().delivery.flush()
    }

    /// True when everything queued before a flush is settled.
    fn is_settled(&self, flush: u64) -> bool {
        self.locked().delivery.is_settled(flush)
    }

    /// True when everything queued at the last flush is settled.
    fn is_flushed(&self) -> bool {
        self.locked().delivery.is_flushed()
    }

    /// Takes no more events.
    fn close(&self) {
        self.locked().delivery.close();
    }

    /// Counts of every event.
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let stats = self.locked().delivery.stats();
        record(py, &stats)
    }

    /// Starts over in a forked child: the parent keeps the events, and the child its own randomness.
    fn start_over(&self) {
        let mut state = self.as_it_is();
        let spool = state.spool.of_a_child();
        *state = State::new(self.policy.clone(), spool);
        drop(state);
        self.open_streams.store(0, Ordering::Release);
    }

    /// How long the end of the process may wait for the last events, in milliseconds.
    #[getter]
    fn exit_flush_ms(&self) -> i64 {
        self.policy.exit_flush_ms
    }
}
