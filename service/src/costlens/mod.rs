//! The `CostLens` API on the same ledger: what is sent here stands in all reports, and what other clients send is counted
//! here. Prompts and outputs are measured, never stored.

mod advice;
mod analysis;
mod body;
mod dashboard;
mod days;
mod decision;
mod integrations;
mod overview;
mod plan;
mod predictive;
mod problem;
mod record;
mod routing;
mod run;
#[cfg(feature = "openapi")]
mod shape;
mod sums;

#[cfg(feature = "openapi")]
pub(crate) use problem::Body as ErrorBody;
pub(crate) use problem::{response as problem_response, speaks};

/// What is sent with a body and writes nothing: a routing decision is counted in memory.
const ONLY_READ: [&str; 2] = ["/routing/context-aware", "/cost-analysis"];

/// Whether nothing on this path writes, whatever the method.
pub(crate) fn only_reads(path: &str) -> bool {
    ONLY_READ.contains(&path)
}

use crate::auth::Scope;
use crate::route::{Kind, Parameter, Route};

const RANGE: &[Parameter] = &[
    Parameter::new(
        "start_date",
        Kind::Time,
        "The first day, included; 29 days before the last one when absent",
    )
    .also(&["start"]),
    Parameter::new(
        "end_date",
        Kind::Time,
        "The last day, included, or with a time the instant before which it ends; today when absent",
    )
    .also(&["end"]),
];

const PREDICTIVE: &[Parameter] = &[
    Parameter::new(
        "window_days",
        Kind::Integer(1, 90),
        "How many days ahead are projected; 30 when absent",
    ),
    Parameter::new(
        "type",
        Kind::OneOf(&["forecast", "alerts", "recommendations"]),
        "What is asked for; forecast, which is everything, when absent",
    ),
];

/// The routes of `CostLens`.
pub(crate) const ROUTES: [Route; 9] = [
    Route::post("/integrations/run", Scope::UsageWrite, integrations::run)
        .about(
            "Record a run",
            "Needs provider, model and tokensUsed (or inputTokens and outputTokens). The same requestId twice is one \
             run. The texts of input and output are measured and not kept.",
        )
        .takes::<body::RunBody>()
        .answers::<integrations::One<'_>>(200)
        .fails(&[402, 409]),
    Route::post("/integrations/batch", Scope::UsageWrite, integrations::batch)
        .about(
            "Record many runs",
            "Every run is judged alone. How many a batch may hold depends on the plan. 400 when none could be recorded.",
        )
        .takes::<body::BatchBody>()
        .answers::<integrations::Many<'_>>(200)
        .fails(&[402]),
    Route::get("/analytics/overview", Scope::CostsRead, overview::overview)
        .about("Runs, cost, latency and success over a range of days", "")
        .query(&[RANGE])
        .answers::<overview::Overview>(200),
    Route::get("/usage", Scope::UsageRead, overview::usage)
        .about("The plan and what of it is used this month", "")
        .answers::<overview::PlanUsage>(200),
    Route::get("/dashboard/stats", Scope::CostsRead, dashboard::stats)
        .about(
            "The latest 30 days and a forecast",
            "Methods and definitions stand in docs/forecast.md.",
        )
        .answers::<dashboard::Stats>(200),
    Route::get("/cost/predictive", Scope::CostsRead, predictive::predictive)
        .about(
            "What is coming, what is odd, what would have been cheaper",
            "Methods and definitions stand in docs/forecast.md.",
        )
        .query(&[PREDICTIVE])
        .answers::<predictive::Predictive>(200),
    Route::post(
        "/routing/context-aware",
        Scope::CostsRead,
        routing::context_aware,
    )
    .about(
        "Which model should answer a prompt",
        "The cheapest adequate one, with all that were considered. The prompt is measured and not kept. A run that \
         names the decision's id as routingDecisionId counts as having followed it.",
    )
    .takes::<body::RoutingBody>()
    .answers::<routing::Answered<'_>>(200),
    Route::post("/cost-analysis", Scope::CostsRead, analysis::of_runs)
        .about(
            "What runs cost by class of token, and what they would have cost otherwise",
            "Takes one run or a list of them; records nothing.",
        )
        .takes::<body::AnalysisBody>()
        .answers::<analysis::Analysed>(200),
    Route::get("/cost-analysis", Scope::CostsRead, analysis::of_days)
        .about("The same of what was recorded over a range of days", "")
        .query(&[RANGE])
        .answers::<analysis::Analysed>(200),
];
