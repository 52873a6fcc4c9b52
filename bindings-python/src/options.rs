//! The options of `track()` as Python passes them. What cannot be used is named, never raised.

use crate::json::{json_text, number_text};
use bearlumen_core::event::{Attribution, DimensionValue, MAX_METADATA_BYTES};
use bearlumen_core::track::TrackOptions;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDateTime, PyDict, PyFloat, PyInt, PyString, PyType};

/// An option as it was passed; `None` when it was not.
pub(crate) type Given<'py> = Option<Bound<'py, PyAny>>;

/// The options of one `track()`, as they were passed.
pub(crate) struct Options<'py> {
    pub(crate) user_id: Given<'py>,
    pub(crate) feature: Given<'py>,
    pub(crate) agent_id: Given<'py>,
    pub(crate) workflow_id: Given<'py>,
    pub(crate) session_id: Given<'py>,
    pub(crate) session_type: Given<'py>,
    pub(crate) dimensions: Given<'py>,
    pub(crate) timestamp: Given<'py>,
    pub(crate) idempotency_key: Given<'py>,
    pub(crate) subscription_id: Given<'py>,
    pub(crate) metadata: Given<'py>,
    pub(crate) provider: Given<'py>,
    pub(crate) model: Given<'py>,
    pub(crate) url: Given<'py>,
    pub(crate) units: Given<'py>,
    pub(crate) cost: Given<'py>,
}

impl<'py> Options<'py> {
    /// What the core takes. `ambient` holds options that count where the caller stated none; of dimensions and
    /// metadata, those keys.
    pub(crate) fn read(&self, ambient: Option<&Bound<'py, PyDict>>) -> TrackOptions {
        let mut given = Translator::default();
        let around = |name: &str| ambient.and_then(|ambient| ambient.get_item(name).ok().flatten());
        let either = |stated: &Given<'py>, name: &str| stated.clone().or_else(|| around(name));
        let mut text = |name: &'static str, stated: &Given<'py>, ambient_name: &str| {
            if ambient.is_none() {
                return given.text(name, stated);
            }
            given.text(name, &either(stated, ambient_name))
        };
        let attribution = Attribution {
            user_id: text("userId", &self.user_id, "user_id"),
            subscription_id: text("subscriptionId", &self.subscription_id, "subscription_id"),
            feature: text("feature", &self.feature, "feature"),
            agent_id: text("agentId", &self.agent_id, "agent_id"),
            workflow_id: text("workflowId", &self.workflow_id, "workflow_id"),
            session_id: text("sessionId", &self.session_id, "session_id"),
            session_type: text("sessionType", &self.session_type, "session_type"),
        };
        given.options.attribution = attribution;
        given.options.idempotency_key = given.text("idempotencyKey", &self.idempotency_key);
        given.options.provider = given.text("provider", &self.provider);
        given.options.model = given.text("model", &self.model);
        given.options.url = given.text("url", &self.url);
        if ambient.is_none() {
            given.dimensions(&self.dimensions);
            given.metadata(&self.metadata);
        } else {
            given.dimensions(&laid_over(around("dimensions"), &self.dimensions));
            given.metadata(&laid_over(around("metadata"), &self.metadata));
        }
        given.timestamp(&self.timestamp);
        given.units(&self.units);
        given.cost(&self.cost);
        given.options
    }
}

/// The entries of both dictionaries, the caller's own where both have one.
fn laid_over<'py>(around: Given<'py>, stated: &Given<'py>) -> Given<'py> {
    let (Some(around), Some(stated)) = (&around, stated) else {
        return around.or_else(|| stated.clone());
    };
    let both = || -> PyResult<Bound<'py, PyAny>> {
        let both = around.cast::<PyDict>()?.copy()?;
        both.update(stated.cast::<PyDict>()?.as_mapping())?;
        Ok(both.into_any())
    };
    // What is no dictionary is named as such by who reads it.
    Some(both().unwrap_or_else(|_| stated.clone()))
}

/// Turns options into what the core takes.
#[derive(Default)]
pub(crate) struct Translator {
    pub(crate) options: TrackOptions,
}

impl Translator {
    /// A label. Whole numbers are taken too: many user ids are.
    pub(crate) fn text(&mut self, name: &'static str, given: &Given<'_>) -> Option<String> {
        let value = given.as_ref()?;
        let text = match value.cast::<PyString>() {
            Ok(text) => text.to_cow().ok().map(std::borrow::Cow::into_owned),
            Err(_) if value.is_instance_of::<PyInt>() => number_text(value),
            Err(_) => None,
        };
        self.or_left_out(name, text)
    }

