//! What runs of the latest days took, by model, as it was last read.

use std::cell::RefCell;
use std::rc::Rc;

/// A model of the table of quality classes, and the mean of its runs in milliseconds.
pub(crate) type OfModel = (&'static str, &'static str, u64);

/// Read once, until a run is recorded or the day is over.
#[derive(Debug, Default)]
pub(crate) struct Latencies(RefCell<Option<(i64, Rc<[OfModel]>)>>);

impl Latencies {
    /// What was read on `day`, if nothing came in since.
    pub(crate) fn of_day(&self, day: i64) -> Option<Rc<[OfModel]>> {
        let known = self.0.borrow();
        let (of, latencies) = known.as_ref()?;
        (*of == day).then(|| Rc::clone(latencies))
    }

    pub(crate) fn keep(&self, day: i64, latencies: &Rc<[OfModel]>) {
        *self.0.borrow_mut() = Some((day, Rc::clone(latencies)));
    }

    pub(crate) fn forget(&self) {
        *self.0.borrow_mut() = None;
    }
}
