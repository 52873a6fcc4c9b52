//! The wanted fields of a response with their names as interned Python strings, made once, and which of them each
//! class of a provider's SDK has.

use bearlumen_core::response::{Key, Shape, response_shape};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyType};
use std::borrow::Cow;
use std::collections::HashMap;
use std::mem::take;
use std::ptr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A program mostly meets no more, and finds them without a lock.
const FIRST_CLASSES: usize = 8;
/// Who makes new classes all the time shall not fill the memory with them.
const MAX_CLASSES: usize = 64;

/// What to read of one value. See [`Shape`], which it mirrors.
pub(crate) struct Wanted {
    pub(crate) is_leaf: bool,
    pub(crate) fields: Vec<WantedField>,
    /// The fields' positions by name, to look up what an object has instead of asking it for all there is.
    pub(crate) by_name: Py<PyDict>,
    pub(crate) items: Option<Arc<Wanted>>,
    firsts: [OnceLock<Class>; FIRST_CLASSES],
    others: Mutex<Vec<Class>>,
}

/// A wanted field of an object.
pub(crate) struct WantedField {
    /// Interned, so that a dictionary finds it by identity, with a hash computed once.
    pub(crate) key: Py<PyString>,
    pub(crate) name: Key,
    pub(crate) wanted: Arc<Wanted>,
}

/// A class that was met here, held so that its address stays its own.
struct Class {
    class: Py<PyType>,
    kind: Kind,
}

/// How the objects of a class hold what is wanted.
#[derive(Clone)]
pub(crate) enum Kind {
    /// As a pydantic model's.
    Model(Arc<Model>),
    /// In their dictionaries, and by these properties: the positions of the wanted fields.
    Plain(Arc<[usize]>),
}

/// A pydantic model's class, as far as it is wanted.
pub(crate) struct Model {
    /// The positions of the wanted fields that it declares.
    pub(crate) fields: Vec<usize>,
    /// How many fields it declares.
    pub(crate) size: usize,
    /// Its objects may have fields that it does not declare.
    pub(crate) takes_extra: bool,
}

impl Wanted {
    /// The pydantic model that the value is of, if such a one was met here before.
    pub(crate) fn known_model(&self, value: &Bound<'_, PyAny>) -> Option<Cow<'_, Arc<Model>>> {
        if self.fields.is_empty() {
            return None;
        }
        match self.known(&value.get_type())? {
            Cow::Borrowed(Kind::Model(model)) => Some(Cow::Borrowed(model)),
            Cow::Owned(Kind::Model(model)) => Some(Cow::Owned(model)),
            Cow::Borrowed(Kind::Plain(_)) | Cow::Owned(Kind::Plain(_)) => None,
        }
    }

    /// What was found out when the class was met here; `None` when it was not.
    fn known(&self, class: &Bound<'_, PyType>) -> Option<Cow<'_, Kind>> {
        let is_it = |known: &&Class| known.class.as_ptr() == class.as_ptr();
        let mut firsts = self.firsts.iter().map_while(OnceLock::get);
        if let Some(known) = firsts.find(is_it) {
            return Some(Cow::Borrowed(&known.kind));
        }
        self.firsts.last()?.get()?;
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let known = others.iter().find(is_it)?;
        Some(Cow::Owned(known.kind.clone()))
    }

    /// What is known of a class.
    pub(crate) fn kind(&self, class: &Bound<'_, PyType>) -> Cow<'_, Kind> {
        if let Some(kind) = self.known(class) {
            return kind;
        }
        // Without the lock: this runs Python code.
        let kind = self.look_at(class).map_or_else(
            || Kind::Plain(self.properties(class).into()),
            |model| Kind::Model(Arc::new(model)),
        );
        self.remember(Class {
            class: class.clone().unbind(),
            kind: kind.clone(),
        });
        Cow::Owned(kind)
    }

    fn remember(&self, mut class: Class) {
        for place in &self.firsts {
            match place.set(class) {
                Ok(()) => return,
                Err(taken) => class = taken,
            }
        }
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let forgotten = if others.len() < MAX_CLASSES {
            Vec::new()
        } else {
            take(&mut *others)
        };
        others.push(class);
        drop(others);
        // Without the lock, too: a class that goes may run Python code.
        drop(forgotten);
    }

    /// The positions of the wanted fields that a class gives by properties.
    fn properties(&self, class: &Bound<'_, PyType>) -> Vec<usize> {
        static PROPERTY: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let py = class.py();
        let Ok(property) = PROPERTY.import(py, "builtins", "property") else {
            return Vec::new();
        };
        let is_property = |field: &WantedField| {
            let found = class.getattr(field.key.bind(py));
            found.is_ok_and(|found| found.is_instance(property).unwrap_or(false))
        };
        let fields = self.fields.iter().enumerate();
        fields
            .filter(|(_, field)| is_property(field))
            .map(|(place, _)| place)
            .collect()
    }

    fn look_at(&self, class: &Bound<'_, PyType>) -> Option<Model> {
        let py = class.py();
        let declared = class
            .getattr(intern!(py, "__pydantic_fields__"))
            .or_else(|_| class.getattr(intern!(py, "model_fields")))
            .ok()?
            .cast_into::<PyDict>()
            .ok()?;
        let is_declared =
            |field: &WantedField| declared.contains(field.key.bind(py)).unwrap_or(false);
        let fields = self.fields.iter().enumerate();
        let extra = class
            .getattr(intern!(py, "model_config"))
            .and_then(|config| config.get_item(intern!(py, "extra")));
        Some(Model {
            fields: fields
                .filter(|(_, field)| is_declared(field))
                .map(|(place, _)| place)
                .collect(),
            size: declared.len(),
            takes_extra: extra.is_ok_and(|extra| extra.eq("allow").unwrap_or(true)),
        })
    }
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
        firsts: [const { OnceLock::new() }; FIRST_CLASSES],
        others: Mutex::default(),
    });
    known.insert(ptr::from_ref(shape), Arc::clone(&wanted));
    wanted
}
