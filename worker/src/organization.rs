//! One organisation: its database, and the service run over it, one request at a time.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use bearlumen_service::{
    ORGANIZATION_HEADER, Settings, Tenant, claimed_organization, handle, migrate, unavailable,
};
use http::HeaderValue;
use wasm_bindgen::prelude::*;
use worker::worker_sys::DurableObjectState;
use worker::{Env, Result, State, web_sys};

use crate::exchange;
use crate::log;
use crate::problem::Problem;
use crate::settings;
use crate::storage::ObjectSql;
use crate::surroundings::{Surroundings, now_ms};

/// The Durable Object of one organisation.
///
/// Its methods are exported here and not by `worker`'s attribute, which would make every request and answer twice.
#[wasm_bindgen]
pub struct Organization {
    sql: Result<ObjectSql>,
    env: Env,
    tenant: Tenant,
    migrated: Cell<bool>,
    state: State,
    /// An alarm is set that did not go off yet.
    alarm: Cell<bool>,
}

#[wasm_bindgen(js_sys = worker::js_sys, wasm_bindgen_futures = worker::wasm_bindgen_futures)]
impl Organization {
    /// What the platform makes when the object is asked for.
    #[wasm_bindgen(constructor)]
    #[expect(
        clippy::new_without_default,
        reason = "the platform hands over the state"
    )]
    pub fn new(state: DurableObjectState, env: Env) -> Self {
        let state = State::from(state);
        Self {
            sql: ObjectSql::new(&state),
            env,
            tenant: Tenant::new(),
            migrated: Cell::new(false),
            alarm: Cell::new(false),
            state,
        }
    }

    /// Answers a request that the front door let in.
    pub async fn fetch(
        &self,
        request: web_sys::Request,
    ) -> std::result::Result<web_sys::Response, JsValue> {
        match self.answer(&request).await {
            Ok(response) => Ok(response),
            Err(problem) => problem.into_response(&request),
        }
    }

    /// What the service does without being asked.
    pub async fn alarm(&self) -> std::result::Result<(), JsValue> {
        self.alarm.set(false);
        let now_ms = now_ms();
        let failed = |message: String| JsValue::from(JsError::new(&message));
        let sql = self.opened(now_ms).map_err(failed)?;
        self.tenant
            .background(sql, now_ms)
            .map_err(|error| failed(error.message))?;
        Ok(self.set_alarm(now_ms).await?)
    }
}

impl Organization {
    async fn answer(
        &self,
        request: &web_sys::Request,
    ) -> std::result::Result<web_sys::Response, Problem> {
        let settings: Rc<Settings> = settings::of(&self.env)?;
        let head = exchange::head(request)?;
        let body = exchange::body(request, &head).await?;
        // From here on nothing waits, so no other request can come between.
        let surroundings = Surroundings::look()?;
        let ctx = surroundings.context(&settings);
        let request = named(request, head, &settings)?.map(|()| body);
        let answer = match self.opened(ctx.now_ms) {
            Ok(sql) => handle(&self.tenant, sql, &request, &ctx),
            Err(cause) => unavailable(&request, &ctx, cause),
        };
        self.set_alarm(ctx.now_ms).await?;
        log::request(request.method().as_str(), &answer, now_ms() - ctx.now_ms);
        Ok(exchange::response(answer)?)
    }

    /// Has the platform wake this object when something is due. One alarm at a time: setting one is a write.
    async fn set_alarm(&self, now_ms: i64) -> Result<()> {
        let Some(due_ms) = self.tenant.due_ms(now_ms) else {
            return Ok(());
        };
        if self.alarm.replace(true) {
            return Ok(());
        }
        let wait = u64::try_from(due_ms - now_ms).unwrap_or(0);
        self.state
            .storage()
            .set_alarm(Duration::from_millis(wait))
            .await
    }

    /// The database, brought up to date once in the life of this object.
    fn opened(&self, now_ms: i64) -> Result<&ObjectSql, String> {
        let sql = self.sql.as_ref().map_err(ToString::to_string)?;
        if !self.migrated.get() {
            migrate(sql, now_ms).map_err(|error| error.message)?;
            self.migrated.set(true);
        }
        Ok(sql)
    }
}

/// The head with the organisation's name: what the key says, or what the front door wrote beside an operator's request.
/// What a caller writes there is not read.
fn named(
    request: &web_sys::Request,
    mut head: http::Request<()>,
    settings: &Settings,
) -> std::result::Result<http::Request<()>, Problem> {
    let name = if head.uri().path().starts_with("/admin/") {
        exchange::header(request, &ORGANIZATION_HEADER)?
    } else {
        claimed_organization(&head, settings)
            .and_then(|claimed| HeaderValue::from_str(claimed.as_str()).ok())
    };
    if let Some(name) = name {
        head.headers_mut().insert(ORGANIZATION_HEADER, name);
    }
    Ok(head)
}
