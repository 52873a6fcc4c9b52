//! All routes, area by area, and the way every request takes: find the route, check the key, call, answer.

use crate::auth::{authenticate, unauthorized};
use crate::context::Context;
use crate::front::{ORGANIZATION_HEADER, too_large};
use crate::http::{CorrelationId, MAX_BODY_BYTES, Problem, Query, with_correlation_id};
use crate::organization::OrganizationId;
use crate::route::{Access, Route, Verb, accepted};
use crate::sql::Sql;
use crate::tenant::Tenant;
use crate::{auth, costlens, ingest, organization, report};
use bearlumen_core::error::ErrorCode;
use http::{Request, Response};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// A request with everything needed to answer it.
pub(crate) struct Call<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) sql: &'a dyn Sql,
    pub(crate) ctx: &'a Context<'a>,
    pub(crate) organization: &'a OrganizationId,
    pub(crate) request: &'a Request<Vec<u8>>,
    pub(crate) route: &'static Route,
}

impl<'a> Call<'a> {
    /// What stands in the path where the route has `{name}`, decoded.
    pub(crate) fn path_value(&self, name: &str) -> Cow<'a, str> {
        let place = self.route.path.split('/').position(|part| {
            part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) == Some(name)
        });
        let part = place.and_then(|place| self.request.uri().path().split('/').nth(place));
        percent_decode_str(part.unwrap_or_default()).decode_utf8_lossy()
    }

    /// The query parameters.
    pub(crate) fn query(&self) -> Query<'a> {
        Query::of(self.request.uri())
    }
}

pub(crate) type Answer = Result<Response<Vec<u8>>, Problem>;

/// The tables of all areas.
static TABLES: [&[Route]; 9] = [
    &organization::ROUTES,
    &ingest::ROUTES,
    &report::costs::ROUTES,
    &report::end_user_costs::ROUTES,
    &report::usage::ROUTES,
    &report::attribution::ROUTES,
    &report::dimensions::ROUTES,
    &costlens::ROUTES,
    &auth::ROUTES,
];

/// Every route of the API.
pub(crate) fn routes() -> impl Iterator<Item = &'static Route> + Clone {
    TABLES.into_iter().flatten()
}

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
    let mut of_path = routes().filter(|route| route.matches(path)).peekable();
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
    let Some(route) = of_path.find(|route| Some(route.verb) == Verb::of(request.method())) else {
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
        route,
    };
    accepted(&call.query(), route.query)?;
    if route.reads_sums {
        call.tenant.settle(sql)?;
    }
    (route.call)(&call)
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
