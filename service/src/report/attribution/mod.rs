//! `GET /v1/attribution/…`: what it cost, by whatever events are tagged with.

mod actors;
mod axis;
mod by_dimension;
mod comparison;
mod session;
mod sessions;
mod time_series;
mod values;

pub(super) use axis::Named;
pub(super) use by_dimension::by_named;
pub(super) use time_series::{MANY, series_of};

use super::GRANULARITY;
use super::costs::{by_agent, by_workflow};
use super::shape::{Breakdown, SeriesAnswer};
use crate::auth::Scope;
use crate::route::{Kind, PAGE, PERIOD, Parameter, Route};

const DIMENSION: &[Parameter] = &[Parameter::new(
    "dimension",
    Kind::Text,
    "A key of the events' dimensions, or model, provider, feature, agent_id, workflow_id or user_id. Required",
)];

const SESSIONS: &[Parameter] = &[
    Parameter::new("session_type", Kind::Text, "Only sessions of this type"),
    Parameter::new(
        "user_id",
        Kind::Text,
        "Only sessions of this end user, by the caller's own id",
    ),
];

const SESSION_TYPES: &[Parameter] = &[Parameter::new(
    "session_types",
    Kind::Texts,
    "Types to compare, separated by commas; all when absent",
)];

const ABOUT_SESSIONS: &str =
    "A session belongs to the range that its first event lies in, and is shown whole.";

/// Attribution.
pub(crate) const ROUTES: [Route; 13] = [
    Route::get("/v1/attribution/by-dimension", Scope::CostsRead, by_dimension::by_dimension)
        .about(
            "Costs by the values of a dimension, the dearest first",
            "Events without the dimension are not in it. A dimension that no event has is an empty breakdown.",
        )
        .query(&[PERIOD, DIMENSION])
        .answers::<Breakdown<'_>>(200),
    Route::get("/v1/attribution/dimension-values", Scope::CostsRead, values::values)
        .about("The values of a dimension in a range", "In the order of their texts.")
        .query(&[PERIOD, DIMENSION])
        .answers::<values::Values<'_>>(200),
    Route::get("/v1/attribution/dimension-keys", Scope::CostsRead, values::keys)
        .about("The dimensions that events of a range have", "Texts and numbers, in the order of their keys.")
        .query(&[PERIOD])
        .answers::<values::Keys<'_>>(200),
    Route::get("/v1/attribution/time-series", Scope::CostsRead, time_series::time_series)
        .about(
            "Costs over time by the values of a dimension",
            "The dearest values, as many as limit says; the others stand together in a last series with other: true.",
        )
        .query(&[PERIOD, DIMENSION, GRANULARITY, MANY])
        .answers::<SeriesAnswer<'_>>(200),
    Route::get("/v1/attribution/agents", Scope::CostsRead, actors::agents)
        .about("The agents of a range", "In the order of their names.")
        .query(&[PERIOD])
        .answers::<actors::Actors<'_>>(200),
    Route::get("/v1/attribution/workflows", Scope::CostsRead, actors::workflows)
        .about("The workflows of a range", "In the order of their names.")
        .query(&[PERIOD])
        .answers::<actors::Actors<'_>>(200),
    Route::get("/v1/attribution/sessions", Scope::CostsRead, sessions::sessions)
        .about("What sessions cost, the newest first", ABOUT_SESSIONS)
        .query(&[PERIOD, SESSIONS, PAGE])
        .answers::<sessions::Sessions<'_>>(200),
    Route::get("/v1/attribution/session-comparison", Scope::CostsRead, comparison::comparison)
        .about("Types of sessions side by side, the dearest first", ABOUT_SESSIONS)
        .query(&[PERIOD, SESSION_TYPES])
        .answers::<comparison::Comparison<'_>>(200),
    Route::get("/v1/attribution/sessions/{sessionId}", Scope::CostsRead, session::session)
        .about(
            "One session in detail",
            "With its first 1000 events, the oldest first; the sums are of all of them.",
        )
        .answers::<session::Detail>(200)
        .fails(&[404]),
    Route::get("/v1/cost-attribution/by-agent", Scope::CostsRead, by_agent)
        .about("Costs by agent, under the older path", "")
        .query(&[PERIOD])
        .answers::<Breakdown<'_>>(200),
    Route::get("/v1/cost-attribution/by-workflow", Scope::CostsRead, by_workflow)
        .about("Costs by workflow, under the older path", "")
        .query(&[PERIOD])
        .answers::<Breakdown<'_>>(200),
    Route::get("/v1/cost-attribution/agents", Scope::CostsRead, actors::agents)
        .about("The agents of a range, under the older path", "")
        .query(&[PERIOD])
        .answers::<actors::Actors<'_>>(200),
    Route::get("/v1/cost-attribution/workflows", Scope::CostsRead, actors::workflows)
        .about("The workflows of a range, under the older path", "")
        .query(&[PERIOD])
        .answers::<actors::Actors<'_>>(200),
];
