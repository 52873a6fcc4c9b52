//! Usage events on their way in: read, priced, deduplicated and stored, all or nothing.

mod ahead;
mod batch;
mod body;
mod detail;
mod endpoint;
mod priced;
mod reading;
mod recorded;

use crate::auth::Scope;
use crate::route::Route;
pub use ahead::{read_ahead, write_rest};
use batch::record_batch;
pub(crate) use detail::{push_number, write_detail};
use endpoint::record_one;
pub(crate) use endpoint::{beyond_sums, conflict};
pub(crate) use priced::{Priced, read};
pub(crate) use recorded::{Recorded, shown};

/// Usage events on their way in.
pub(crate) const ROUTES: [Route; 2] = [
    Route::post("/v1/usage/events", Scope::UsageWrite, record_one)
        .about(
            "Record one usage event",
            "201 when it is new, 200 when an event with the same idempotencyKey and content was recorded before.",
        )
        .takes::<body::EventBody>()
        .answers::<Recorded<'static>>(201)
        .answers::<Recorded<'static>>(200)
        .fails(&[409]),
    Route::post(ahead::PATH, Scope::UsageWrite, record_batch)
        .about(
            "Record 1 to 1000 usage events",
            "Every event is judged alone: 201 when none failed, 207 when some did.",
        )
        .takes::<body::BatchBody>()
        .answers::<batch::BatchAnswer<'static>>(201)
        .answers::<batch::BatchAnswer<'static>>(207),
];
