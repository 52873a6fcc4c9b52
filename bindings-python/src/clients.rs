//! Which calls of a provider's client cost something, as the core says it.

use bearlumen_core::clients;
use pyo3::prelude::*;

/// What a name on a client means.
#[pyclass(frozen, get_all, module = "bearlumen._native")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the core's facts, one to one"
)]
pub(crate) struct ClientStep {
    is_call: bool,
    leads_on: bool,
    returns_calls: bool,
    returns_client: bool,
    is_raw_view: bool,
}

/// What the name at the end of a path means.
#[pyfunction]
pub(crate) fn client_step(path: &str) -> ClientStep {
    let step = clients::client_step(path);
    ClientStep {
        is_call: step.is_call,
        leads_on: step.leads_on,
        returns_calls: step.returns_calls,
        returns_client: step.returns_client,
        is_raw_view: step.is_raw_view,
    }
}

/// Whether a stream of this call states its usage only when asked.
#[pyfunction]
#[pyo3(signature = (path, url))]
pub(crate) fn asks_for_usage(path: &str, url: Option<&str>) -> bool {
    clients::asks_for_usage(path, url)
}

/// Whether a request's parameter says its model.
#[pyfunction]
pub(crate) fn is_model_parameter(name: &str) -> bool {
    clients::is_model_parameter(name)
}
