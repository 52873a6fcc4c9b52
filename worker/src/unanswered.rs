//! The answer in place of an object's that failed: it was reset, is overloaded, or ended in an exception.

use bearlumen_service::unavailable;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use worker::js_sys::{Function, Reflect};
use worker::{Env, web_sys};

use crate::exchange;
use crate::log;
use crate::problem::Problem;
use crate::settings;
use crate::surroundings::Surroundings;

/// Holds a function that outlives a panic. After one the wasm is started anew and refuses its former closures, those of
/// all requests that wait; what is exported is called in the new life.
#[wasm_bindgen]
pub struct Unanswered;

#[wasm_bindgen]
impl Unanswered {
    /// The answer to a request whose object failed with `error`.
    pub fn answer(
        request: &web_sys::Request,
        env: &Env,
        error: JsValue,
    ) -> Result<web_sys::Response, JsValue> {
        unanswered(request, env, error).or_else(|problem| problem.into_response(request))
    }
}

/// [`Unanswered::answer`] as JavaScript sees it; a value that cannot be called where it does not see it.
pub(crate) fn function() -> Function {
    let class = Reflect::get(&Unanswered.into(), &"constructor".into());
    let answer = class.and_then(|class| Reflect::get(&class, &"answer".into()));
    answer.unwrap_or_default().unchecked_into()
}

/// The answer, and a line in the log.
pub(crate) fn unanswered(
    request: &web_sys::Request,
    env: &Env,
    error: JsValue,
) -> Result<web_sys::Response, Problem> {
    let settings = settings::of(env)?;
    let surroundings = Surroundings::look()?;
    let head = exchange::head(request)?;
    let cause = worker::Error::from(error).to_string();
    let answer = unavailable(&head, &surroundings.context(&settings), cause);
    log::request(head.method().as_str(), &answer, 0);
    Ok(exchange::response(answer)?)
}
