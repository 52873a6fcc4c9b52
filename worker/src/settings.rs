//! What the operator sets: read from the environment once for the life of the isolate.

use std::cell::OnceCell;
use std::rc::Rc;

use bearlumen_service::Settings;
use worker::Env;
use worker::js_sys::Reflect;

use crate::log;
use crate::problem::Problem;

/// Comma-separated secrets that sign keys; the first signs new ones, all are accepted.
const SECRETS: &str = "BEARLUMEN_SECRETS";
/// The bearer of the admin routes. Without it there are none.
const ADMIN_SECRET: &str = "BEARLUMEN_ADMIN_SECRET";
/// Comma-separated key prefixes accepted besides the service's own.
const KEY_PREFIXES: &str = "BEARLUMEN_KEY_PREFIXES";
/// `info`, a line of the log for each request, unless it is `warn`, `error` or `off`.
const LOG: &str = "BEARLUMEN_LOG";

thread_local! {
    static SETTINGS: OnceCell<Rc<Settings>> = const { OnceCell::new() };
}

/// The settings in `env`. A new value means a new deployment and so a new isolate.
pub(crate) fn of(env: &Env) -> Result<Rc<Settings>, Problem> {
    SETTINGS.with(|known| {
        if let Some(settings) = known.get() {
            return Ok(Rc::clone(settings));
        }
        let settings = Rc::new(read(env)?);
        log::set_level(&variable(env, LOG).unwrap_or_default());
        Ok(Rc::clone(known.get_or_init(|| settings)))
    })
}

fn read(env: &Env) -> Result<Settings, Problem> {
    let Some(secrets) = variable(env, SECRETS) else {
        return Err(Problem::misconfigured(format!(
            "{SECRETS} is not set: give it one or more secrets of at least 32 characters, separated by commas \
             (`wrangler secret put {SECRETS}`)"
        )));
    };
    let secrets = list(&secrets).map(String::into_bytes).collect();
    let prefixes = variable(env, KEY_PREFIXES).unwrap_or_default();
    Settings::new(
        secrets,
        variable(env, ADMIN_SECRET),
        list(&prefixes).collect(),
    )
    .map_err(|error| {
        Problem::misconfigured(format!(
            "{SECRETS}, {ADMIN_SECRET} or {KEY_PREFIXES}: {error}"
        ))
    })
}

/// Read without `Env::var`, which takes an unset variable that the runtime shows as `null` for a defect and aborts.
fn variable(env: &Env, name: &str) -> Option<String> {
    let value = Reflect::get(env, &name.into()).ok()?.as_string()?;
    (!value.trim().is_empty()).then_some(value)
}

fn list(text: &str) -> impl Iterator<Item = String> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
}
