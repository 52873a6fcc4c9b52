//! Where requests arrive: finds out which organisation each belongs to and passes it on, body unread.

use std::cell::OnceCell;

use bearlumen_service::{Admission, ORGANIZATION_HEADER, admit};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use worker::js_sys::{Function, Promise, Reflect};
use worker::{Env, web_sys};

use crate::exchange;
use crate::log;
use crate::problem::Problem;
use crate::promises::{bound, or_else, resolved};
use crate::settings;
use crate::surroundings::Surroundings;
use crate::unanswered::{self, unanswered};

// Bound here: `worker` takes the answer apart and makes another, body stream and all.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = worker::js_sys::Object)]
    #[derive(Clone)]
    type Objects;

    #[wasm_bindgen(method, catch, js_name = getByName)]
    fn get_by_name(this: &Objects, name: &str) -> Result<Stub, JsValue>;

    type Stub;

    #[wasm_bindgen(method, catch)]
    fn fetch(this: &Stub, request: &web_sys::Request) -> Result<Promise, JsValue>;
}

/// The binding of the Durable Objects.
const OBJECTS: &str = "ORGANIZATION";

thread_local! {
    /// The Durable Objects, the same in every request's environment.
    static KNOWN_OBJECTS: OnceCell<Objects> = const { OnceCell::new() };
    /// Answers for an object that did not.
    static UNANSWERED: Function = unanswered::function();
}

/// What the platform calls. No future of ours stands around the object's own promise: running one takes longer than
/// all that is done here.
#[wasm_bindgen]
#[expect(unreachable_pub, reason = "exports have to be public")]
pub fn fetch(request: &web_sys::Request, env: &Env, _ctx: &JsValue) -> Result<Promise, JsValue> {
    match answer(request, env) {
        Ok(promise) => Ok(promise),
        Err(problem) => Ok(resolved(problem.into_response(request)?)),
    }
}

fn answer(request: &web_sys::Request, env: &Env) -> Result<Promise, Problem> {
    let settings = settings::of(env)?;
    let surroundings = Surroundings::look()?;
    let ctx = surroundings.context(&settings);
    // The body is left out: who is asking stands in the head, and a body is read once, where it is used.
    let head = exchange::head(request)?;
    let organization = match admit(&head, &ctx) {
        // What is passed on is logged where it is answered.
        Admission::Answer(response) => {
            log::request(head.method().as_str(), &response, 0);
            return Ok(resolved(exchange::response(response)?));
        }
        Admission::Tenant { organization } => organization,
    };
    let name = organization.as_str();
    let forwarded = if head.uri().path().starts_with("/admin/") {
        named(request, name).and_then(|named| forward(&named, env, name))
    } else {
        // The key in it names the organisation.
        forward(request, env, name)
    };
    match forwarded {
        Ok(answer) => {
            let unanswered = UNANSWERED.with(|function| bound(function, request, env));
            Ok(or_else(&answer, &unanswered))
        }
        Err(error) => Ok(resolved(unanswered(request, env, error)?)),
    }
}

fn forward(request: &web_sys::Request, env: &Env, organization: &str) -> Result<Promise, JsValue> {
    let objects = KNOWN_OBJECTS.with(|known| {
        if let Some(objects) = known.get() {
            return Ok(objects.clone());
        }
        let objects: Objects = Reflect::get(env, &OBJECTS.into())?.unchecked_into();
        Ok::<_, JsValue>(known.get_or_init(|| objects).clone())
    })?;
    objects.get_by_name(organization)?.fetch(request)
}

/// The request with the organisation's name, over anything a caller may have put there.
fn named(request: &web_sys::Request, organization: &str) -> Result<web_sys::Request, JsValue> {
    let inward = web_sys::Request::new_with_request(request)?;
    inward
        .headers()
        .set(ORGANIZATION_HEADER.as_str(), organization)?;
    Ok(inward)
}
