//! What a host answers when the service could not, in the service's own envelope, and what it logs of any answer.

use crate::auth::unauthorized;
use crate::context::Context;
use crate::front::{ORGANIZATION_HEADER, claimed_organization};
use crate::http::{CorrelationId, Problem, finished};
use crate::router::{Cause, Served, routes};
use bearlumen_core::error::ErrorCode;
use http::{Request, Response};
use serde::Serialize;

/// Why a host cannot even ask the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A setting is missing or unusable.
    Misconfigured,
    /// The request is not well-formed HTTP.
    Malformed,
    /// The platform refused an operation.
    Platform,
}

/// What a host answers on its own: to a request that it could not hand on. `said` goes to the caller and holds no
/// secret.
pub fn host_problem<B>(
    request: &Request<B>,
    fault: Fault,
    said: String,
    now_ms: i64,
    entropy: &[u8; 32],
) -> Response<Vec<u8>> {
    let code = match fault {
        Fault::Misconfigured => ErrorCode::InternalError,
        Fault::Malformed => ErrorCode::ValidationError,
        Fault::Platform => ErrorCode::ServiceUnavailable,
    };
    let id = CorrelationId::new(entropy);
    let mut response = Problem::new(code, said.clone()).response(request, now_ms, &id);
    response.extensions_mut().insert(Cause(said));
    finished(response, request, &id)
}

/// What a host answers when it could not let the tenant finish, or does not know whether it did.
pub fn unavailable<B>(request: &Request<B>, ctx: &Context<'_>, cause: String) -> Response<Vec<u8>> {
    let id = CorrelationId::new(&ctx.entropy);
    let problem = Problem {
        retry_after_s: Some(1),
        ..Problem::new(
            ErrorCode::ServiceUnavailable,
            "The service could not finish the request; try again",
        )
    };
    let mut response = problem.response(request, ctx.now_ms, &id);
    response.extensions_mut().insert(Cause(cause));
    response.extensions_mut().insert(asked(request, ctx));
    finished(response, request, &id)
}

/// What can be told of a request without its tenant. The front door checked the key, and nobody its secret.
fn asked<B>(request: &Request<B>, ctx: &Context<'_>) -> Served {
    let named = request.headers().get(ORGANIZATION_HEADER);
    let named = named.and_then(|name| Some(name.to_str().ok()?.to_owned()));
    let claimed = || claimed_organization(request, ctx.settings).map(|id| id.to_string());
    Served {
        route: routes()
            .find(|route| route.matches(request.uri().path()))
            .map(|route| route.path),
        organization: named.or_else(claimed).unwrap_or_default(),
        key_id: None,
    }
}

/// What a host answers when it does not have the organisation: to a key the same as to any wrong key.
pub fn unknown_organization<B>(request: &Request<B>, ctx: &Context<'_>) -> Response<Vec<u8>> {
    let id = CorrelationId::new(&ctx.entropy);
    let problem = if request.uri().path().starts_with("/admin/") {
        Problem::new(ErrorCode::NotFound, "No such organization")
    } else {
        unauthorized()
    };
    finished(problem.response(request, ctx.now_ms, &id), request, &id)
}

/// What is logged of a request: no query, no path with a customer's ids in it, no key, no body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogLine<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The route's path as it is documented, such as `/v1/end-users/{id}`; empty when there is no such route.
    pub route: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Milliseconds from the request to its answer.
    pub ms: u64,
    /// As in the answer's header.
    pub correlation_id: &'a str,
    /// Whose tenant; empty when none was asked.
    pub organization: &'a str,
    /// The key's id; empty without a valid one.
    pub key_id: &'a str,
    /// Why it is a server error; empty when it is none.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub cause: &'a str,
}

impl<'a> LogLine<'a> {
    /// The line of an answer.
    pub fn of(method: &'a str, response: &'a Response<Vec<u8>>, ms: u64) -> Self {
        let served = response.extensions().get::<Served>();
        let cause = response.extensions().get::<Cause>();
        let header = response.headers().get("x-correlation-id");
        Self {
            method,
            route: served.and_then(|served| served.route).unwrap_or_default(),
            status: response.status().as_u16(),
            ms,
            correlation_id: header.and_then(|id| id.to_str().ok()).unwrap_or_default(),
            organization: served.map_or("", |served| &served.organization),
            key_id: served
                .and_then(|served| served.key_id.as_deref())
                .unwrap_or_default(),
            cause: cause.map_or("", |Cause(cause)| cause),
        }
    }
}
