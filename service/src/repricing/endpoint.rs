//! `/v1/reprice`

use super::job::{Job, Repricing, Which};
use super::step;
use crate::auth::new_id;
use crate::http::{Page, PageAsked, Problem, json, read_body};
use crate::router::{Answer, Call};
use crate::settings::{Instants, record_change};
use bearlumen_core::error::ErrorCode;
use http::StatusCode;
use serde::{Deserialize, Serialize};

/// Events priced before the first answer; what is left goes on in the background.
const FIRST_EVENTS: i64 = 2_000;

/// A repricing to be made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct NewRepricing {
    /// The first instant of the range, ISO 8601; a date begins at midnight in the organisation's time zone.
    start: String,
    /// The end of the range, ISO 8601, exclusive; a date means that whole day.
    end: String,
    /// Only say what would change; true when absent.
    dry_run: Option<bool>,
    /// Only events of this model.
    model: Option<String>,
    /// Only events of this provider.
    provider: Option<String>,
    /// The caller's own words for the log, up to 512 bytes.
    #[cfg_attr(feature = "openapi", schemars(length(max = 512)))]
    reason: Option<String>,
}

/// Repricings.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "RepricingList")
)]
pub(super) struct List {
    repricings: Vec<Repricing>,
    #[serde(flatten)]
    page: Page,
}

/// `POST /v1/reprice`
pub(super) fn start(call: &Call<'_>) -> Answer {
    let new: NewRepricing = read_body(call.request.body())?;
    let instants = Instants::of(call)?;
    let start_ms = instants.start("start", &new.start)?;
    let end_ms = instants.end("end", &new.end)?;
    if end_ms <= start_ms {
        return Err(Problem::invalid(
            "end",
            "Invalid end: expected a time after start",
        ));
    }
    if new.reason.as_ref().is_some_and(|reason| reason.len() > 512) {
        let message = "Invalid reason: expected at most 512 bytes";
        return Err(Problem::invalid("reason", message));
    }
    if Job::running(call.sql)?.is_some() {
        let message = "Another repricing is running; wait until it is done";
        return Err(Problem::new(ErrorCode::IdempotencyConflict, message));
    }
    let dry_run = new.dry_run.unwrap_or(true);
    let which = Which {
        model: new.model,
        provider: new.provider,
        reason: new.reason,
    };
    let id = format!("rep_{}", new_id(call.ctx));
    call.tenant.transaction(call.sql, &mut || {
        Job::insert(
            call.sql,
            &id,
            (start_ms, end_ms),
            dry_run,
            &which,
            call.ctx.now_ms,
        )?;
        let details = serde_json::json!({
            "dryRun": dry_run, "start": new.start, "end": new.end, "model": which.model,
            "provider": which.provider, "reason": which.reason,
        });
        record_change(call, "reprice.start", &id, &details)
    })?;
    // The background is told.
    call.tenant.forget_organization();
    step(call.tenant, call.sql, call.ctx.now_ms, FIRST_EVENTS)?;
    Ok(json(StatusCode::CREATED, &found(call, &id)?))
}

fn found(call: &Call<'_>, id: &str) -> Result<Repricing, Problem> {
    Job::find(call.sql, id)?
        .map(Repricing::from)
        .ok_or_else(|| Problem::new(ErrorCode::NotFound, format!("No such repricing {id}")))
}

/// `GET /v1/reprice/{id}`
pub(super) fn show(call: &Call<'_>) -> Answer {
    Ok(json(StatusCode::OK, &found(call, &call.path_value("id"))?))
}

/// `GET /v1/reprice`
pub(super) fn list(call: &Call<'_>) -> Answer {
    let asked = PageAsked::of(&call.query());
    let jobs = Job::list(call.sql, asked.limit, asked.offset)?;
    let total = call.sql.count("SELECT COUNT(*) FROM repricing", &[])?;
    Ok(json(
        StatusCode::OK,
        &List {
            repricings: jobs.into_iter().map(Repricing::from).collect(),
            page: asked.page(total),
        },
    ))
}
