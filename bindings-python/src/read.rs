//! Python objects, field by field: only wanted ones, nothing serialised, and nothing raised.
//!
//! Dictionaries, pydantic models, plain objects and slotted ones are read where they stand. A property that
//! raises counts as absent. Message text is never touched.

use crate::wanted::{self, Kind, Model, Wanted, WantedField};
use bearlumen_core::response::{
    Key, MAX_RESPONSE_NODES, ParseError, Scalar, Tape, TapeWriter, parse_json,
};
use bearlumen_core::track::Subject;
use pyo3::exceptions::PyException;
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple,
};
use std::borrow::Cow;
use std::ptr;

/// Reads a response and hands it to `then`. Beside its answer comes what must still be raised: an interrupt
/// of the whole program, such as Ctrl-C, that arrived while a property ran.
pub(crate) fn with_response<R>(
    response: &Bound<'_, PyAny>,
    then: impl FnOnce(Subject<'_>) -> R,
) -> (R, Option<PyErr>) {
    if response.is_none() {
        return (then(Subject::Manual), None);
    }
    if let Some(text) = text_bytes(response) {
        let tape = match &text {
            Ok(text) => parse_json(text),
            Err(error) => Err(error.clone()),
        };
        return (then(Subject::Response(tape)), None);
    }
    let (tape, interrupt) = read_object(response);
    (then(Subject::Response(tape)), interrupt)
}

/// The bytes of a text, of `bytes` or of a `bytearray`; `None` for everything else.
pub(crate) fn text_bytes<'a>(
    value: &'a Bound<'_, PyAny>,
) -> Option<Result<Cow<'a, [u8]>, ParseError>> {
    if let Ok(text) = value.cast::<PyString>() {
        return Some(match text.to_cow() {
            Ok(Cow::Borrowed(text)) => Ok(Cow::Borrowed(text.as_bytes())),
            Ok(Cow::Owned(text)) => Ok(Cow::Owned(text.into_bytes())),
            Err(_) => Err(ParseError::NotJson {
                reason: "the text is not valid Unicode".to_owned(),
            }),
        });
    }
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Some(Ok(Cow::Borrowed(bytes.as_bytes())));
    }
    // A copy: the caller's other threads may change it meanwhile.
    let bytes = value.cast::<PyByteArray>().ok()?;
    Some(Ok(Cow::Owned(bytes.to_vec())))
}

/// What an object's wanted fields are told to, in their order.
pub(crate) trait Sink {
    /// A value without parts. A text is the caller's own for this moment.
    fn scalar(&mut self, name: Key, value: Scalar<'_>);
    /// A value with fields: what follows is in it, until the end.
    fn begin_object(&mut self, name: Key);
    /// The same with items.
    fn begin_list(&mut self, name: Key);
    /// The end of what was begun last.
    fn end(&mut self);
    /// What follows is of no use any more.
    fn is_done(&self) -> bool {
        false
    }
}

impl Sink for TapeWriter<'static> {
    fn scalar(&mut self, name: Key, value: Scalar<'_>) {
        Self::scalar(self, name, owned(value));
    }

    fn begin_object(&mut self, name: Key) {
        Self::begin_object(self, name);
    }

    fn begin_list(&mut self, name: Key) {
        Self::begin_list(self, name);
    }

    fn end(&mut self) {
        Self::end(self);
    }
}

