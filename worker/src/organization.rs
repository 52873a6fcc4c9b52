//! One organisation: its database, and the service run over it, one request at a time.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use bearlumen_service::{Settings, Tenant, handle, migrate, unavailable};
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object, web_sys};

use crate::exchange;
use crate::log;
use crate::problem::Problem;
use crate::settings;
use crate::storage::ObjectSql;
use crate::surroundings::{Surroundings, now_ms};

/// The Durable Object of one organisation.
#[durable_object(alarm)]
pub struct Organization {
    sql: Result<ObjectSql>,
    env: Env,
    tenant: Tenant,
    migrated: Cell<bool>,
    state: State,
    /// An alarm is set that did not go off yet.
    alarm: Cell<bool>,
}

impl DurableObject for Organization {
    fn new(state: State, env: Env) -> Self {
        Self {
            sql: ObjectSql::new(&state),
            env,
            tenant: Tenant::new(),
            migrated: Cell::new(false),
            alarm: Cell::new(false),
            state,
        }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let request = request.inner();
        match self.answer(request).await {
            Ok(response) => Ok(response),
            Err(problem) => problem.into_response(request),
        }
    }

    /// What the service does without being asked.
    async fn alarm(&self) -> Result<Response> {
        self.alarm.set(false);
        let now_ms = now_ms();
        let sql = self.opened(now_ms).map_err(worker::Error::RustError)?;
        self.tenant
            .background(sql, now_ms)
            .map_err(|error| worker::Error::RustError(error.message))?;
        self.set_alarm(now_ms).await?;
        Response::empty()
    }
}

impl Organization {
    async fn answer(&self, request: &web_sys::Request) -> Result<Response, Problem> {
        let settings: Rc<Settings> = settings::of(&self.env)?;
        let request = exchange::whole(request).await?;
        // From here on nothing waits, so no other request can come between.
        let surroundings = Surroundings::look()?;
        let ctx = surroundings.context(&settings);
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
