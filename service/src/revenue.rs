//! What customers paid, beside what they cost: revenue events, margins, insights.

mod event;
mod event_endpoint;
mod health;
mod insights;
mod margin;
mod margin_endpoint;
mod recognised;

use crate::auth::Scope;
use crate::route::{PAGE, PERIOD, Route};

/// Revenue, margins and insights.
pub(crate) const ROUTES: [Route; 6] = [
    Route::post("/v1/revenue/events", Scope::RevenueWrite, event_endpoint::create)
        .about(
            "Report revenue",
            "One event, or up to 1000 as `events`, all or none. It counts evenly over its period, so that adjacent ranges \
             add up exactly. An event that was reported before is not recorded again: 200 when none of them was new.",
        )
        .takes::<event_endpoint::Reported>()
        .answers::<event_endpoint::Answered>(201)
        .answers::<event_endpoint::Answered>(200)
        .fails(&[404, 409]),
    Route::get("/v1/revenue/events", Scope::CostsRead, event_endpoint::list)
        .about("List revenue events", "The latest reported first.")
        .query(&[event_endpoint::FILTERS, PAGE])
        .without_sums()
        .answers::<event_endpoint::List>(200),
    Route::get("/v1/margins/summary", Scope::CostsRead, margin_endpoint::summary)
        .about("Revenue, cost and margin of a range", "")
        .query(&[PERIOD])
        .answers::<margin_endpoint::Summary>(200),
    Route::get("/v1/margins/by-end-user", Scope::CostsRead, margin_endpoint::by_end_user)
        .about("Revenue, cost and margin of a range by end user", "")
        .query(&[PERIOD, margin_endpoint::SORT, PAGE])
        .answers::<margin_endpoint::ByEndUser>(200),
    Route::get("/v1/margins/trend", Scope::CostsRead, margin_endpoint::trend)
        .about("Revenue, cost and margin over time", "Every slot of the range stands there.")
        .query(&[PERIOD, margin_endpoint::GRANULARITY])
        .answers::<margin_endpoint::Trend>(200),
    Route::get("/v1/insights/summary", Scope::CostsRead, insights::summary)
        .about(
            "What a range cost, by what, and what changed most",
            "Changes are against the range before, of the same kind and length.",
        )
        .query(&[PERIOD, insights::WHAT])
        .answers::<insights::Insights>(200),
];