/// The same value, its text copied.
pub(crate) fn owned(value: Scalar<'_>) -> Scalar<'static> {
    match value {
        Scalar::Null => Scalar::Null,
        Scalar::Bool(flag) => Scalar::Bool(flag),
        Scalar::Unsigned(number) => Scalar::Unsigned(number),
        Scalar::Negative(number) => Scalar::Negative(number),
        Scalar::Float(number) => Scalar::Float(number),
        Scalar::Text(text) => Scalar::Text(Cow::Owned(text.into_owned())),
        Scalar::Opaque => Scalar::Opaque,
    }
}

/// Reads the wanted fields of an object into a tape, and beside it an interrupt, as above.
pub(crate) fn read_object(
    object: &Bound<'_, PyAny>,
) -> (Result<Tape<'static>, ParseError>, Option<PyErr>) {
    let mut writer = Tape::writer();
    let (read, interrupt) = tell_object(object, &mut writer);
    (read.map(|()| writer.finish()), interrupt)
}

/// The same of an object that says by itself what it is: no text, and no dictionary, which may have a stream in it.
pub(crate) fn read_alone(
    object: &Bound<'_, PyAny>,
) -> Option<(Result<Tape<'static>, ParseError>, Option<PyErr>)> {
    let is_alone = !object.is_none()
        && !object.is_instance_of::<PyDict>()
        && !object.is_instance_of::<PyString>()
        && !object.is_instance_of::<PyBytes>()
        && !object.is_instance_of::<PyByteArray>();
    is_alone.then(|| read_object(object))
}

/// The same of a pydantic model of a class that was met before. It is a response whatever else it is, as the package's
/// `kind_of` has it.
pub(crate) fn read_known(
    object: &Bound<'_, PyAny>,
) -> Option<(Result<Tape<'static>, ParseError>, Option<PyErr>)> {
    let wanted = wanted::response(object.py());
    let model = wanted.known_model(object)?;
    let mut writer = Tape::writer();
    let (read, interrupt) = tell(&mut writer, |reader| reader.model(object, &model, wanted));
    Some((read.map(|()| writer.finish()), interrupt))
}

/// Tells the wanted fields of an object, and answers whether it could be read, and an interrupt, as above.
pub(crate) fn tell_object(
    object: &Bound<'_, PyAny>,
    sink: &mut impl Sink,
) -> (Result<(), ParseError>, Option<PyErr>) {
    if is_no_object(object) {
        return (Err(ParseError::NotAnObject), None);
    }
    tell(sink, |reader| {
        reader.fields(object, wanted::response(object.py()));
    })
}

fn tell<S: Sink>(
    sink: &mut S,
    what: impl FnOnce(&mut Reader<'_, S>),
) -> (Result<(), ParseError>, Option<PyErr>) {
    let mut reader = Reader {
        sink,
        nodes: 0,
        interrupt: None,
    };
    what(&mut reader);
    let read = if reader.nodes > MAX_RESPONSE_NODES {
        Err(ParseError::TooManyValues)
    } else {
        Ok(())
    };
    (read, reader.interrupt)
}

fn is_no_object(value: &Bound<'_, PyAny>) -> bool {
    value.is_none()
        || value.is_instance_of::<PyList>()
        || value.is_exact_instance_of::<PyTuple>()
        || value.is_instance_of::<PyInt>()
        || value.is_instance_of::<PyFloat>()
}

struct Reader<'s, S> {
    sink: &'s mut S,
    /// How many values were told, and then no more.
    nodes: usize,
    interrupt: Option<PyErr>,
}

impl<S: Sink> Reader<'_, S> {
    /// Tells the wanted fields that `object` has.
    fn fields(&mut self, object: &Bound<'_, PyAny>, wanted: &Wanted) {
        if let Ok(dict) = object.cast::<PyDict>() {
            self.entries(dict, wanted);
            return;
        }
        match wanted.kind(&object.get_type()).as_ref() {
            Kind::Model(model) => self.model(object, model, wanted),
            Kind::Plain(properties) => self.attributes(object, properties, wanted),
        }
    }

    /// Tells the wanted fields of a pydantic model. It has them in its dictionary: asking it for others raises, slowly,
    /// in Python.
    fn model(&mut self, object: &Bound<'_, PyAny>, model: &Model, wanted: &Wanted) {
        let py = object.py();
        // Fields that the SDK's model does not declare: newer than the SDK, or a vendor's own.
        if model.takes_extra
            && let Some(extra) = self
                .absent_if_raised(own_attribute(object, intern!(py, "__pydantic_extra__")))
                .and_then(dictionary)
            && !extra.is_empty()
        {
            self.entries(&extra, wanted);
        }
        let Some(own) = self
            .absent_if_raised(own_dictionary(object))
            .and_then(dictionary)
        else {
            self.attributes(object, &[], wanted);
            return;
        };
        if own.len() == model.size {
            self.declared(&own, model, wanted);
        } else {
            self.entries(&own, wanted);
        }
    }

    /// Tells the wanted fields of any other object, `properties` among them.
    fn attributes(&mut self, object: &Bound<'_, PyAny>, properties: &[usize], wanted: &Wanted) {
        let py = object.py();
        if let Some(own) = self
            .attribute(object, intern!(py, "__dict__"))
            .and_then(dictionary)
        {
            let found = self.entries(&own, wanted);
            if let Some(children) = self.children_of_mock(&own) {
                self.entries(&children, wanted);
                return;
            }
            if found {
                self.properties(object, &own, properties, wanted);
                return;
            }
        }
        // What makes up every field that it is asked for has told nothing; who answers None lacks it.
        let made_up = self.attribute(object, intern!(py, "_bearlumen_no_such_field"));
        if made_up.as_ref().is_some_and(|value| !value.is_none()) {
            return;
        }
        // Slots, properties, protobuf wrappers: the fields cannot be listed, so they are asked for.
        for field in &wanted.fields {
            if let Some(value) = self.attribute(object, field.key.bind(py))
                && !(made_up.is_some() && value.is_none())
            {
                self.value(field.name, &value, &field.wanted);
            }
        }
    }

    /// Tells what an object gives by properties beside its dictionary: some hold a call's answers in a list of their own.
    fn properties(
        &mut self,
        object: &Bound<'_, PyAny>,
        own: &Bound<'_, PyDict>,
        properties: &[usize],
        wanted: &Wanted,
    ) {
        let py = object.py();
        for place in properties {
            if let Some(field) = wanted.fields.get(*place)
                && !own.contains(field.key.bind(py)).unwrap_or(true)
                && let Some(value) = self.attribute(object, field.key.bind(py))
            {
                self.value(field.name, &value, &field.wanted);
            }
        }
    }

    /// What was set up in one of `unittest.mock`'s objects beside plain values. Asked for anything else it makes it up,
    /// slowly and without end.
    fn children_of_mock<'py>(&mut self, own: &Bound<'py, PyDict>) -> Option<Bound<'py, PyDict>> {
        self.absent_if_raised(own.get_item(intern!(own.py(), "_mock_children")))
            .flatten()
            .and_then(dictionary)
    }

    /// Tells the fields that a model's class declares and that are wanted.
    fn declared(&mut self, own: &Bound<'_, PyDict>, model: &Model, wanted: &Wanted) {
        for place in &model.fields {
            if self.sink.is_done() {
                return;
            }
            if let Some(field) = wanted.fields.get(*place)
                && let Some(value) = self
                    .absent_if_raised(own.get_item(field.key.bind(own.py())))
                    .flatten()
            {
                self.value(field.name, &value, &field.wanted);
            }
        }
    }

    /// Tells the wanted entries, and says whether there was any.
    fn entries(&mut self, dict: &Bound<'_, PyDict>, wanted: &Wanted) -> bool {
        if dict.len() > wanted.fields.len() {
            return self.asked(dict, wanted);
        }
        let by_name = wanted.by_name.bind(dict.py());
        let mut found = false;
        for (key, value) in dict.iter() {
            let Some(field) = self.wanted_field(by_name, &key, wanted) else {
                continue;
            };
            found = true;
            self.value(field.name, &value, &field.wanted);
        }
        found
    }

    /// The same for a dictionary that holds more than is wanted.
    fn asked(&mut self, dict: &Bound<'_, PyDict>, wanted: &Wanted) -> bool {
        let mut found = false;
        for field in &wanted.fields {
            let value = self.absent_if_raised(dict.get_item(field.key.bind(dict.py())));
            if let Some(value) = value.flatten() {
                found = true;
                self.value(field.name, &value, &field.wanted);
            }
        }
        found
    }

    fn wanted_field<'w>(
        &mut self,
        by_name: &Bound<'_, PyDict>,
        key: &Bound<'_, PyAny>,
        wanted: &'w Wanted,
    ) -> Option<&'w WantedField> {
        // Only texts name fields; looking others up could run their own code.
        let key = key.cast_exact::<PyString>().ok()?;
        let position = self.absent_if_raised(by_name.get_item(key)).flatten()?;
        wanted.fields.get(position.extract::<usize>().ok()?)
    }

    fn value(&mut self, name: Key, value: &Bound<'_, PyAny>, wanted: &Wanted) {
        self.nodes += 1;
        if self.nodes > MAX_RESPONSE_NODES || self.sink.is_done() {
            return;
        }
        // The commonest first: whether something is of a derived class takes a call to find out.
        if value.is_none() {
            self.sink.scalar(name, Scalar::Null);
        } else if value.is_exact_instance_of::<PyInt>() {
            self.sink.scalar(name, whole_number(value));
        } else if let Ok(text) = value.cast_exact::<PyString>() {
            self.text(name, text, wanted);
        } else if let Some(model) = wanted.known_model(value) {
            self.sink.begin_object(name);
            self.model(value, &model, wanted);
            self.sink.end();
        } else if let Ok(text) = value.cast::<PyString>() {
            self.text(name, text, wanted);
        } else if let Ok(flag) = value.cast::<PyBool>() {
            self.sink.scalar(name, Scalar::Bool(flag.is_true()));
        } else if value.is_instance_of::<PyInt>() {
            self.sink.scalar(name, whole_number(value));
        } else if let Ok(number) = value.cast::<PyFloat>() {
            self.sink.scalar(name, Scalar::Float(number.value()));
        } else if let Some(items) = &wanted.items
            && let Ok(list) = value.cast::<PyList>()
        {
            self.items(name, list.iter(), items);
        } else if let Some(items) = &wanted.items
            && let Ok(tuple) = value.cast::<PyTuple>()
        {
            self.items(name, tuple.iter(), items);
        } else if wanted.fields.is_empty() || value.is_instance_of::<PyList>() {
            let scalar = if self.is_absent(value) {
                Scalar::Null
            } else {
                Scalar::Opaque
            };
            self.sink.scalar(name, scalar);
        } else {
            self.sink.begin_object(name);
            self.fields(value, wanted);
            self.sink.end();
        }
    }

    fn text(&mut self, name: Key, text: &Bound<'_, PyString>, wanted: &Wanted) {
        let scalar = match text.to_cow() {
            Ok(text) if wanted.is_leaf => Scalar::Text(text),
            _ => Scalar::Opaque,
        };
        self.sink.scalar(name, scalar);
    }

    /// The mark that some SDKs leave where nothing was sent: an object of their own that is false.
    fn is_absent(&mut self, value: &Bound<'_, PyAny>) -> bool {
        let is_list = value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>();
        let mut is_true = || self.absent_if_raised(value.is_truthy());
        !is_list && !value.is_instance_of::<PyDict>() && is_true() == Some(false)
    }

    fn items<'py>(
        &mut self,
        name: Key,
        items: impl Iterator<Item = Bound<'py, PyAny>>,
        wanted: &Wanted,
    ) {
        self.sink.begin_list(name);
        // A property that runs meanwhile may let the list grow for ever.
        for item in items.take(MAX_RESPONSE_NODES) {
            if self.sink.is_done() {
                return;
            }
            self.value(Key::ITEM, &item, wanted);
        }
        self.sink.end();
    }

    fn attribute<'py>(
        &mut self,
        object: &Bound<'py, PyAny>,
        name: &Bound<'py, PyString>,
    ) -> Option<Bound<'py, PyAny>> {
        self.absent_if_raised(object.getattr(name))
    }

    fn absent_if_raised<T>(&mut self, result: PyResult<T>) -> Option<T> {
        result.map_err(|error| self.keep_interrupt(error)).ok()
    }

    #[cold]
    fn keep_interrupt(&mut self, error: PyErr) {
        // `Attach` is free here: an error in hand means the interpreter is too.
        let is_interrupt = Python::attach(|py| !error.is_instance_of::<PyException>(py));
        if is_interrupt && self.interrupt.is_none() {
            self.interrupt = Some(error);
        }
    }
}

