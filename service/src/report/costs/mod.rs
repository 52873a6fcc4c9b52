//! `GET /v1/cost-data/…`: what it cost, of the whole organisation.

mod breakdown;
mod detailed;
mod summary;
mod tokens;
mod trend;

pub(super) use breakdown::breakdown;
pub(super) use summary::{Summary, summary};
pub(super) use trend::trend;

use super::GRANULARITY;
use super::asked::Asked;
use super::shape::{Breakdown, Naming, Trend};
use super::sums::{Axis, Scope as Of};
use crate::auth::Scope;
use crate::http::json;
use crate::route::{PAGE, PERIOD, Route};
use crate::router::{Answer, Call};
use http::StatusCode;

const ABOUT_NULL: &str =
    "Events without one stand under null. The percentages are of the total cost that is known.";

const fn by(path: &'static str, call: fn(&Call<'_>) -> Answer, summary: &'static str) -> Route {
    Route::get(path, Scope::CostsRead, call)
        .about(summary, ABOUT_NULL)
        .query(&[PERIOD])
        .answers::<Breakdown<'_>>(200)
}

const fn detailed_by(
    path: &'static str,
    call: fn(&Call<'_>) -> Answer,
    summary: &'static str,
) -> Route {
    Route::get(path, Scope::CostsRead, call)
        .about(summary, ABOUT_NULL)
        .query(&[PERIOD, PAGE])
        .answers::<detailed::Detailed>(200)
}

/// Costs of the organisation.
pub(crate) const ROUTES: [Route; 11] = [
    Route::get(
        "/v1/cost-data/summary",
        Scope::CostsRead,
        of_everyone_summary,
    )
    .about("The cost of a range beside that of the range before", "")
    .query(&[PERIOD])
    .answers::<Summary>(200),
    by(
        "/v1/cost-data/by-model",
        by_model,
        "Costs by model, the dearest first",
    ),
    by(
        "/v1/cost-data/by-provider",
        by_provider,
        "Costs by provider, the dearest first",
    ),
    by(
        "/v1/cost-data/by-feature",
        by_feature,
        "Costs by feature, the dearest first",
    ),
    by(
        "/v1/cost-data/by-agent",
        by_agent,
        "Costs by agent, the dearest first",
    ),
    by(
        "/v1/cost-data/by-workflow",
        by_workflow,
        "Costs by workflow, the dearest first",
    ),
    by(
        "/v1/cost-data/by-end-user",
        by_end_user,
        "Costs by end user, the dearest first",
    ),
    Route::get("/v1/cost-data/trend", Scope::CostsRead, of_everyone_trend)
        .about(
            "Costs over time",
            "Every step of the range stands there, also where nothing happened.",
        )
        .query(&[PERIOD, GRANULARITY])
        .answers::<Trend>(200),
    detailed_by(
        "/v1/cost-data/detailed/by-model",
        detailed::by_model,
        "Costs and tokens by model and provider, the dearest first",
    ),
    detailed_by(
        "/v1/cost-data/detailed/by-provider",
        detailed::by_provider,
        "Costs and tokens by provider, the dearest first",
    ),
    detailed_by(
        "/v1/cost-data/detailed/by-end-user",
        detailed::by_end_user,
        "Costs and tokens by end user, the dearest first",
    ),
];

fn of_everyone_summary(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    Ok(json(StatusCode::OK, &summary(&asked, Of::Everyone)?))
}

fn of_everyone_trend(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    trend(&asked, Of::Everyone, |answer| json(StatusCode::OK, answer))
}

fn of_everyone(call: &Call<'_>, axis: Axis, naming: Naming) -> Answer {
    let asked = Asked::of(call)?;
    breakdown(&asked, Of::Everyone, axis, naming, |answer| {
        json(StatusCode::OK, answer)
    })
}

fn by_model(call: &Call<'_>) -> Answer {
    of_everyone(call, Axis::Model, Naming::Model)
}

fn by_provider(call: &Call<'_>) -> Answer {
    of_everyone(call, Axis::Provider, Naming::Provider)
}

fn by_feature(call: &Call<'_>) -> Answer {
    of_everyone(call, Axis::Feature, Naming::Feature)
}

/// `by-agent`, under both of its paths.
pub(super) fn by_agent(call: &Call<'_>) -> Answer {
    of_everyone(call, Axis::Agent, Naming::Agent)
}

/// `by-workflow`, under both of its paths.
pub(super) fn by_workflow(call: &Call<'_>) -> Answer {
    of_everyone(call, Axis::Workflow, Naming::Workflow)
}

fn by_end_user(call: &Call<'_>) -> Answer {
    of_everyone(call, Axis::EndUser, Naming::EndUser)
}
