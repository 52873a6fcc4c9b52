//! The HTTP side of the native server.

use crate::connections::{self, Answering, drain, read_body};
use crate::data::{DataDir, DataError};
use crate::health::Health;
use crate::metrics::Metrics;
use crate::surroundings::{context, now_ms};
use crate::tenant::{TenantError, Tenants};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::{any, get};
use bearlumen_service::{
    Admission, Fault, LogLine, MAX_BODY_BYTES, ORGANIZATION_HEADER, Settings, admit, health,
    host_problem, unavailable, unknown_organization,
};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// A server that is bound and not yet running.
pub struct Server {
    listener: TcpListener,
    state: Arc<Shared>,
}

struct Shared {
    tenants: Tenants,
    health: Health,
    metrics: Metrics,
    settings: Arc<Settings>,
    answering: Answering,
}

impl Server {
    /// Binds the address. Port 0 takes a free one.
    pub async fn bind(
        addr: SocketAddr,
        data: DataDir,
        settings: Settings,
    ) -> Result<Self, DataError> {
        let listener = TcpListener::bind(addr)
            .await
            .map_err(|error| DataError::File(addr.to_string().into(), error))?;
        let settings = Arc::new(settings);
        let health = Health::new(data.clone());
        let tenants = Tenants::new(data, Arc::clone(&settings));
        Ok(Self {
            listener,
            state: Arc::new(Shared {
                tenants,
                health,
                metrics: Metrics::new(),
                settings,
                answering: Answering::default(),
            }),
        })
    }

    /// What the operator set.
    pub fn settings(&self) -> &Settings {
        &self.state.settings
    }

    /// Where it listens.
    pub fn addr(&self) -> Result<SocketAddr, DataError> {
        self.listener
            .local_addr()
            .map_err(|error| DataError::File("socket".into(), error))
    }

    /// Serves until `stop` completes, then finishes what was accepted.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), DataError> {
        let router = Router::new()
            .route("/healthz", any(healthz))
            .route("/metrics", get(figures))
            .fallback(answer)
            .with_state(Arc::clone(&self.state));
        connections::serve(self.listener, router, self.state.answering.clone(), stop).await;
        let finish = move || self.state.tenants.stop();
        tokio::task::spawn_blocking(finish)
            .await
            .map_err(|error| DataError::File("thread".into(), error.into()))
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    let started = Instant::now();
    let method = request.method().clone();
    let response = respond(&shared, request).await;
    let took = started.elapsed();
    shared.metrics.count(&method, &response, took);
    log(&method, &response, took);
    response.map(Body::from)
}

/// Neither logged nor counted: it is asked every few seconds, and of no concern to anybody's figures.
async fn healthz(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    let trouble = shared.health.trouble().await;
    let response = match context(&shared.settings) {
        Ok(ctx) => health(&request, &ctx, trouble),
        Err(_) => without_entropy(&request),
    };
    response.map(Body::from)
}

/// Figures for Prometheus, in its text format.
async fn figures(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let mut response = Response::new(Body::from(shared.metrics.text()));
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8"),
    );
    response
}

async fn respond(shared: &Shared, request: Request<Body>) -> Response<Vec<u8>> {
    let Ok(ctx) = context(&shared.settings) else {
        return without_entropy(&request);
    };
    let organization = match admit(&request, &ctx) {
        Admission::Answer(response) => {
            drain(request.into_body()).await;
            return response;
        }
        Admission::Tenant { organization } => organization,
    };
    let (mut head, body) = request.into_parts();
    let Ok(named) = HeaderValue::from_str(organization.as_str()) else {
        return unavailable(
            &Request::from_parts(head, ()),
            &ctx,
            "organization id".to_owned(),
        );
    };
    head.headers.insert(ORGANIZATION_HEADER, named.clone());
    let bare = || {
        let mut bare = Request::new(());
        bare.method_mut().clone_from(&head.method);
        bare.uri_mut().clone_from(&head.uri);
        bare.headers_mut()
            .insert(ORGANIZATION_HEADER, named.clone());
        bare
    };
    let for_failure = bare();
    let body = match read_body(body, MAX_BODY_BYTES).await {
        Ok(body) => body,
        // The caller is gone or broke off; nothing was begun.
        Err(cause) => return unavailable(&for_failure, &ctx, cause),
    };
    let _answering = shared.answering.one().await;
    // The only path that makes an organisation; any other finds one or not.
    let create = head.uri.path() == "/admin/organizations";
    match shared
        .tenants
        .answer(&organization, Request::from_parts(head, body), create)
        .await
    {
        Ok(response) => response,
        Err(TenantError::Unknown) => unknown_organization(&for_failure, &ctx),
        Err(TenantError::Overloaded) => {
            unavailable(&for_failure, &ctx, "the tenant's queue is full".to_owned())
        }
        Err(TenantError::Gone) => {
            unavailable(&for_failure, &ctx, "the tenant's thread is gone".to_owned())
        }
        Err(TenantError::Data(error)) => unavailable(&for_failure, &ctx, error.to_string()),
    }
}

fn without_entropy(request: &Request<Body>) -> Response<Vec<u8>> {
    let said = "The system has no source of random numbers".to_owned();
    host_problem(request, Fault::Platform, said, now_ms(), &[0; 32])
}

/// One line a request.
fn log(method: &http::Method, response: &Response<Vec<u8>>, took: Duration) {
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let LogLine {
        method,
        route,
        status,
        ms,
        correlation_id,
        organization,
        key_id,
        cause,
    } = LogLine::of(method.as_str(), response, ms);
    if cause.is_empty() {
        tracing::info!(
            method,
            route,
            status,
            ms,
            correlation_id,
            organization,
            key_id,
            "request"
        );
    } else {
        tracing::error!(
            method,
            route,
            status,
            ms,
            correlation_id,
            organization,
            key_id,
            cause,
            "request failed"
        );
    }
}
