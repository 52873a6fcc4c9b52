//! `GET /v1/end-user-costs/{externalId}/…`: what one end user cost.

use super::GRANULARITY;
use super::asked::Asked;
use super::costs::{Summary, breakdown, summary, trend};
use super::end_users::Subject;
use super::shape::{Breakdown, Naming, Trend};
use super::sums::{Axis, Scope as Of};
use crate::auth::Scope;
use crate::http::json;
use crate::route::{PERIOD, Route};
use crate::router::{Answer, Call};
use http::StatusCode;
use serde::Serialize;

/// A report with the end user that it is about.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct About<'a, T> {
    #[serde(flatten)]
    end_user: &'a Subject,
    #[serde(flatten)]
    report: &'a T,
}

const fn by(path: &'static str, call: fn(&Call<'_>) -> Answer, summary: &'static str) -> Route {
    Route::get(path, Scope::CostsRead, call)
        .about(summary, "Events without one stand under null.")
        .query(&[PERIOD])
        .answers::<About<'_, Breakdown<'_>>>(200)
        .fails(&[404])
}

/// Costs of one end user, by the caller's own id.
pub(crate) const ROUTES: [Route; 5] = [
    Route::get(
        "/v1/end-user-costs/{externalId}/summary",
        Scope::CostsRead,
        of_one_summary,
    )
    .about("What one end user cost, beside the range before", "")
    .query(&[PERIOD])
    .answers::<About<'_, Summary>>(200)
    .fails(&[404]),
    by(
        "/v1/end-user-costs/{externalId}/by-model",
        by_model,
        "Costs of one end user by model, the dearest first",
    ),
    by(
        "/v1/end-user-costs/{externalId}/by-provider",
        by_provider,
        "Costs of one end user by provider, the dearest first",
    ),
    by(
        "/v1/end-user-costs/{externalId}/by-feature",
        by_feature,
        "Costs of one end user by feature, the dearest first",
    ),
    Route::get(
        "/v1/end-user-costs/{externalId}/trend",
        Scope::CostsRead,
        of_one_trend,
    )
    .about(
        "Costs of one end user over time",
        "Every step of the range stands there. Hours are there for ranges of at most 7 days.",
    )
    .query(&[PERIOD, GRANULARITY])
    .answers::<About<'_, Trend>>(200)
    .fails(&[404]),
];

fn subject(call: &Call<'_>) -> Result<Subject, crate::http::Problem> {
    Subject::find(call.sql, &call.path_value("externalId"))
}

fn of_one_summary(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let end_user = &subject(call)?;
    let report = &summary(&asked, Of::EndUser(end_user.label))?;
    Ok(json(StatusCode::OK, &About { end_user, report }))
}

fn of_one_trend(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let end_user = &subject(call)?;
    trend(&asked, Of::EndUser(end_user.label), |report| {
        json(StatusCode::OK, &About { end_user, report })
    })
}

fn of_one(call: &Call<'_>, axis: Axis, naming: Naming) -> Answer {
    let asked = Asked::of(call)?;
    let end_user = &subject(call)?;
    breakdown(
        &asked,
        Of::EndUser(end_user.label),
        axis,
        naming,
        |report| json(StatusCode::OK, &About { end_user, report }),
    )
}

fn by_model(call: &Call<'_>) -> Answer {
    of_one(call, Axis::Model, Naming::Model)
}

fn by_provider(call: &Call<'_>) -> Answer {
    of_one(call, Axis::Provider, Naming::Provider)
}

fn by_feature(call: &Call<'_>) -> Answer {
    of_one(call, Axis::Feature, Naming::Feature)
}
