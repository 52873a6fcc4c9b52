//! All routes, area by area, and the way every request takes: find the route, check the key, call, answer.

use crate::auth::{Caller, authenticate, unauthorized};
use crate::context::Context;
use crate::front::{ORGANIZATION_HEADER, too_large};
use crate::http::{CorrelationId, MAX_BODY_BYTES, Problem, Query, answered_as, finished};
use crate::limits::Plan;
use crate::organization::OrganizationId;
use crate::route::{Access, Route, Verb, accepted};
use crate::sql::Sql;
use crate::tenant::Tenant;
use crate::{
    auth, budgets, costlens, customers, ingest, organization, report, repricing, revenue, settings,
    track,
};
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
    /// Whose key it is; nobody's when the operator asks.
    pub(crate) caller: Option<Caller>,
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

    /// Who asks, for the log of changes: a key's id, or `operator`.
    pub(crate) fn actor(&self) -> &str {
        self.caller
            .as_ref()
            .map_or(settings::OPERATOR, Caller::key_id)
    }

    /// The query parameters.
    pub(crate) fn query(&self) -> Query<'a> {
        Query::of(self.request.uri())
    }
}

pub(crate) type Answer = Result<Response<Vec<u8>>, Problem>;

/// The tables of all areas.
static TABLES: [&[Route]; 15] = [
    &organization::ROUTES,
    &ingest::ROUTES,
    &track::ROUTES,
    &report::costs::ROUTES,
    &report::end_user_costs::ROUTES,
    &report::usage::ROUTES,
    &report::attribution::ROUTES,
    &report::dimensions::ROUTES,
    &costlens::ROUTES,
    &auth::ROUTES,
    &settings::ROUTES,
    &budgets::ROUTES,
    &customers::ROUTES,
    &revenue::ROUTES,
    &repricing::ROUTES,
];

/// Every route of the API.
pub(crate) fn routes() -> impl Iterator<Item = &'static Route> + Clone {
    TABLES.into_iter().flatten()
}

/// Whether a request writes nothing, so that a host need not commit before it answers.
pub fn only_reads<B>(request: &Request<B>) -> bool {
    answered_as(request.method()) == "GET" || costlens::only_reads(request.uri().path())
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
    let mut served = Served {
        route: None,
        organization: String::new(),
        key_id: None,
    };
    let mut response = match answer(tenant, sql, request, ctx, &mut served) {
        Ok(response) => response,
        Err(problem) => {
            let mut response = problem.response(request, ctx.now_ms, &id);
            if let Some(cause) = problem.cause {
                response.extensions_mut().insert(Cause(cause));
            }
            response
        }
    };
    response.extensions_mut().insert(served);
    finished(response, request, &id)
}

/// What became of the events of a request: rides beside the response to the host's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Events that were new.
    pub recorded: usize,
    /// Events that were recorded before.
    pub duplicate: usize,
    /// Events that were refused.
    pub failed: usize,
}

/// Whose request was answered by which route: rides beside the response to the host's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// The route's path, as it stands in the documentation; nothing for a path that is no route.
    pub route: Option<&'static str>,
    /// Whose tenant.
    pub organization: String,
    /// The key's id; nothing when the operator asked or the key was not valid.
    pub key_id: Option<String>,
}

/// Why an answer is a server error: rides beside the response to the host's log, never to the caller.
#[derive(Debug, Clone)]
pub struct Cause(pub String);

/// Refuses a body that was compressed on its way, which would be called no JSON otherwise. It is known by how it begins,
/// as no JSON does: a header more would cost every request on an edge.
fn as_it_is(body: &[u8]) -> Result<(), Problem> {
    const BEGINNINGS: [(&[u8], &str); 6] = [
        (&[0x1f, 0x8b], "gzip"),
        (&[0x28, 0xb5, 0x2f, 0xfd], "zstd"),
        // By how hard it was tried. One byte alone would be an `x`.
        (&[0x78, 0x01], "deflate"),
        (&[0x78, 0x5e], "deflate"),
        (&[0x78, 0x9c], "deflate"),
        (&[0x78, 0xda], "deflate"),
    ];
    let found = BEGINNINGS
        .iter()
        .find(|(beginning, _)| body.starts_with(beginning));
    found.map_or(Ok(()), |(_, coding)| {
        let message = format!("Invalid body: it is compressed ({coding}); send it as it is");
        Err(Problem::new(ErrorCode::ValidationError, message))
    })
}

fn answer(
    tenant: &Tenant,
    sql: &dyn Sql,
    request: &Request<Vec<u8>>,
    ctx: &Context<'_>,
    served: &mut Served,
) -> Answer {
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
    organization.as_str().clone_into(&mut served.organization);
    let path = request.uri().path();
    let mut of_path = routes().filter(|route| route.matches(path)).peekable();
    served.route = of_path.peek().map(|route| route.path);
    // Who has no key learns nothing, not even which paths there are.
    let caller = if path.starts_with("/admin/") {
        None
    } else {
        let caller = authenticate(sql, tenant.keys(), ctx, request.headers(), &organization)?;
        served.key_id = Some(caller.key_id().to_owned());
        let plan = Plan::parse(&tenant.organization(sql)?.plan).unwrap_or_default();
        tenant.limits().take(caller.key_id(), plan, ctx.now_ms)?;
        Some(caller)
    };
    if of_path.peek().is_none() {
        return Err(Problem::new(
            ErrorCode::NotFound,
            format!("No route {path}"),
        ));
    }
    let allowed: Vec<&'static Route> = of_path.collect();
    let verb = Verb::of(request.method());
    let Some(route) = allowed.iter().find(|route| Some(route.verb) == verb) else {
        let message = format!("{path} does not answer {}", request.method());
        let allowed = allowed.iter().flat_map(|route| route.verb.methods());
        let allowed: Vec<&str> = allowed.copied().collect();
        return Err(Problem::not_allowed(&allowed, message));
    };
    let route: &'static Route = route;
    if let (Access::Scoped(scope), Some(caller)) = (route.access, &caller) {
        caller.need(scope)?;
    }
    let call = Call {
        tenant,
        sql,
        ctx,
        organization: &organization,
        request,
        route,
        caller,
    };
    as_it_is(request.body())?;
    accepted(&call.query(), route.query)?;
    if route.reads_sums {
        call.tenant.settle(sql)?;
    }
    (route.call)(&call)
}
