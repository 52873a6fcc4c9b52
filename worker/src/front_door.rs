//! Where requests arrive: finds out which organisation each belongs to and passes it on, body unread.

use bearlumen_service::{Admission, ORGANIZATION_HEADER, admit, unavailable};
use worker::{Context, Env, Request, Response, Result, event, web_sys};

use crate::exchange;
use crate::log;
use crate::problem::Problem;
use crate::settings;
use crate::surroundings::{Surroundings, now_ms};

#[event(fetch)]
async fn fetch(request: web_sys::Request, env: Env, _ctx: Context) -> Result<Response> {
    match answer(&request, &env).await {
        Ok(response) => Ok(response),
        Err(problem) => problem.into_response(&request),
    }
}

async fn answer(request: &web_sys::Request, env: &Env) -> Result<Response, Problem> {
    let settings = settings::of(env)?;
    let surroundings = Surroundings::look()?;
    let ctx = surroundings.context(&settings);
    // The body is left out: who is asking stands in the head, and a body is read once, where it is used.
    let head = exchange::head(request)?;
    let organization = match admit(&head, &ctx) {
        // What is passed on is logged where it is answered.
        Admission::Answer(response) => {
            log::request(head.method().as_str(), &response, 0);
            return Ok(exchange::response(response)?);
        }
        Admission::Tenant { organization } => organization,
    };
    match forward(request, env, organization.as_str()).await {
        Ok(response) => Ok(response),
        Err(error) => {
            let answer = unavailable(&head, &ctx, error.to_string());
            log::request(head.method().as_str(), &answer, now_ms() - ctx.now_ms);
            Ok(exchange::response(answer)?)
        }
    }
}

async fn forward(request: &web_sys::Request, env: &Env, organization: &str) -> Result<Response> {
    let inward = web_sys::Request::new_with_request(request)?;
    // Overwrites whatever a caller may have put there.
    inward
        .headers()
        .set(ORGANIZATION_HEADER.as_str(), organization)?;
    env.durable_object("ORGANIZATION")?
        .get_by_name(organization)?
        .fetch_with_request(Request::from(inward))
        .await
}
