//! Python values to JSON text, strictly: what JSON cannot say is refused, not guessed.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

/// Deeper than any data made by hand, shallower than the reader's own limit.
const MAX_DEPTH: usize = 64;

/// The JSON text of `value`, or `None` when it holds something that JSON cannot say. Stops soon after
/// `enough` bytes: what is longer is of no use to the caller.
pub(crate) fn json_text(value: &Bound<'_, PyAny>, enough: usize) -> Option<String> {
    let mut text = JsonText {
        out: String::new(),
        enough,
    };
    text.value(value, 0)?;
    Some(text.out)
}

struct JsonText {
    out: String,
    enough: usize,
}

impl JsonText {
    fn value(&mut self, value: &Bound<'_, PyAny>, depth: usize) -> Option<()> {
        if self.out.len() > self.enough {
            return Some(());
        }
        if depth > MAX_DEPTH {
            return None;
        }
        if value.is_none() {
            self.out.push_str("null");
        } else if let Ok(flag) = value.cast::<PyBool>() {
            self.out
                .push_str(if flag.is_true() { "true" } else { "false" });
        } else if let Ok(text) = value.cast::<PyString>() {
            self.text(text)?;
        } else if let Some(number) = number_text(value) {
            self.out.push_str(&number);
        } else if let Ok(dict) = value.cast::<PyDict>() {
            self.out.push('{');
            for (position, (key, value)) in dict.iter().enumerate() {
                if position > 0 {
                    self.out.push(',');
                }
                self.text(key.cast::<PyString>().ok()?)?;
                self.out.push(':');
                self.value(&value, depth + 1)?;
            }
            self.out.push('}');
        } else if let Ok(list) = value.cast::<PyList>() {
            self.list(list.iter(), depth)?;
        } else if let Ok(tuple) = value.cast::<PyTuple>() {
            self.list(tuple.iter(), depth)?;
        } else {
            return None;
        }
        Some(())
    }

    fn list<'py>(
        &mut self,
        items: impl Iterator<Item = Bound<'py, PyAny>>,
        depth: usize,
    ) -> Option<()> {
        self.out.push('[');
        for (position, item) in items.enumerate() {
            if position > 0 {
                self.out.push(',');
            }
            self.value(&item, depth + 1)?;
        }
        self.out.push(']');
        Some(())
    }

    fn text(&mut self, text: &Bound<'_, PyString>) -> Option<()> {
        let quoted = serde_json::to_string(text.to_cow().ok()?.as_ref()).ok()?;
        self.out.push_str(&quoted);
        Some(())
    }
}

/// The decimal text of an `int` or a finite `float`.
pub(crate) fn number_text(value: &Bound<'_, PyAny>) -> Option<String> {
    if value.is_instance_of::<PyBool>() {
        return None;
    }
    if value.is_instance_of::<PyInt>() {
        if let Ok(number) = value.extract::<i64>() {
            return Some(number.to_string());
        }
        // The class's own text: an enumeration's would be its name.
        let number = value
            .py()
            .get_type::<PyInt>()
            .call_method1("__repr__", (value,))
            .ok()?;
        return number.extract::<String>().ok();
    }
    let number = value.cast::<PyFloat>().ok()?.value();
    number.is_finite().then(|| number.to_string())
}
