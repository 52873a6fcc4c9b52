//! Events priced again: at prices that were corrected, or at the organisation's own. What they cost before stays
//! readable, and every sum is corrected in the transaction that changes the event.

mod endpoint;
mod job;
mod outcome;
mod step;

pub(crate) use step::step;

use crate::auth::Scope;
use crate::route::{PAGE, Route};

/// Repricings.
pub(crate) const ROUTES: [Route; 3] = [
    Route::post("/v1/reprice", Scope::Admin, endpoint::start)
        .about(
            "Price a range of events again",
            "Without `\"dryRun\": false` nothing is changed and the answer says what would be. Long ranges go on in the \
             background, in steps between other requests: `status` is then `running`. Events whose cost was reported stay. \
             One repricing runs at a time.",
        )
        .takes::<endpoint::NewRepricing>()
        .answers::<job::Repricing>(201)
        .fails(&[409]),
    Route::get("/v1/reprice", Scope::Admin, endpoint::list)
        .about("List repricings", "The latest first.")
        .query(&[PAGE])
        .without_sums()
        .answers::<endpoint::List>(200),
    Route::get("/v1/reprice/{id}", Scope::Admin, endpoint::show)
        .about("A repricing and how far it is", "")
        .without_sums()
        .answers::<job::Repricing>(200)
        .fails(&[404]),
];
