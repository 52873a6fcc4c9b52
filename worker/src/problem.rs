//! What goes wrong before the service can be asked: it would need settings and a request that parses.

use bearlumen_service::{Fault, host_problem};
use wasm_bindgen::JsValue;
use worker::web_sys;

use crate::exchange;
use crate::log;
use crate::surroundings::{Surroundings, now_ms};

/// A failure of the host, to be answered as the service answers.
pub(crate) struct Problem {
    fault: Fault,
    said: String,
}

impl Problem {
    /// A setting is missing or unusable. The message names it and never holds its value.
    pub(crate) fn misconfigured(said: String) -> Self {
        Self {
            fault: Fault::Misconfigured,
            said,
        }
    }

    /// The request cannot be expressed as HTTP.
    pub(crate) fn malformed(reason: impl std::fmt::Display) -> Self {
        Self {
            fault: Fault::Malformed,
            said: format!("The request is not well-formed HTTP: {reason}"),
        }
    }

    /// The answer to give, and a line in the log.
    pub(crate) fn into_response(
        self,
        request: &web_sys::Request,
    ) -> Result<web_sys::Response, JsValue> {
        // What cannot be expressed is left out: the answer says so anyway.
        let mut head = http::Request::new(());
        if let Ok(method) = request.method().parse() {
            *head.method_mut() = method;
        }
        if let Ok(uri) = exchange::path(request).parse() {
            *head.uri_mut() = uri;
        }
        let entropy = Surroundings::look().map_or([0; 32], |found| found.entropy());
        let answer = host_problem(&head, self.fault, self.said, now_ms(), &entropy);
        log::request(head.method().as_str(), &answer, 0);
        exchange::response(answer)
    }
}

impl From<worker::Error> for Problem {
    fn from(error: worker::Error) -> Self {
        Self {
            fault: Fault::Platform,
            said: format!("The platform refused an operation: {error}"),
        }
    }
}

impl From<JsValue> for Problem {
    fn from(thrown: JsValue) -> Self {
        Self::from(worker::Error::from(thrown))
    }
}
