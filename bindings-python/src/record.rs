//! What leaves as a record: JSON that the Python side wraps so that both spellings of a key answer.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use serde::Serialize;

/// The record that `value` serialises to. For what is asked for seldom: it goes through JSON text.
pub(crate) fn record<'py>(py: Python<'py>, value: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let text =
        serde_json::to_string(value).map_err(|error| PyValueError::new_err(error.to_string()))?;
    LOADS
        .import(py, "bearlumen._record", "loads")?
        .call1((text,))
}
