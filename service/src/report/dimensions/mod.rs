//! `/v1/dimensions/…`: the caller's own dimensions, what they mean and what they come to.

mod define;
mod definitions;
mod numeric;

use super::GRANULARITY;
use super::asked::Asked;
use super::attribution::{MANY, Named, by_named, series_of};
use super::shape::{Breakdown, SeriesAnswer};
use crate::auth::Scope;
use crate::route::{Access, Kind, PERIOD, Parameter, Route, Verb};
use crate::router::{Answer, Call};

const VALUE: &[Parameter] = &[Parameter::new("value", Kind::Text, "Only this value")];

/// Custom dimensions.
pub(crate) const ROUTES: [Route; 7] = [
    Route::get("/v1/dimensions", Scope::CostsRead, definitions::definitions)
        .about(
            "All dimensions: those that are described, and those that events have",
            "In the order of their keys.",
        )
        .answers::<definitions::Definitions<'_>>(200),
    Route {
        // When the dimension was last seen.
        reads_sums: true,
        ..Route::new(
            Verb::Put,
            "/v1/dimensions/{key}",
            Access::Scoped(Scope::Admin),
            define::put,
        )
        .about("Describe a dimension, or change its description", "")
        .takes::<define::Description>()
        .answers::<define::Defined>(200)
    },
    Route::new(
        Verb::Delete,
        "/v1/dimensions/{key}",
        Access::Scoped(Scope::Admin),
        define::delete,
    )
    .about(
        "Forget a dimension's description",
        "Events keep the dimension, and reports show it.",
    )
    .answers::<define::Deleted>(200)
    .fails(&[404]),
    Route::get("/v1/dimensions/{key}/costs", Scope::CostsRead, costs)
        .about("Costs by the values of a dimension, the dearest first", "")
        .query(&[PERIOD])
        .answers::<Breakdown<'_>>(200),
    Route::get("/v1/dimensions/{key}/trend", Scope::CostsRead, trend)
        .about("Costs over time by the values of a dimension", "")
        .query(&[PERIOD, GRANULARITY, MANY, VALUE])
        .answers::<SeriesAnswer<'_>>(200),
    Route::get(
        "/v1/dimensions/{key}/numeric-summary",
        Scope::CostsRead,
        numeric::summary,
    )
    .about(
        "What a numeric dimension comes to",
        "Percentiles are within percentileAccuracy (1 %) of a value that was measured.",
    )
    .query(&[PERIOD])
    .answers::<numeric::Summary<'_>>(200),
    Route::get(
        "/v1/dimensions/{key}/numeric-trend",
        Scope::CostsRead,
        numeric::trend,
    )
    .about(
        "A numeric dimension over time",
        "Every step of the range stands there. Hours are there for ranges of at most 7 days.",
    )
    .query(&[PERIOD, GRANULARITY])
    .answers::<numeric::Trend>(200),
];

fn costs(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let named = Named::custom(&call.path_value("key"), call.sql)?;
    by_named(&asked, &named)
}

fn trend(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let named = Named::custom(&call.path_value("key"), call.sql)?;
    let only = asked.query.get(&["value"]);
    series_of(&asked, &named, |value| {
        only.is_none_or(|only| value == Some(only))
    })
}
