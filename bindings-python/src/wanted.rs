//! The wanted fields of a response with their names as interned Python strings, made once.

use bearlumen_core::response::{Key, Shape, response_shape};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString};
use std::collections::HashMap;
use std::ptr;
use std::sync::Arc;

/// What to read of one value. See [`Shape`], which it mirrors.
pub(crate) struct Wanted {
    pub(crate) is_leaf: bool,
    pub(crate) fields: Vec<WantedField>,
    /// The fields' positions by name, to look up what an object has instead of asking it for all there is.
    pub(crate) by_name: Py<PyDict>,
    pub(crate) items: Option<Arc<Wanted>>,
}

/// A wanted field of an object.
pub(crate) struct WantedField {
    /// Interned, so that a dictionary finds it by identity, with a hash computed once.
    pub(crate) key: Py<PyString>,
    pub(crate) name: Key,
    pub(crate) wanted: Arc<Wanted>,
}

/// What to read of a whole response.
pub(crate) fn response(py: Python<'_>) -> &'static Wanted {
    static RESPONSE: PyOnceLock<Arc<Wanted>> = PyOnceLock::new();
    RESPONSE.get_or_init(py, || mirror(py, response_shape(), &mut HashMap::new()))
}

/// Parts of a response that are alike share their shape, and so their mirror.
type Mirrored = HashMap<*const Shape, Arc<Wanted>>;

fn mirror(py: Python<'_>, shape: &'static Shape, known: &mut Mirrored) -> Arc<Wanted> {
    if let Some(wanted) = known.get(&ptr::from_ref(shape)) {
        return Arc::clone(wanted);
    }
    let field = |(spelling, name, shape): (&'static str, Key, &'static Shape)| WantedField {
        key: PyString::intern(py, spelling).unbind(),
        name,
        wanted: mirror(py, shape, known),
    };
    let fields: Vec<WantedField> = shape.fields().map(field).collect();
    let by_name = PyDict::new(py);
    for (position, field) in fields.iter().enumerate() {
        // Without an entry the field is not found in small dictionaries: only memory running out can do that.
        let _ = by_name.set_item(&field.key, position);
    }
    let wanted = Arc::new(Wanted {
        is_leaf: shape.is_leaf(),
        fields,
        by_name: by_name.unbind(),
        items: shape.items().map(|items| mirror(py, items, known)),
    });
    known.insert(ptr::from_ref(shape), Arc::clone(&wanted));
    wanted
}
