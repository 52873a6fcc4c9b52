//! What `track()` returns: numbers at hand, the rest made when asked for.

use crate::late::Late;
use crate::record::record;
use bearlumen_core::quantity::Quantity;
use bearlumen_core::track::Tracked;
use pyo3::exceptions::PyStopIteration;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;
use std::sync::Arc;

/// The result of one `track()`. Attributes and items answer in both spellings.
#[pyclass(frozen, module = "bearlumen")]
pub(crate) struct TrackResult {
    call: Arc<Late>,
    record: PyOnceLock<Py<PyAny>>,
}

impl TrackResult {
    pub(crate) fn new(tracked: Tracked) -> Self {
        Self::of(Arc::new(Late::made(tracked)))
    }

    pub(crate) fn of(call: Arc<Late>) -> Self {
        Self {
            call,
            record: PyOnceLock::new(),
        }
    }

    fn tracked(&self) -> &Tracked {
        self.call.tracked()
    }

    fn whole<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyAny>> {
        self.record
            .get_or_try_init(py, || record(py, self.tracked()).map(Bound::unbind))
            .map(|record| record.bind(py))
    }
}

#[pymethods]
impl TrackResult {
    /// Who answered, if known.
    #[getter]
    fn provider(&self) -> Option<&str> {
        self.tracked().provider.as_deref()
    }

    /// The model, if known.
    #[getter]
    fn model(&self) -> Option<&str> {
        self.tracked().model.as_deref()
    }

    /// Tokens sent, cached ones included.
    #[getter]
    fn input_tokens(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        number(py, self.tracked().input_tokens)
    }

    /// Tokens received, reasoning included.
    #[getter]
    fn output_tokens(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        number(py, self.tracked().output_tokens)
    }

    /// Both.
    #[getter]
    fn total_tokens(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        number(py, self.tracked().total_tokens)
    }

    /// The event's id at the service.
    #[getter]
    fn event_id(&self) -> String {
        self.tracked().event_id()
    }

    /// The key that makes sending the event again harmless.
    #[getter]
    fn idempotency_key(&self) -> &str {
        &self.tracked().idempotency_key
    }

    /// What it cost by the catalogue, and why.
    #[getter]
    fn cost<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(py)?.get_item(intern!(py, "cost"))
    }

    /// Disjoint buckets.
    #[getter]
    fn usage<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(py)?.get_item(intern!(py, "usage"))
    }

    /// A stream that ended early: what is known is not all.
    #[getter]
    fn incomplete(&self) -> bool {
        self.tracked().incomplete
    }

    /// What was odd.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(py)?.get_item(intern!(py, "warnings"))
    }

    /// Everything, as the record that all other results are.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(py).cloned()
    }

    /// The other spelling of the names above.
    fn __getattr__<'py>(
        &self,
        py: Python<'py>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.whole(py)?.getattr(name)
    }

    fn __getitem__<'py>(
        &self,
        py: Python<'py>,
        key: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.whole(py)?.get_item(key)
    }

    /// The names of everything in it, so that `dict(result)` works.
    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(py)?.call_method0("keys")
    }

    /// It is there at once: `await` answers the same result.
    fn __await__(slf: Py<Self>) -> Ready {
        Ready(Some(slf))
    }

    fn __repr__(&self) -> String {
        let tracked = self.tracked();
        let name = |text: &Option<String>| {
            text.as_ref()
                .map_or_else(|| "None".to_owned(), |text| format!("{text:?}"))
        };
        let cost = tracked.cost.amount.map_or_else(
            || "unpriced".to_owned(),
            |amount| format!("${amount} {}", tracked.cost.basis.as_str()),
        );
        format!(
            "<TrackResult provider={} model={} input_tokens={} output_tokens={} cost={cost} event_id={:?}>",
            name(&tracked.provider),
            name(&tracked.model),
            tracked.input_tokens,
            tracked.output_tokens,
            tracked.event_id(),
        )
    }
}

/// What awaiting a result goes through: nothing.
#[pyclass(module = "bearlumen._native")]
pub(crate) struct Ready(Option<Py<TrackResult>>);

#[pymethods]
impl Ready {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&mut self) -> PyResult<()> {
        Err(PyStopIteration::new_err((self.0.take(),)))
    }
}

fn number(py: Python<'_>, quantity: Quantity) -> PyResult<Py<PyAny>> {
    let (whole, part) = quantity.split();
    if part == 0 {
        return Ok(whole.into_pyobject(py)?.into_any().unbind());
    }
    Ok(quantity.to_f64().into_pyobject(py)?.into_any().unbind())
}