    /// A `datetime`, ISO 8601 text, or seconds since 1970 as `time.time()` gives them.
    pub(crate) fn timestamp(&mut self, given: &Given<'_>) {
        let Some(value) = given else { return };
        if let Ok(text) = value.extract::<String>() {
            self.options.set_timestamp(&text);
            return;
        }
        let seconds = if value.is_instance_of::<PyBool>() {
            None
        } else if value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>() {
            value.extract::<f64>().ok()
        } else if value.is_instance_of::<PyDateTime>() {
            value
                .call_method0("timestamp")
                .and_then(|seconds| seconds.extract::<f64>())
                .ok()
        } else {
            None
        };
        self.options.timestamp_ms = self.or_left_out("timestamp", seconds.and_then(seconds_to_ms));
    }

    /// US dollars as `int`, `float` or `Decimal`.
    pub(crate) fn cost(&mut self, given: &Given<'_>) {
        let Some(value) = given else { return };
        if let Some(usd) = self.or_left_out("cost", decimal_text(value)) {
            self.options.set_cost(&usd);
        }
    }

    /// `{"characters": 1500}`
    pub(crate) fn units(&mut self, given: &Given<'_>) {
        let Some(dict) = self.dictionary("units", given) else {
            return;
        };
        for (unit, amount) in dict.iter() {
            let pair = unit.extract::<String>().ok().zip(decimal_text(&amount));
            if let Some((unit, amount)) = self.or_left_out("units", pair) {
                self.options.add_units(&unit, &amount);
            }
        }
    }

    /// `{"team": "search", "latency_ms": 120}`
    pub(crate) fn dimensions(&mut self, given: &Given<'_>) {
        let Some(dict) = self.dictionary("dimensions", given) else {
            return;
        };
        for (name, value) in dict.iter() {
            if value.is_none() {
                continue;
            }
            let pair = name.extract::<String>().ok().zip(dimension(&value));
            if let Some(pair) = self.or_left_out("dimensions", pair) {
                self.options.dimensions.push(pair);
            }
        }
    }

    /// A dictionary of what JSON can say.
    pub(crate) fn metadata(&mut self, given: &Given<'_>) {
        let Some(dict) = self
            .dictionary("metadata", given)
            .filter(|dict| !dict.is_empty())
        else {
            return;
        };
        self.options.metadata = self.or_left_out("metadata", json_text(dict, MAX_METADATA_BYTES));
    }

    /// HTTP headers, in whatever mapping a client library keeps them.
    pub(crate) fn headers(&mut self, given: &Given<'_>) -> Vec<(String, String)> {
        let Some(value) = given else {
            return Vec::new();
        };
        self.or_left_out("headers", text_pairs(value))
            .unwrap_or_default()
    }

    fn dictionary<'a, 'py>(
        &mut self,
        name: &'static str,
        given: &'a Given<'py>,
    ) -> Option<&'a Bound<'py, PyDict>> {
        let value = given.as_ref()?;
        self.or_left_out(name, value.cast::<PyDict>().ok())
    }

    fn or_left_out<T>(&mut self, name: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.options.leave_out(name);
        }
        value
    }
}

pub(crate) fn text_pairs(mapping: &Bound<'_, PyAny>) -> Option<Vec<(String, String)>> {
    let items = mapping.call_method0("items").ok()?;
    items
        .try_iter()
        .ok()?
        .map(|pair| pair.ok()?.extract().ok())
        .collect()
}

fn dimension(value: &Bound<'_, PyAny>) -> Option<DimensionValue> {
    if let Ok(text) = value.cast::<PyString>() {
        return Some(DimensionValue::Text(text.to_cow().ok()?.into_owned()));
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Some(DimensionValue::Text(flag.is_true().to_string()));
    }
    let is_number = value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>();
    is_number
        .then(|| value.extract::<f64>().ok())
        .flatten()
        .map(DimensionValue::Number)
}

fn decimal_text(value: &Bound<'_, PyAny>) -> Option<String> {
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    if let Some(text) = number_text(value) {
        return Some(text);
    }
    let decimal = DECIMAL.import(value.py(), "decimal", "Decimal").ok()?;
    value
        .is_instance(decimal)
        .ok()?
        .then(|| value.str().ok()?.extract::<String>().ok())
        .flatten()
}

#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    reason = "time, not money; `as` stops at the bounds"
)]
fn seconds_to_ms(seconds: f64) -> Option<i64> {
    seconds
        .is_finite()
        .then(|| (seconds * 1000.0).round() as i64)
}
