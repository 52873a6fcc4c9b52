//! What `cost_of()` answers: a dictionary that is filled when somebody looks.
//!
//! Making sixty Python objects takes several times as long as pricing the call, and many callers look at one of
//! them, mostly the amount, or at none. Until then the dictionary holds this, under a key that is no text: who reads
//! past its methods meets an error of his own and not a dictionary that seems to be empty.

use crate::record::record;
use bearlumen_core::call::CallCost;
use bearlumen_core::money::Nanos;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

/// A priced call that nobody has looked at.
#[pyclass(frozen, module = "bearlumen._native")]
pub(crate) struct Unseen {
    call: CallCost,
    record: PyOnceLock<Py<PyAny>>,
    cost: PyOnceLock<Py<PyAny>>,
}

#[pymethods]
impl Unseen {
    /// The call's cost, as unseen.
    #[getter]
    fn cost<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let py = slf.py();
        let of = slf.clone().unbind();
        slf.get()
            .cost
            .get_or_try_init(py, || {
                let class = CLASS.import(py, "bearlumen._unseen", "UnseenCost")?;
                let record = PyOnceLock::new();
                holding(class, Bound::new(py, UnseenCost { of, record })?.into_any())
            })
            .map(|cost| cost.bind(py).clone())
    }

    /// What the dictionary holds. Threads that look at once all see the same.
    fn record<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyAny>> {
        self.record
            .get_or_try_init(py, || {
                let record = record(py, &self.call)?;
                if let Some(cost) = self.cost.get(py) {
                    // Somebody has it already.
                    record.set_item("cost", cost)?;
                }
                Ok(record.unbind())
            })
            .map(|record| record.bind(py))
    }
}

/// The cost of a priced call at which nobody has looked but for its amount.
#[pyclass(frozen, module = "bearlumen._native")]
pub(crate) struct UnseenCost {
    of: Py<Unseen>,
    record: PyOnceLock<Py<PyAny>>,
}

#[pymethods]
impl UnseenCost {
    /// US dollars; `None` when unpriced.
    #[getter]
    fn amount(&self) -> Option<f64> {
        self.of.get().call.cost.amount.map(Nanos::to_usd_f64)
    }

    /// What the dictionary holds.
    fn record<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyAny>> {
        self.record
            .get_or_try_init(py, || {
                record(py, &self.of.get().call.cost).map(Bound::unbind)
            })
            .map(|record| record.bind(py))
    }
}

/// The dictionary of a priced call.
pub(crate) fn unseen(py: Python<'_>, call: CallCost) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let class = CLASS.import(py, "bearlumen._unseen", "UnseenCallCost")?;
    let content = Unseen {
        call,
        record: PyOnceLock::new(),
        cost: PyOnceLock::new(),
    };
    holding(class, Bound::new(py, content)?.into_any()).map(|answer| answer.into_bound(py))
}

/// A dictionary of this class that holds what it will be filled with.
fn holding<'py>(class: &Bound<'py, PyType>, content: Bound<'py, PyAny>) -> PyResult<Py<PyAny>> {
    let answer = class.call0()?;
    answer
        .cast::<PyDict>()
        .map_err(PyErr::from)?
        .set_item(class.py().Ellipsis(), content)?;
    Ok(answer.unbind())
}
