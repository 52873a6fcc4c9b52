//! The core's advisory functions: a question's JSON in, its answer's JSON out.

use crate::errors::invalid_field;
use bearlumen_core::anomaly::anomalies_json;
use bearlumen_core::counterfactual::savings_json;
use bearlumen_core::event::FieldError;
use bearlumen_core::forecast::forecast_json;
use bearlumen_core::routing::route_json;
use pyo3::prelude::*;

type Answering = fn(&str) -> Result<String, FieldError>;

/// Answers a question by the function of that name.
#[pyfunction]
pub(crate) fn advice(py: Python<'_>, name: &str, question: &str) -> PyResult<String> {
    let answer: Answering = match name {
        "forecast" => forecast_json,
        "anomalies" => anomalies_json,
        "savings" => savings_json,
        _ => route_json,
    };
    // Others may go on meanwhile: hundreds of series take a while.
    py.detach(|| answer(question))
        .map_err(|error| invalid_field(py, &error.field, &error.message))
}
