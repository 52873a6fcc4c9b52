//! One table of all routes, and the way every request takes: find the route, check the key, call, answer.

use crate::auth::{Scope, authenticate, unauthorized};
use crate::context::Context;
use crate::front::{ORGANIZATION_HEADER, too_large};
use crate::http::{CorrelationId, MAX_BODY_BYTES, Problem, with_correlation_id};
use crate::organization::OrganizationId;
use crate::sql::Sql;
use crate::tenant::Tenant;
use crate::{auth, ingest, organization, report};
use bearlumen_core::error::ErrorCode;
use http::{Method, Request, Response};

/// A request with everything needed to answer it.
pub(crate) struct Call<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) sql: &'a dyn Sql,
    pub(crate) ctx: &'a Context<'a>,
    pub(crate) organization: &'a OrganizationId,
    pub(crate) request: &'a Request<Vec<u8>>,
}

impl<'a> Call<'a> {
    /// The part of the path after the `number`th slash: what stands where the route has `{…}`.
    pub(crate) fn path_part(&self, number: usize) -> &'a str {
        self.request
            .uri()
            .path()
            .split('/')
            .nth(number)
            .unwrap_or_default()
    }
}

pub(crate) type Answer = Result<Response<Vec<u8>>, Problem>;

/// Who may call a route.
#[derive(Clone, Copy)]
enum Access {
    /// Any valid key.
    Key,
    /// A key with this scope.
    Scoped(Scope),
    /// The operator; the front door checked the admin secret.
    Operator,
}

struct Route {
    method: Method,
    path: &'static str,
    access: Access,
    call: fn(&Call<'_>) -> Answer,
}

const fn route(
    method: Method,
    path: &'static str,
    access: Access,
    call: fn(&Call<'_>) -> Answer,
) -> Route {
    Route {
        method,
        path,
        access,
        call,
    }
}

const USAGE_WRITE: Access = Access::Scoped(Scope::UsageWrite);
const COSTS_READ: Access = Access::Scoped(Scope::CostsRead);

/// Every route of the API.
static ROUTES: [Route; 13] = [
    route(Method::GET, "/v1/ping", Access::Key, organization::ping),
    route(
        Method::POST,
        "/v1/usage/events",
        USAGE_WRITE,
        ingest::record_one,
    ),
    route(
        Method::POST,
        "/v1/usage/events/batch",
        USAGE_WRITE,
        ingest::record_batch,
    ),
    route(
        Method::GET,
        "/v1/cost-data/summary",
        COSTS_READ,
        report::summary,
    ),
    route(
        Method::GET,
        "/v1/cost-data/by-model",
        COSTS_READ,
        report::by_model,
    ),
    route(
        Method::GET,
        "/v1/cost-data/by-provider",
        COSTS_READ,
        report::by_provider,
    ),
    route(
        Method::GET,
        "/v1/cost-data/by-feature",
        COSTS_READ,
        report::by_feature,
    ),
    route(
        Method::GET,
        "/v1/cost-data/by-agent",
        COSTS_READ,
        report::by_agent,
    ),
    route(
        Method::GET,
        "/v1/cost-data/by-workflow",
        COSTS_READ,
        report::by_workflow,
    ),
    route(
        Method::GET,
        "/v1/cost-data/by-end-user",
        COSTS_READ,
        report::by_end_user,
    ),
    route(
        Method::POST,
        "/admin/organizations",
        Access::Operator,
        organization::create,
    ),
    route(
        Method::POST,
        "/admin/organizations/{id}/keys",
        Access::Operator,
        auth::create_for_operator,
    ),
    route(
        Method::DELETE,
        "/admin/organizations/{id}/keys/{key}",
        Access::Operator,
        auth::revoke_for_operator,
    ),
];

/// Answers a request that [`crate::admit`] let in, for the organisation that the host names in
/// [`ORGANIZATION_HEADER`]. Never panics, never fails: what goes wrong is an answer too.
pub fn handle(
    tenant: &Tenant,
    sql: &dyn Sql,
    request: &Request<Vec<u8>>,
    ctx: &Context<'_>,
) -> Response<Vec<u8>> {
    let id = CorrelationId::new(&ctx.entropy);
    let response = match answer(tenant, sql, request, ctx) {
        Ok(response) => response,
        Err(problem) => {
            let mut response = problem.response(request, ctx.now_ms, &id);
            if let Some(cause) = problem.cause {
                response.extensions_mut().insert(Cause(cause));
            }
            response
        }
    };
    with_correlation_id(response, &id)
}

/// Why an answer is a server error: rides beside the response to the host's log, never to the caller.
#[derive(Debug, Clone)]
pub struct Cause(pub String);

fn answer(tenant: &Tenant, sql: &dyn Sql, request: &Request<Vec<u8>>, ctx: &Context<'_>) -> Answer {
    if request.body().len() > MAX_BODY_BYTES {
        return Err(too_large());
    }
    let named = request
        .headers()
        .get(ORGANIZATION_HEADER)
        .and_then(|value| value.to_str().ok());
    let organization = named
        .and_then(OrganizationId::parse)
        .ok_or_else(unauthorized)?;
    let path = request.uri().path();
    let mut of_path = ROUTES
        .iter()
        .filter(|route| matches(route.path, path))
        .peekable();
    let operator = path.starts_with("/admin/");
    if of_path.peek().is_none() {
        // An unknown path tells nothing to somebody without a key.
        if !operator {
            authenticate(sql, ctx, request.headers(), &organization, None)?;
        }
        return Err(Problem::new(
            ErrorCode::NotFound,
            format!("No route {path}"),
        ));
    }
    let Some(route) = of_path.find(|route| route.method == *request.method()) else {
        if !operator {
            authenticate(sql, ctx, request.headers(), &organization, None)?;
        }
        let message = format!("{path} does not answer {}", request.method());
        return Err(Problem::new(ErrorCode::MethodNotAllowed, message));
    };
    match route.access {
        Access::Operator => {}
        Access::Key => authenticate(sql, ctx, request.headers(), &organization, None)?,
        Access::Scoped(scope) => {
            authenticate(sql, ctx, request.headers(), &organization, Some(scope))?;
        }
    }
    let call = Call {
        tenant,
        sql,
        ctx,
        organization: &organization,
        request,
    };
    if *request.method() == Method::GET {
        call.tenant.settle(sql)?;
    }
    (route.call)(&call)
}

/// Whether `path` is what `pattern` describes; `{…}` stands for one part of any text.
fn matches(pattern: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    let agrees = |expected: &str, part: &str| expected.starts_with('{') || expected == part;
    pattern
        .split('/')
        .all(|expected| parts.next().is_some_and(|part| agrees(expected, part)))
        && parts.next().is_none()
}

/// What a host answers when it could not let the tenant finish: nothing of the request was kept.
pub fn unavailable(
    request: &Request<Vec<u8>>,
    ctx: &Context<'_>,
    cause: String,
) -> Response<Vec<u8>> {
    let id = CorrelationId::new(&ctx.entropy);
    let problem = Problem::new(
        ErrorCode::ServiceUnavailable,
        "The service could not finish the request; try again",
    );
    let mut response = problem.response(request, ctx.now_ms, &id);
    response.extensions_mut().insert(Cause(cause));
    with_correlation_id(response, &id)
}

/// What a host answers to a key whose organisation it does not have: the same as to any wrong key.
pub fn unknown_key(request: &Request<Vec<u8>>, ctx: &Context<'_>) -> Response<Vec<u8>> {
    let id = CorrelationId::new(&ctx.entropy);
    with_correlation_id(unauthorized().response(request, ctx.now_ms, &id), &id)
}
