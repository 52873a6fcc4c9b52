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
    makes_calls: bool,
    inner_calls: Vec<&'static str>,
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
        makes_calls: step.makes_calls,
        inner_calls: step.inner_calls.to_vec(),
    }
}

/// The calls that make others by themselves: their paths, and the names of the others on the same object.
#[pyfunction]
pub(crate) fn helpers() -> Vec<(&'static str, Vec<&'static str>)> {
    let helpers = clients::helpers().iter();
    helpers
        .map(|helper| (helper.path, helper.calls.to_vec()))
        .collect()
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
