//! What leaves as a record: Python objects made as the value names its parts, no text in between.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString, PyType};
use serde::ser::{
    Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct,
    Serializer,
};
use serde::{Serialize, ser};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// The record that `value` serialises to: a dictionary that answers both spellings of a key.
pub(crate) fn record<'py>(py: Python<'py>, value: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    value.serialize(Objects(py)).map_err(|error| error.0)
}

fn record_type(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static RECORD: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    RECORD.import(py, "bearlumen._record", "Record")
}

/// A field's name as a Python string, made once. Names are few and stand in the program itself, so that one is
/// told by where it stands.
fn interned<'py>(py: Python<'py>, name: &'static str) -> Bound<'py, PyString> {
    type Names = HashMap<(usize, usize), Py<PyString>>;
    static NAMES: PyOnceLock<Mutex<Names>> = PyOnceLock::new();
    let names = NAMES.get_or_init(py, Mutex::default);
    let place = (name.as_ptr().addr(), name.len());
    let known = |names: &Names| names.get(&place).map(|name| name.bind(py).clone());
    if let Some(name) = known(&names.lock().unwrap_or_else(PoisonError::into_inner)) {
        return name;
    }
    // Made without the lock: nothing of Python's runs while it is held.
    let made = PyString::intern(py, name);
    names
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(place, made.clone().unbind());
    made
}

/// What Python raised, or what no JSON could say.
#[derive(Debug)]
struct Raised(PyErr);

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Raised {}

impl ser::Error for Raised {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(PyValueError::new_err(message.to_string()))
    }
}

impl<E: Into<PyErr>> From<E> for Raised {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

#[derive(Clone, Copy)]
struct Objects<'py>(Python<'py>);

type Made<'py> = Result<Bound<'py, PyAny>, Raised>;
/// What no value of ours is.
type Never<'py> = Impossible<Bound<'py, PyAny>, Raised>;

fn unknown<T>() -> Result<T, Raised> {
    Err(ser::Error::custom("a record holds no such value"))
}

macro_rules! numbers {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, value: $type) -> Made<'py> {
            Ok(value.into_pyobject(self.0)?.into_any())
        }
    )*};
}

impl<'py> Serializer for Objects<'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Raised;
    type SerializeSeq = Items<'py>;
    type SerializeTuple = Items<'py>;
    type SerializeTupleStruct = Items<'py>;
    type SerializeTupleVariant = Never<'py>;
    type SerializeMap = Fields<'py>;
    type SerializeStruct = Fields<'py>;
    type SerializeStructVariant = Never<'py>;

    numbers!(
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_f32: f32, serialize_f64: f64
    );

    fn serialize_bool(self, value: bool) -> Made<'py> {
        Ok(value.into_pyobject(self.0)?.to_owned().into_any())
    }

    fn serialize_char(self, value: char) -> Made<'py> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Made<'py> {
        Ok(PyString::new(self.0, value).into_any())
    }

    fn serialize_bytes(self, _: &[u8]) -> Made<'py> {
        unknown()
    }

    fn serialize_none(self) -> Made<'py> {
        Ok(self.0.None().into_bound(self.0))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Made<'py> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Made<'py> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Made<'py> {
        self.serialize_none()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Made<'py> {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Made<'py> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Made<'py> {
        unknown()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'py>, Raised> {
        Ok(Items(PyList::empty(self.0)))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'py>, Raised> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'py>, Raised> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never<'py>, Raised> {
        unknown()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields<'py>, Raised> {
        let record = record_type(self.0)?.call0()?;
        let record = record.cast_into::<PyDict>().map_err(PyErr::from)?;
        Ok(Fields { record, key: None })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields<'py>, Raised> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never<'py>, Raised> {
        unknown()
    }
}

/// A list in the making.
struct Items<'py>(Bound<'py, PyList>);

impl<'py> SerializeSeq for Items<'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Raised;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Raised> {
        Ok(self.0.append(value.serialize(Objects(self.0.py()))?)?)
    }

    fn end(self) -> Made<'py> {
        Ok(self.0.into_any())
    }
}

impl<'py> SerializeTuple for Items<'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Raised;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Raised> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Made<'py> {
        SerializeSeq::end(self)
    }
}

impl<'py> SerializeTupleStruct for Items<'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Raised;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Raised> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Made<'py> {
        SerializeSeq::end(self)
    }
}

/// A record in the making.
struct Fields<'py> {
    record: Bound<'py, PyDict>,
    key: Option<Bound<'py, PyAny>>,
}

impl<'py> SerializeMap for Fields<'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Raised;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Raised> {
        self.key = Some(key.serialize(Objects(self.record.py()))?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Raised> {
        let value = value.serialize(Objects(self.record.py()))?;
        match self.key.take() {
            Some(key) => Ok(self.record.set_item(key, value)?),
            None => unknown(),
        }
    }

    fn end(self) -> Made<'py> {
        Ok(self.record.into_any())
    }
}

impl<'py> SerializeStruct for Fields<'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Raised;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Raised> {
        let py = self.record.py();
        let value = value.serialize(Objects(py))?;
        Ok(self.record.set_item(interned(py, name), value)?)
    }

    fn end(self) -> Made<'py> {
        Ok(self.record.into_any())
    }
}
