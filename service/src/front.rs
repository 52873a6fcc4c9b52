//! The front door: whose request it is, found out without storage.

use crate::auth::{bearer, claimed, read_key, unauthorized};
use crate::context::{Context, Settings};
use crate::costs_page::costs_page;
use crate::documentation::documentation;
use crate::health::{self, health};
use crate::http::{CorrelationId, MAX_BODY_BYTES, Problem, finished};
use crate::organization::OrganizationId;
use bearlumen_core::error::ErrorCode;
use http::header::{CONTENT_LENGTH, HeaderName};
use http::{Method, Request, Response};
use subtle::ConstantTimeEq;

/// Tells the tenant which organisation it serves. The host sets it after [`admit`], over anything a caller sent.
pub const ORGANIZATION_HEADER: HeaderName = HeaderName::from_static("x-bearlumen-organization");

/// What the front door decided.
pub enum Admission {
    /// This organisation's tenant answers.
    Tenant {
        /// Whose tenant.
        organization: OrganizationId,
    },
    /// Answered already.
    Answer(Response<Vec<u8>>),
}

/// Finds the tenant of a request by its key, or of an admin request by its path.
///
/// A malformed or forged key ends here. Whether the key is still valid, only the tenant knows.
pub fn admit<B>(request: &Request<B>, ctx: &Context<'_>) -> Admission {
    if health::is_asked(request) {
        return Admission::Answer(health(request, ctx, None));
    }
    let id = CorrelationId::new(&ctx.entropy);
    if let Some(answer) = costs_page(request).or_else(|| documentation(request)) {
        let response = answer.unwrap_or_else(|problem| problem.response(request, ctx.now_ms, &id));
        return Admission::Answer(finished(response, request, &id));
    }
    match decide(request, ctx) {
        Ok(organization) => Admission::Tenant { organization },
        Err(problem) => {
            let response = problem.response(request, ctx.now_ms, &id);
            Admission::Answer(finished(response, request, &id))
        }
    }
}

/// The organisation that a request's key names, for a host whose front door admitted the request and hands it on as it
/// is. [`crate::handle`] proves the key, and that it is of the organisation it is told.
pub fn claimed_organization<B>(
    request: &Request<B>,
    settings: &Settings,
) -> Option<OrganizationId> {
    claimed(settings, bearer(request.headers())?)
}

fn decide<B>(request: &Request<B>, ctx: &Context<'_>) -> Result<OrganizationId, Problem> {
    let announced = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MAX_BODY_BYTES as u64) {
        return Err(too_large());
    }
    if let Some(rest) = request.uri().path().strip_prefix("/admin/") {
        return decide_admin(request, rest, ctx);
    }
    let key = bearer(request.headers()).and_then(|text| read_key(ctx.settings, text));
    key.map(|parts| parts.organization).ok_or_else(unauthorized)
}

fn decide_admin<B>(
    request: &Request<B>,
    path: &str,
    ctx: &Context<'_>,
) -> Result<OrganizationId, Problem> {
    let not_found = || Problem::new(ErrorCode::NotFound, "No such route");
    let secret = ctx.settings.admin_secret().ok_or_else(not_found)?;
    let given = bearer(request.headers()).unwrap_or_default();
    if !bool::from(given.as_bytes().ct_eq(secret.as_bytes())) {
        return Err(Problem::new(
            ErrorCode::Unauthorized,
            "Missing or invalid admin secret",
        ));
    }
    match path.split('/').collect::<Vec<_>>().as_slice() {
        ["organizations"] if request.method() == Method::POST => {
            let id = ctx.entropy.first_chunk::<8>().ok_or_else(not_found)?;
            Ok(OrganizationId::from_bytes(*id))
        }
        ["organizations"] => Err(Problem::not_allowed(&["POST"], "Use POST")),
        ["organizations", id, ..] => OrganizationId::parse(id)
            .ok_or_else(|| Problem::new(ErrorCode::NotFound, "No such organization")),
        _ => Err(not_found()),
    }
}

pub(crate) fn too_large() -> Problem {
    Problem::new(
        ErrorCode::PayloadTooLarge,
        format!("A request body is at most {MAX_BODY_BYTES} bytes"),
    )
}
