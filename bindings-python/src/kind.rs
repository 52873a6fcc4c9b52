//! What was handed to `track()`: a response, or what must be gone through first. The package decides by type, once
//! for each type; here the answers are kept.

use crate::recorder::Recorder;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyString, PyType};

/// A whole response, to be read where it stands.
pub(crate) const RESPONSE: u8 = 0;

/// Types are few. Who makes new ones all the time shall not fill the memory with them.
const MAX_TYPES: usize = 1_000;

/// The kind of a value, a number of the package's own.
pub(crate) fn of(value: &Bound<'_, PyAny>) -> u8 {
    if value.is_exact_instance_of::<PyDict>()
        || value.is_none()
        || value.is_exact_instance_of::<PyString>()
        || value.is_exact_instance_of::<PyBytes>()
    {
        return RESPONSE;
    }
    of_type(&value.get_type()).unwrap_or(RESPONSE)
}

fn of_type(class: &Bound<'_, PyType>) -> PyResult<u8> {
    static KNOWN: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    static KIND_OF: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = class.py();
    let known = KNOWN.get_or_init(py, || PyDict::new(py).unbind()).bind(py);
    if let Some(kind) = known.get_item(class)? {
        return kind.extract();
    }
    let kind = KIND_OF
        .import(py, "bearlumen._kinds", "kind_of")?
        .call1((class,))?;
    if known.len() >= MAX_TYPES {
        known.clear();
    }
    known.set_item(class, &kind)?;
    kind.extract()
}

/// A stream inside a dictionary: some libraries put it beside what they say of the request.
pub(crate) struct Inside<'py> {
    dict: Bound<'py, PyDict>,
    key: Bound<'py, PyAny>,
    kind: u8,
    value: Bound<'py, PyAny>,
}

impl<'py> Inside<'py> {
    pub(crate) fn find(response: &Bound<'py, PyAny>) -> Option<Self> {
        let dict = response.cast::<PyDict>().ok()?;
        dict.iter().find_map(|(key, value)| {
            let kind = of(&value);
            (kind != RESPONSE).then(|| Self {
                dict: dict.clone(),
                key,
                kind,
                value,
            })
        })
    }

    /// Puts what is tracked in its place, so that it is whichever of the two the caller goes through.
    pub(crate) fn begin(self, recorder: Recorder) -> PyResult<Bound<'py, PyAny>> {
        let tracked = begin(self.kind, &self.value, recorder)?;
        self.dict.set_item(self.key, &tracked)?;
        Ok(tracked)
    }
}

/// What the package makes of it: it feeds the recorder.
pub(crate) fn begin<'py>(
    kind: u8,
    value: &Bound<'py, PyAny>,
    recorder: Recorder,
) -> PyResult<Bound<'py, PyAny>> {
    static BEGIN: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let recorder = Bound::new(value.py(), recorder)?;
    BEGIN
        .import(value.py(), "bearlumen._streams", "begin")?
        .call1((kind, value, recorder))
}
