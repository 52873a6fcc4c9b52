//! What may be spent in a billing period, and whether it lasts.

mod budget;
mod course;
mod endpoint;

pub(crate) use budget::list;
pub(crate) use course::course;

use crate::auth::Scope;
use crate::route::{Access, PAGE, Route, Verb};

/// Budgets.
pub(crate) const ROUTES: [Route; 3] = [
    Route::get("/v1/budgets", Scope::CostsRead, endpoint::list)
        .about(
            "The budgets, what of them is spent and what the period will come to",
            "Oldest first. A period is the organisation's billing period.",
        )
        .query(&[PAGE])
        .answers::<endpoint::List>(200),
    Route::post("/v1/budgets", Scope::Admin, endpoint::create)
        .about(
            "Set a budget for each billing period",
            "For everything, or for one model, end user, feature, agent or workflow. GET /cost/predictive tells when it \
             will not last.",
        )
        .takes::<endpoint::NewBudget>()
        .answers::<endpoint::Shown>(201),
    Route::new(
        Verb::Delete,
        "/v1/budgets/{id}",
        Access::Scoped(Scope::Admin),
        endpoint::remove,
    )
    .about("Remove a budget", "")
    .answers::<endpoint::Shown>(200)
    .fails(&[404]),
];
