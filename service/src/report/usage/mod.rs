//! `GET /v1/usage/…`: events and what they come to.

mod aggregation;
mod count;
mod cursor;
mod event;
mod explain;
mod filter;
mod list;
mod summary;

pub(crate) use event::{Event, select};
pub(crate) use explain::as_sent;

use crate::auth::Scope;
use crate::route::{Kind, PAGE, PERIOD, Parameter, Route};
use filter::FILTERS;

const CURSOR: &[Parameter] = &[Parameter::new(
    "cursor",
    Kind::Text,
    "nextCursor of the answer before: goes on exactly behind it, also when events came in since",
)];

const SUBSCRIPTION: &[Parameter] = &[Parameter::new(
    "subscription_id",
    Kind::Text,
    "Only events of this subscription",
)];

const METRIC: &[Parameter] = &[Parameter::new(
    "metric_name",
    Kind::Text,
    "Only events of this metric",
)];

const ABOUT_LIST: &str = "The newest first. total counts all events that match. A long list is best read by cursor: \
     offset passes over what lies before one by one.";

/// Reading usage.
pub(crate) const ROUTES: [Route; 5] = [
    Route::get("/v1/usage/events", Scope::UsageRead, list::events)
        .about("Events of a range", ABOUT_LIST)
        .query(&[PERIOD, FILTERS, PAGE, CURSOR])
        .answers::<list::Events<'_>>(200),
    Route::get("/v1/usage/query", Scope::UsageRead, list::events)
        .about("Events of a range, under the older path", ABOUT_LIST)
        .query(&[PERIOD, FILTERS, PAGE, CURSOR])
        .answers::<list::Events<'_>>(200),
    Route::get(
        "/v1/usage/events/{eventId}",
        Scope::UsageRead,
        explain::event,
    )
    .about("One event and why it cost what it cost", "")
    .answers::<explain::Explained>(200)
    .fails(&[404]),
    Route::get("/v1/usage/summary", Scope::UsageRead, summary::summary)
        .about("What was used in a range", "")
        .query(&[PERIOD, SUBSCRIPTION])
        .answers::<summary::UsageSummary>(200),
    Route::get(
        "/v1/usage/aggregation",
        Scope::UsageRead,
        aggregation::aggregation,
    )
    .about("Usage by metric, the most events first", "")
    .query(&[PERIOD, SUBSCRIPTION, METRIC])
    .answers::<aggregation::Aggregation<'_>>(200),
];
