//! The wanted fields of a response with their names as interned Python strings, made once.

use bearlumen_core::response::{Shape, response_shape};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;

/// What to read of one value. See [`Shape`], which it mirrors.
pub(crate) struct Wanted {
    pub(crate) is_leaf: bool,
    pub(crate) fields: Vec<WantedField>,
    pub(crate) items: Option<Box<Wanted>>,
}

/// A wanted field of an object.
pub(crate) struct WantedField {
    /// Interned, so that a dictionary finds it by identity, with a hash computed once.
    pub(crate) key: Py<PyString>,
    pub(crate) name: &'static str,
    pub(crate) wanted: Wanted,
}

/// What to read of a whole response.
pub(crate) fn response(py: Python<'_>) -> &'static Wanted {
    static RESPONSE: PyOnceLock<Wanted> = PyOnceLock::new();
    RESPONSE.get_or_init(py, || mirror(py, response_shape()))
}

fn mirror(py: Python<'_>, shape: &'static Shape) -> Wanted {
    let field = |(name, shape): (&'static str, &'static Shape)| WantedField {
        key: PyString::intern(py, name).unbind(),
        name,
        wanted: mirror(py, shape),
    };
    Wanted {
        is_leaf: shape.is_leaf(),
        fields: shape.fields().map(field).collect(),
        items: shape.items().map(|items| Box::new(mirror(py, items))),
    }
}
