//! The HTTP side of the native server.

use crate::data::{DataDir, DataError};
use crate::surroundings::context;
use crate::tenant::{TenantError, Tenants};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::get;
use bearlumen_service::{
    Admission, Cause, MAX_BODY_BYTES, ORGANIZATION_HEADER, Settings, admit, unavailable,
};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpListener;

/// A server that is bound and not yet running.
pub struct Server {
    listener: TcpListener,
    state: Arc<Shared>,
}

struct Shared {
    tenants: Tenants,
    settings: Arc<Settings>,
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
        let tenants = Tenants::new(data, Arc::clone(&settings));
        Ok(Self {
            listener,
            state: Arc::new(Shared { tenants, settings }),
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> Result<SocketAddr, DataError> {
        self.listener
            .local_addr()
            .map_err(|error| DataError::File("socket".into(), error))
    }

    /// Serves until `stop` completes, then finishes what was accepted.
    pub async fn run(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), DataError> {
        let router = Router::new()
            .route("/healthz", get(|| async { "ok" }))
            .fallback(answer)
            .with_state(Arc::clone(&self.state));
        axum::serve(self.listener, router)
            .with_graceful_shutdown(stop)
            .await
            .map_err(|error| DataError::File("socket".into(), error))?;
        let finish = move || self.state.tenants.stop();
        tokio::task::spawn_blocking(finish)
            .await
            .map_err(|error| DataError::File("thread".into(), error.into()))
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let response = respond(&shared, request).await;
    log(&method, &path, &response, started);
    response.map(Body::from)
}

async fn respond(shared: &Shared, request: Request<Body>) -> Response<Vec<u8>> {
    let Ok(ctx) = context(&shared.settings) else {
        let mut response = Response::new(Vec::new());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        return response;
    };
    let organization = match admit(&request, &ctx) {
        Admission::Answer(response) => return response,
        Admission::Tenant { organization } => organization,
    };
    let (mut head, body) = request.into_parts();
    let Ok(named) = HeaderValue::from_str(organization.as_str()) else {
        return unavailable(
            &Request::from_parts(head, Vec::new()),
            &ctx,
            "organization id".to_owned(),
        );
    };
    head.headers.insert(ORGANIZATION_HEADER, named);
    let bare = || {
        let mut bare = Request::new(Vec::new());
        bare.method_mut().clone_from(&head.method);
        bare.uri_mut().clone_from(&head.uri);
        bare
    };
    let for_failure = bare();
    let body = match read_body(body).await {
        Ok(body) => body,
        // The caller is gone or broke off; nothing was begun.
        Err(cause) => return unavailable(&for_failure, &ctx, cause),
    };
    let create = head.uri.path().starts_with("/admin/");
    match shared
        .tenants
        .answer(&organization, Request::from_parts(head, body), create)
        .await
    {
        Ok(response) => response,
        Err(TenantError::Unknown) => bearlumen_service::unknown_key(&for_failure, &ctx),
        Err(TenantError::Overloaded) => {
            unavailable(&for_failure, &ctx, "the tenant's queue is full".to_owned())
        }
        Err(TenantError::Gone) => {
            unavailable(&for_failure, &ctx, "the tenant's thread is gone".to_owned())
        }
        Err(TenantError::Data(error)) => unavailable(&for_failure, &ctx, error.to_string()),
    }
}

/// The body, cut one byte past the limit: enough for the service to see that it is too long.
async fn read_body(mut body: Body) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| error.to_string())?;
        if let Ok(data) = frame.into_data() {
            let room = (MAX_BODY_BYTES + 1).saturating_sub(bytes.len());
            bytes.extend_from_slice(data.get(..room).unwrap_or(&data));
            if bytes.len() > MAX_BODY_BYTES {
                break;
            }
        }
    }
    Ok(bytes)
}

/// One line a request. The path has no query, no key and no body in it.
fn log(method: &http::Method, path: &str, response: &Response<Vec<u8>>, started: Instant) {
    let status = response.status().as_u16();
    let correlation_id = response
        .headers()
        .get("x-correlation-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or("");
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    if let Some(Cause(cause)) = response.extensions().get::<Cause>() {
        tracing::error!(%method, path, status, correlation_id, micros, cause, "request failed");
    } else {
        tracing::info!(%method, path, status, correlation_id, micros, "request");
    }
}
