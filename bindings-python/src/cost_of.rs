//! `cost_of()`: what a response cost, without recording anything.

use crate::clock::wall_ms;
use crate::errors::invalid_request;
use crate::options::{Given, Translator};
use crate::read::with_response;
use crate::record::record;
use bearlumen_core::provider::Hints;
use pyo3::prelude::*;

/// The usage and the cost of a response.
#[pyfunction]
#[pyo3(signature = (response, provider, model, url, timestamp))]
#[expect(
    clippy::needless_pass_by_value,
    reason = "pyo3 hands optional arguments over by value"
)]
pub(crate) fn cost_of<'py>(
    py: Python<'py>,
    response: &Bound<'py, PyAny>,
    provider: Given<'py>,
    model: Given<'py>,
    url: Given<'py>,
    timestamp: Given<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut given = Translator::default();
    let provider = given.text("provider", &provider);
    let model = given.text("model", &model);
    let url = given.text("url", &url);
    given.timestamp(&timestamp);
    if let Some(name) = given.options.unreadable.first() {
        return Err(invalid_request(
            py,
            "validation_error",
            &format!("{name} has a value that cannot be used"),
        ));
    }
    let at_ms = given.options.timestamp_ms.unwrap_or_else(wall_ms);
    let hints = Hints {
        url: url.as_deref(),
        provider: provider.as_deref(),
        model: model.as_deref(),
    };
    let (answer, interrupt) = with_response(response, |subject| subject.cost(&hints, at_ms));
    if let Some(interrupt) = interrupt {
        return Err(interrupt);
    }
    match answer {
        Ok(call) => record(py, &call),
        Err(why) => Err(invalid_request(py, why.code, &why.message)),
    }
}
