//! Error codes to the documented exception classes, and the problems of delivery on their way to Python.

use crate::clock::wall_ms;
use crate::delivery::outcome;
use crate::entropy::Entropy;
use bearlumen_core::delivery::{Problem, read_again_ms as read_again};
use bearlumen_core::error::ErrorCode;
use bearlumen_core::timestamp::retry_after_ms;
use pyo3::call::PyCallArgs;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyType};

/// The class raised for a code.
pub(crate) const fn class_of(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::ValidationError
        | ErrorCode::MethodNotAllowed
        | ErrorCode::IdempotencyConflict
        | ErrorCode::PayloadTooLarge => "InvalidRequestError",
        ErrorCode::InvalidEmail => "InvalidEmailError",
        ErrorCode::Unauthorized | ErrorCode::Forbidden => "AuthenticationError",
        ErrorCode::NotFound => "NotFoundError",
        ErrorCode::DuplicateCustomer => "DuplicateCustomerError",
        ErrorCode::RateLimitExceeded => "RateLimitError",
        ErrorCode::ServiceUnavailable => "NetworkError",
        ErrorCode::PaymentRequired | ErrorCode::InternalError => "BearLumenError",
    }
}

/// The exception class and the code for an error answer. `code` is what the body says, if it says anything;
/// `status` is 0 where no server was asked.
#[pyfunction]
#[pyo3(signature = (code, status))]
pub(crate) fn error_class(code: Option<&str>, status: u16) -> (&'static str, String) {
    let stated = code.unwrap_or_default();
    let known = ErrorCode::parse(stated)
        .or_else(|| (status != 0).then(|| ErrorCode::from_http_status(status)));
    let class = known.map_or("BearLumenError", class_of);
    let code = match known {
        Some(known) if stated.is_empty() => known.as_str(),
        _ => stated,
    };
    (class, code.to_ascii_lowercase())
}

/// The seconds a `Retry-After` header asks to wait, if it can be read.
#[pyfunction]
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "seconds, as Python counts time"
)]
pub(crate) fn retry_after_seconds(header: &str) -> Option<f64> {
    retry_after_ms(header, crate::clock::wall_ms()).map(|ms| ms as f64 / 1000.0)
}

/// The milliseconds to wait before a question is asked again; none when its outcome is final. No status means that no
/// answer came.
#[pyfunction]
#[pyo3(signature = (status, retry_after, failures, max_retries))]
pub(crate) fn read_again_ms(
    status: Option<u16>,
    retry_after: Option<&str>,
    failures: u32,
    max_retries: u32,
) -> Option<i64> {
    let jitter = u32::from_ne_bytes(Entropy::new().take());
    read_again(
        &outcome(status, retry_after, b""),
        failures,
        max_retries,
        wall_ms(),
        jitter,
    )
}

/// Class, code, message, correlation id, status and number of events of a problem.
pub(crate) type PyProblem = (&'static str, String, String, String, u16, u64);

pub(crate) fn problems(problems: Vec<Problem>) -> Vec<PyProblem> {
    problems
        .into_iter()
        .map(|problem| {
            let (class, code) = error_class(Some(&problem.code), problem.status);
            (
                class,
                code,
                problem.message,
                problem.correlation_id,
                problem.status,
                problem.events,
            )
        })
        .collect()
}

/// An `InvalidRequestError` of our own making.
pub(crate) fn invalid_request(py: Python<'_>, code: &str, message: &str) -> PyErr {
    raised(py, (message, code))
}

/// One that names the field at fault, as the service does.
pub(crate) fn invalid_field(py: Python<'_>, field: &str, message: &str) -> PyErr {
    let details = [("field", field)].into_py_dict(py);
    let nothing = None::<u8>;
    match details {
        Ok(details) => raised(py, (message, "validation_error", nothing, nothing, details)),
        Err(error) => error,
    }
}

fn raised<'py>(py: Python<'py>, arguments: impl PyCallArgs<'py>) -> PyErr {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let raised = CLASS
        .import(py, "bearlumen._errors", "InvalidRequestError")
        .and_then(|class| class.call1(arguments));
    match raised {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
    }
}
