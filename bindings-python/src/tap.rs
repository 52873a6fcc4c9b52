//! The step of a stream that passes through: it is taken for every chunk, so nothing of it is Python.

use crate::recorder::Recorder;
use pyo3::PyTraverseError;
use pyo3::PyVisit;
use pyo3::exceptions::PyStopIteration;
use pyo3::intern;
use pyo3::prelude::*;

/// Draws from an iterator and shows each chunk to a recorder. The package's class around it knows the end of a stream.
#[pyclass(subclass, module = "bearlumen._native")]
pub(crate) struct Drawing {
    /// The source's `__next__`; gone once nobody can ask for more.
    draw: Option<Py<PyAny>>,
    shown: Option<Shown>,
}

enum Shown {
    Recorder(Py<Recorder>),
    /// The `feed` of what stands in front of one.
    Other(Py<PyAny>),
}

impl Shown {
    /// Whether to keep the chunk from the caller.
    fn take(&self, chunk: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = chunk.py();
        match self {
            Self::Recorder(recorder) => recorder.bind(py).get().feed(chunk),
            Self::Other(feed) => feed.bind(py).call1((chunk,))?.is_truthy(),
        }
    }
}

#[pymethods]
impl Drawing {
    #[new]
    fn new(source: &Bound<'_, PyAny>, recorder: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = source.py();
        let shown = match recorder.cast::<Recorder>() {
            Ok(recorder) => Shown::Recorder(recorder.clone().unbind()),
            Err(_) => Shown::Other(recorder.getattr(intern!(py, "feed"))?.unbind()),
        };
        Ok(Self {
            draw: Some(source.getattr(intern!(py, "__next__"))?.unbind()),
            shown: Some(shown),
        })
    }

    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let this = slf.borrow();
        let (Some(draw), Some(shown)) = (&this.draw, &this.shown) else {
            return Err(PyStopIteration::new_err(()));
        };
        loop {
            let chunk = match draw.bind(py).call0() {
                Ok(chunk) => chunk,
                Err(error) => {
                    let is_early = !error.is_instance_of::<PyStopIteration>(py);
                    slf.call_method1(intern!(py, "end"), (is_early,))?;
                    return Err(error);
                }
            };
            if !shown.take(&chunk)? {
                return Ok(chunk);
            }
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.draw)?;
        match &self.shown {
            Some(Shown::Recorder(recorder)) => visit.call(recorder),
            Some(Shown::Other(feed)) => visit.call(feed),
            None => Ok(()),
        }
    }

    fn __clear__(&mut self) {
        self.draw = None;
        self.shown = None;
    }
}
