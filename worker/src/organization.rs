//! One organisation: its database, and the service run over it, one request at a time.

use std::cell::Cell;
use std::rc::Rc;

use bearlumen_service::{
    ORGANIZATION_HEADER, Settings, Tenant, claimed_organization, handle, migrate, only_reads,
    unavailable,
};
use http::HeaderValue;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use worker::js_sys::{Function, Promise, Uint8Array};
use worker::wasm_bindgen_futures::{JsFuture, future_to_promise};
use worker::worker_sys::DurableObjectState;
use worker::{Env, Result, State, web_sys};

use crate::exchange::{self, Body};
use crate::gathering::{self, Gathering};
use crate::log;
use crate::problem::Problem;
use crate::promises::{resolved, then};
use crate::settings;
use crate::storage::ObjectSql;
use crate::surroundings::{Surroundings, now_ms};

/// The Durable Object of one organisation.
///
/// Its methods are exported here and not by `worker`'s attribute, which would make every request and answer twice.
#[wasm_bindgen]
pub struct Organization(Rc<Object>);

struct Object {
    sql: Result<ObjectSql>,
    env: Env,
    tenant: Tenant,
    migrated: Cell<bool>,
    /// An alarm is set that did not go off yet.
    alarm: Cell<bool>,
    gathering: Gathering,
}

#[wasm_bindgen(js_sys = worker::js_sys, wasm_bindgen_futures = worker::wasm_bindgen_futures)]
impl Organization {
    /// What the platform makes when the object is asked for.
    #[wasm_bindgen(constructor)]
    pub fn new(state: DurableObjectState, env: Env) -> Self {
        Self(Rc::new(Object {
            sql: ObjectSql::new(&State::from(state)),
            env,
            tenant: Tenant::new(),
            migrated: Cell::new(false),
            alarm: Cell::new(false),
            gathering: Gathering::default(),
        }))
    }

    /// Answers a request that the front door let in. One callback waits for the body and no future: running one takes
    /// longer than to store an event.
    pub fn fetch(&self, request: web_sys::Request) -> std::result::Result<Promise, JsValue> {
        let head = match exchange::head(&request) {
            Ok(head) => head,
            Err(problem) => return Ok(resolved(problem.into_response(&request)?)),
        };
        let object = Rc::clone(&self.0);
        match exchange::body(&request, &head)? {
            Body::None => Ok(Promise::resolve(&object.finish(
                &request,
                head,
                Vec::new(),
            )?)),
            Body::Whole(bytes) => Ok(then(
                &bytes,
                &once(move |bytes: JsValue| object.came(request, head, &bytes)),
            )),
            Body::Stream(stream) => Ok(future_to_promise(async move {
                let body = exchange::read_to_limit(&stream).await?;
                object.finish(&request, head, body)
            })),
        }
    }

    /// What the service does without being asked.
    pub async fn alarm(&self) -> std::result::Result<(), JsValue> {
        let object = Rc::clone(&self.0);
        object.alarm.set(false);
        let now_ms = now_ms();
        let failed = |message: String| JsValue::from(JsError::new(&message));
        let sql = object.opened(now_ms).map_err(failed)?;
        object
            .tenant
            .background(sql, now_ms)
            .map_err(|error| failed(error.message))?;
        if let Some(set) = object.set_alarm(now_ms)? {
            JsFuture::from(set).await?;
        }
        Ok(())
    }
}

/// A function that is called once at most.
fn once(call: impl FnOnce(JsValue) -> std::result::Result<JsValue, JsValue> + 'static) -> Function {
    Closure::once(call).into_js_value().unchecked_into()
}

impl Object {
    /// The whole body came: the response, or the promise of it where it waits for others.
    fn came(
        self: Rc<Self>,
        request: web_sys::Request,
        head: http::Request<()>,
        bytes: &JsValue,
    ) -> std::result::Result<JsValue, JsValue> {
        let bytes = Uint8Array::new(bytes);
        let waits = bytes.length() <= gathering::MAX_BYTES && !only_reads(&head);
        let moment = if waits {
            self.gathering.moment()?
        } else {
            None
        };
        let body = bytes.to_vec();
        match moment {
            None => self.finish(&request, head, body),
            Some(moment) => Ok(then(
                &moment,
                &once(move |_| {
                    self.gathering.ends();
                    self.finish(&request, head, body)
                }),
            )
            .into()),
        }
    }

    /// The platform's response, or the promise of it where an alarm has to be set first.
    fn finish(
        &self,
        request: &web_sys::Request,
        head: http::Request<()>,
        body: Vec<u8>,
    ) -> std::result::Result<JsValue, JsValue> {
        let (response, alarm) = match self.answer(request, head, body) {
            Ok(answered) => answered,
            Err(problem) => (problem.into_response(request)?, None),
        };
        let Some(alarm) = alarm else {
            return Ok(response.into());
        };
        Ok(future_to_promise(async move {
            JsFuture::from(alarm).await?;
            Ok(response.into())
        })
        .into())
    }

    fn answer(
        &self,
        request: &web_sys::Request,
        head: http::Request<()>,
        body: Vec<u8>,
    ) -> std::result::Result<(web_sys::Response, Option<Promise>), Problem> {
        let settings: Rc<Settings> = settings::of(&self.env)?;
        let surroundings = Surroundings::look()?;
        let ctx = surroundings.context(&settings);
        let request = named(request, head, &settings)?.map(|()| body);
        let answer = match self.opened(ctx.now_ms) {
            Ok(sql) => handle(&self.tenant, sql, &request, &ctx),
            Err(cause) => unavailable(&request, &ctx, cause),
        };
        let alarm = self.set_alarm(ctx.now_ms)?;
        log::request(request.method().as_str(), &answer, now_ms() - ctx.now_ms);
        Ok((exchange::response(answer)?, alarm))
    }

    /// Has the platform wake this object when something is due. One alarm at a time: setting one is a write.
    fn set_alarm(&self, now_ms: i64) -> std::result::Result<Option<Promise>, JsValue> {
        let (Some(due_ms), Ok(sql)) = (self.tenant.due_ms(now_ms), &self.sql) else {
            return Ok(None);
        };
        if self.alarm.replace(true) {
            return Ok(None);
        }
        sql.set_alarm(due_ms.max(now_ms)).map(Some)
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
