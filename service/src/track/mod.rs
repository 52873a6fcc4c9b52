//! `POST /v1/track`: a provider's response, for languages without an SDK. What is stored is what an SDK would send;
//! nothing of the response's text is.

mod endpoint;
mod options;
mod subject;

use crate::auth::Scope;
use crate::route::Route;
use endpoint::{Answered, Body, track};

/// Tracking over HTTP.
pub(crate) const ROUTES: [Route; 1] = [Route::post("/v1/track", Scope::UsageWrite, track)
    .about(
        "Record a provider's response, or a stream of one",
        "The provider is recognised, usage read and priced as an SDK does it, and one event is recorded for each model \
         that the call used. Text of prompts and completions is not stored. A response that cannot be read is recorded \
         as an unpriced call, and warnings say why. 201 when it is new, 200 when an event with the same idempotencyKey \
         and content was recorded before.",
    )
    .takes::<Body<'_>>()
    .answers::<Answered<'_>>(201)
    .answers::<Answered<'_>>(200)
    .fails(&[409])];
