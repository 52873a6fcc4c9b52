//! What it cost: the reports over the rollups.

mod breakdown;
mod period;
mod summary;
mod sums;

use crate::auth::Scope;
use crate::route::{PERIOD, Route};
use breakdown::{by_agent, by_end_user, by_feature, by_model, by_provider, by_workflow};
use summary::summary;

/// Cost reports.
pub(crate) const ROUTES: [Route; 7] = [
    Route::get("/v1/cost-data/summary", Scope::CostsRead, summary)
        .about("The cost of a range beside that of the range before", "")
        .query(&[PERIOD]),
    Route::get("/v1/cost-data/by-model", Scope::CostsRead, by_model)
        .about("Costs by model, the dearest first", "")
        .query(&[PERIOD]),
    Route::get("/v1/cost-data/by-provider", Scope::CostsRead, by_provider)
        .about("Costs by provider, the dearest first", "")
        .query(&[PERIOD]),
    Route::get("/v1/cost-data/by-feature", Scope::CostsRead, by_feature)
        .about("Costs by feature, the dearest first", "")
        .query(&[PERIOD]),
    Route::get("/v1/cost-data/by-agent", Scope::CostsRead, by_agent)
        .about("Costs by agent, the dearest first", "")
        .query(&[PERIOD]),
    Route::get("/v1/cost-data/by-workflow", Scope::CostsRead, by_workflow)
        .about("Costs by workflow, the dearest first", "")
        .query(&[PERIOD]),
    Route::get("/v1/cost-data/by-end-user", Scope::CostsRead, by_end_user)
        .about("Costs by end user, the dearest first", "")
        .query(&[PERIOD]),
];
