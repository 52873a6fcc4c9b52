//! `cost_of()` and `cost_of_stream()`: what a call cost, without recording anything.

use crate::METER;
use crate::clock::wall_ms;
use crate::errors::invalid_request;
use crate::options::{Given, Translator};
use crate::read::with_response;
use crate::stream::fold_stream;
use crate::unseen::unseen;
use bearlumen_core::call::CallCost;
use bearlumen_core::provider::Hints;
use bearlumen_core::track::Subject;
use bearlumen_core::usage::Warning;
use pyo3::prelude::*;
use std::sync::Arc;

/// What a provider's response used and cost at list prices. Nothing is recorded or sent.
///
/// ``provider``, ``model``, ``url`` and the response's HTTP ``headers`` help where its body does not show them;
/// ``timestamp`` is when the call was made, if not now. Raises :class:`InvalidRequestError` for what is no
/// provider's response.
#[pyfunction]
#[pyo3(signature = (response, *, provider=None, model=None, url=None, timestamp=None, headers=None))]
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
    headers: Given<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let asked = Asked::read(py, [&provider, &model, &url], &timestamp, &headers)?;
    let (answer, interrupt) = with_response(response, |subject| {
        let subject = with_headers(subject, &asked.headers);
        // Shared at once: it is large, and every hand it went through would copy it.
        METER.with(|meter| {
            subject
                .cost(meter, &asked.hints(), asked.at_ms)
                .map(Arc::new)
        })
    });
    interrupt.map_or_else(|| answered(py, answer), Err)
}

/// The usage and the cost of a stream.
#[pyfunction]
#[pyo3(signature = (chunks, provider, model, url, timestamp))]
#[expect(
    clippy::needless_pass_by_value,
    reason = "pyo3 hands optional arguments over by value"
)]
pub(crate) fn cost_of_stream<'py>(
    py: Python<'py>,
    chunks: &Bound<'py, PyAny>,
    provider: Given<'py>,
    model: Given<'py>,
    url: Given<'py>,
    timestamp: Given<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let asked = Asked::read(py, [&provider, &model, &url], &timestamp, &None)?;
    let fold = fold_stream(chunks)?;
    let subject = Subject::Stream(&fold);
    let answer = METER.with(|meter| subject.cost(meter, &asked.hints(), asked.at_ms));
    answered(py, answer.map(Arc::new))
}

fn with_headers<'a>(mut subject: Subject<'a>, headers: &'a [(String, String)]) -> Subject<'a> {
    if let (Subject::Response(Ok(tape)), false) = (&mut subject, headers.is_empty()) {
        tape.add_headers(headers.iter().map(|(name, value)| (&**name, &**value)));
    }
    subject
}

/// What is known of a call beside its response.
struct Asked {
    provider: Option<String>,
    model: Option<String>,
    url: Option<String>,
    at_ms: i64,
    headers: Vec<(String, String)>,
}

impl Asked {
    fn read(
        py: Python<'_>,
        [provider, model, url]: [&Given<'_>; 3],
        timestamp: &Given<'_>,
        headers: &Given<'_>,
    ) -> PyResult<Self> {
        let stated = [provider, model, url, timestamp, headers];
        if stated.iter().all(|given| given.is_none()) {
            return Ok(Self {
                provider: None,
                model: None,
                url: None,
                at_ms: wall_ms(),
                headers: Vec::new(),
            });
        }
        let mut given = Translator::default();
        let headers = given.headers(headers);
        let provider = given.text("provider", provider);
        let model = given.text("model", model);
        let url = given.text("url", url);
        given.timestamp(timestamp);
        if let Some(name) = given.options.unreadable.first() {
            return Err(invalid_request(
                py,
                "validation_error",
                &format!("{name} has a value that cannot be used"),
            ));
        }
        Ok(Self {
            provider,
            model,
            url,
            at_ms: given.options.timestamp_ms.unwrap_or_else(wall_ms),
            headers,
        })
    }

    fn hints(&self) -> Hints<'_> {
        Hints {
            url: self.url.as_deref(),
            provider: self.provider.as_deref(),
            model: self.model.as_deref(),
        }
    }
}

fn answered(py: Python<'_>, answer: Result<Arc<CallCost>, Warning>) -> PyResult<Bound<'_, PyAny>> {
    match answer {
        Ok(call) => unseen(py, call),
        Err(why) => Err(invalid_request(py, why.code, &why.message)),
    }
}
