//! What `cost_of()` answers: a dictionary that is filled when somebody looks.
//!
//! Making sixty Python objects takes several times as long as pricing the call, and many callers look at one of
//! them or at none. Until then the dictionary holds this, under a key that is no text: who reads past its methods
//! meets an error of his own and not a dictionary that seems to be empty.

use crate::record::record;
use bearlumen_core::call::CallCost;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

/// A priced call that nobody has looked at.
#[pyclass(frozen, module = "bearlumen._native")]
pub(crate) struct Unseen {
    call: CallCost,
    record: PyOnceLock<Py<PyAny>>,
}

#[pymethods]
impl Unseen {
    /// What the dictionary holds. Threads that look at once all see the same.
    fn record<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyAny>> {
        self.record
            .get_or_try_init(py, || record(py, &self.call).map(Bound::unbind))
            .map(|record| record.bind(py))
    }
}

/// The dictionary of a priced call.
pub(crate) fn unseen(py: Python<'_>, call: CallCost) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let answer = CLASS
        .import(py, "bearlumen._unseen", "UnseenCallCost")?
        .call0()?;
    let content = Unseen {
        call,
        record: PyOnceLock::new(),
    };
    answer
        .cast::<PyDict>()
        .map_err(PyErr::from)?
        .set_item(py.Ellipsis(), Bound::new(py, content)?)?;
    Ok(answer)
}