/// What a model keeps under a name, past its `__getattr__`: that takes longer, and answers for other names alone.
fn own_attribute<'py>(
    model: &Bound<'py, PyAny>,
    name: &Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyAny>> {
    #[expect(unsafe_code, reason = "pyo3 has no safe name for it")]
    // SAFETY: both are live objects, and the answer is a new reference or null with the error set.
    unsafe {
        let found = ffi::PyObject_GenericGetAttr(model.as_ptr(), name.as_ptr());
        Bound::from_owned_ptr_or_err(model.py(), found)
    }
}

/// What a model keeps its fields in.
fn own_dictionary<'py>(model: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    #[expect(unsafe_code, reason = "pyo3 has no safe name for it")]
    // SAFETY: a live object, and the answer is a new reference or null with the error set.
    unsafe {
        let found = ffi::PyObject_GenericGetDict(model.as_ptr(), ptr::null_mut());
        Bound::from_owned_ptr_or_err(model.py(), found)
    }
}

fn dictionary(value: Bound<'_, PyAny>) -> Option<Bound<'_, PyDict>> {
    value.cast_into::<PyDict>().ok()
}

fn whole_number(value: &Bound<'_, PyAny>) -> Scalar<'static> {
    if let Ok(number) = value.extract::<u64>() {
        return Scalar::Unsigned(number);
    }
    if let Ok(number) = value.extract::<i64>() {
        return Scalar::Negative(number);
    }
    // As JSON text of that many digits would read.
    value.extract::<f64>().map_or(Scalar::Opaque, Scalar::Float)
}
