//! Where requests arrive: finds out which organisation each belongs to and passes it on, body unread.

use bearlumen_service::{Admission, ORGANIZATION_HEADER, admit, unavailable};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::*;
use worker::js_sys::Promise;
use worker::wasm_bindgen_futures::JsFuture;
use worker::{Context, Env, Result, event, web_sys};

use crate::exchange;
use crate::log;
use crate::problem::Problem;
use crate::settings;
use crate::surroundings::{Surroundings, now_ms};

// Bound here: `worker` takes the answer apart and makes another, body stream and all.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = worker::js_sys::Object)]
    type Objects;

    #[wasm_bindgen(method, catch, js_name = getByName)]
    fn get_by_name(this: &Objects, name: &str) -> std::result::Result<Stub, JsValue>;

    type Stub;

    #[wasm_bindgen(method, catch)]
    fn fetch(this: &Stub, request: &web_sys::Request) -> std::result::Result<Promise, JsValue>;
}

/// The binding of the Durable Objects.
const OBJECTS: &str = "ORGANIZATION";

#[event(fetch)]
async fn fetch(request: web_sys::Request, env: Env, _ctx: Context) -> Result<web_sys::Response> {
    match answer(&request, &env).await {
        Ok(response) => Ok(response),
        Err(problem) => Ok(problem.into_response(&request)?),
    }
}

async fn answer(
    request: &web_sys::Request,
    env: &Env,
) -> std::result::Result<web_sys::Response, Problem> {
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
    let name = organization.as_str();
    let forwarded = if head.uri().path().starts_with("/admin/") {
        forward(&named(request, name)?, env, name).await
    } else {
        // The key in it names the organisation.
        forward(request, env, name).await
    };
    match forwarded {
        Ok(response) => Ok(response),
        Err(error) => {
            let cause = worker::Error::from(error).to_string();
            let answer = unavailable(&head, &ctx, cause);
            log::request(head.method().as_str(), &answer, now_ms() - ctx.now_ms);
            Ok(exchange::response(answer)?)
        }
    }
}

async fn forward(
    request: &web_sys::Request,
    env: &Env,
    organization: &str,
) -> std::result::Result<web_sys::Response, JsValue> {
    let objects: Objects = worker::js_sys::Reflect::get(env, &OBJECTS.into())?.unchecked_into();
    let answer = objects.get_by_name(organization)?.fetch(request)?;
    Ok(JsFuture::from(answer).await?.unchecked_into())
}

/// The request with the organisation's name, over anything a caller may have put there.
fn named(
    request: &web_sys::Request,
    organization: &str,
) -> std::result::Result<web_sys::Request, JsValue> {
    let inward = web_sys::Request::new_with_request(request)?;
    inward
        .headers()
        .set(ORGANIZATION_HEADER.as_str(), organization)?;
    Ok(inward)
}
