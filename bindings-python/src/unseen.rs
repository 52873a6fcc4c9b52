//! What `cost_of()` answers: a dictionary that is filled when somebody looks.
//!
//! Making sixty Python objects takes several times as long as pricing the call, and many callers look at one of
//! them, mostly the amount, or at none. Until then the dictionary holds this, under a key that is no text: who reads
//! past its methods meets an error of his own and not a dictionary that seems to be empty.

use crate::record::record;
use bearlumen_core::call::CallCost;
use bearlumen_core::money::Nanos;
use pyo3::PyTypeInfo;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};
use std::sync::Arc;

/// A priced call that nobody has looked at.
#[pyclass(frozen, module = "bearlumen._native")]
pub(crate) struct Unseen {
    call: Arc<CallCost>,
    record: PyOnceLock<Py<PyAny>>,
    cost: PyOnceLock<Py<PyAny>>,
}

#[pymethods]
impl Unseen {
    /// What the dictionary holds. Threads that look at once all see the same.
    fn record<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyAny>> {
        self.record
            .get_or_try_init(py, || {
                let record = record(py, &*self.call)?;
                if let Some(cost) = self.cost.get(py) {
                    // Somebody has it already.
                    record.set_item("cost", cost)?;
                }
                Ok(record.unbind())
            })
            .map(|record| record.bind(py))
    }
}

/// The cost of a priced call at which nobody has looked but for its amount. It does not hold the call's dictionary,
/// which holds it.
#[pyclass(frozen, module = "bearlumen._native")]
pub(crate) struct UnseenCost {
    call: Arc<CallCost>,
    record: PyOnceLock<Py<PyAny>>,
}

#[pymethods]
impl UnseenCost {
    /// What the dictionary holds.
    fn record<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyAny>> {
        self.record
            .get_or_try_init(py, || record(py, &self.call.cost).map(Bound::unbind))
            .map(|record| record.bind(py))
    }
}

/// The dictionary of a priced call.
pub(crate) fn unseen(py: Python<'_>, call: Arc<CallCost>) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let class = CLASS.import(py, "bearlumen._unseen", "UnseenCallCost")?;
    let content = Unseen {
        call,
        record: PyOnceLock::new(),
        cost: PyOnceLock::new(),
    };
    holding(class, Bound::new(py, content)?)
}

/// The cost of a call at which nobody has looked: a dictionary of the same kind.
#[pyfunction]
#[pyo3(signature = (call, /))]
pub(crate) fn unseen_cost<'py>(call: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = call.py();
    let held = content::<Unseen>(call)?;
    let unseen = held.get();
    let cost = unseen.cost.get_or_try_init(py, || {
        let class = CLASS.import(py, "bearlumen._unseen", "UnseenCost")?;
        let content = UnseenCost {
            call: Arc::clone(&unseen.call),
            record: PyOnceLock::new(),
        };
        holding(class, Bound::new(py, content)?).map(Bound::unbind)
    })?;
    Ok(cost.bind(py).clone())
}

/// The amount of such a cost, in US dollars; `None` when unpriced.
#[pyfunction]
#[pyo3(signature = (cost, /))]
pub(crate) fn unseen_amount(cost: &Bound<'_, PyAny>) -> PyResult<Option<f64>> {
    let held = content::<UnseenCost>(cost)?;
    Ok(held.get().call.cost.amount.map(Nanos::to_usd_f64))
}

/// A dictionary of this class that holds what it will be filled with.
fn holding<'py, T: PyTypeInfo>(
    class: &Bound<'py, PyType>,
    content: Bound<'py, T>,
) -> PyResult<Bound<'py, PyAny>> {
    let answer = class.call0()?;
    answer
        .cast::<PyDict>()
        .map_err(PyErr::from)?
        .set_item(class.py().Ellipsis(), content)?;
    Ok(answer)
}

fn content<'py, T: PyTypeInfo>(answer: &Bound<'py, PyAny>) -> PyResult<Bound<'py, T>> {
    let dict = answer.cast::<PyDict>().map_err(PyErr::from)?;
    let held = dict.get_item(answer.py().Ellipsis())?;
    // Another thread may have filled it since: Python then asks what it is now.
    held.and_then(|held| held.cast_into::<T>().ok())
        .ok_or_else(|| PyAttributeError::new_err("it is filled already"))
}
