//! Connections: how long a client may take, and what becomes of them when the server stops.

use axum::Router;
use axum::body::{Body, HttpBody as _};
use http_body_util::BodyExt;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{RwLock, RwLockReadGuard};
use tokio::time::{sleep, timeout};

/// How long the lines before a body may take to come, and how long a connection may rest. Longer than the pools of
/// usual clients and proxies keep theirs, so that these close first.
const HEAD: Duration = Duration::from_secs(100);
/// How long a body may pause, and take altogether.
const PAUSE: Duration = Duration::from_secs(30);
const BODY: Duration = Duration::from_mins(5);
/// What an announced body is given room for before any of it is there.
const AT_ONCE: usize = 1 << 20;
/// How long what a caller sent along who is turned away is waited for.
const DRAIN: Duration = Duration::from_secs(1);
/// How long a stopping server waits for requests that have not come whole. Shorter than what container hosts wait
/// before they kill.
const STOP: Duration = Duration::from_secs(5);
/// And for the last answers to be taken.
const LAST: Duration = Duration::from_secs(1);
/// How long no connection is accepted after one could not be, for want of files mostly.
const REST: Duration = Duration::from_secs(1);

/// Counts the requests that came whole and are being answered: they are finished whatever else is cut off.
#[derive(Clone, Default)]
pub(crate) struct Answering(Arc<RwLock<()>>);

impl Answering {
    /// Held while a request is answered.
    pub(crate) async fn one(&self) -> RwLockReadGuard<'_, ()> {
        self.0.read().await
    }

    async fn none(&self) {
        drop(self.0.write().await);
    }
}

/// Serves until `stop` completes, then finishes what came whole.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    answering: Answering,
    stop: impl Future<Output = ()>,
) {
    let connections = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, _)) => attend(stream, router.clone(), &connections),
            // The client changed its mind.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::ConnectionAborted
                        | ErrorKind::ConnectionReset
                        | ErrorKind::ConnectionRefused
                ) => {}
            Err(error) => {
                tracing::error!(cause = %error, "no connection can be accepted");
                sleep(REST).await;
            }
        }
    }
    drop(listener);
    let mut closed = std::pin::pin!(connections.shutdown());
    if timeout(STOP, &mut closed).await.is_err() {
        answering.none().await;
        // Whoever does not take the answer by now is cut off with the runtime.
        let _ = timeout(LAST, &mut closed).await;
    }
}

fn attend(stream: TcpStream, router: Router, connections: &GracefulShutdown) {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let service = TowerToHyperService::new(router);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        // How it ended is the client's affair.
        let _ = connection.await;
    });
}

/// Reads what a caller sent along who is turned away, up to a little: an unread body closes the connection under the
/// caller's next request.
pub(crate) async fn drain(mut body: Body) {
    const MOST: usize = 64 * 1024;
    let drained = async {
        let mut read = 0;
        while let Some(Ok(frame)) = body.frame().await {
            read += frame.data_ref().map_or(0, axum::body::Bytes::len);
            if read > MOST {
                break;
            }
        }
    };
    let _ = timeout(DRAIN, drained).await;
}

/// The body, cut one byte past `most`: enough to see that it is too long.
pub(crate) async fn read_body(mut body: Body, most: usize) -> Result<Vec<u8>, String> {
    let read = async {
        let announced = usize::try_from(body.size_hint().lower()).unwrap_or(0);
        let mut bytes = Vec::with_capacity(announced.min(AT_ONCE));
        loop {
            let frame = timeout(PAUSE, body.frame()).await;
            let Some(frame) = frame.map_err(|_| "the body paused too long".to_owned())? else {
                return Ok(bytes);
            };
            let frame = frame.map_err(|error| error.to_string())?;
            if let Ok(data) = frame.into_data() {
                let room = (most + 1).saturating_sub(bytes.len());
                bytes.extend_from_slice(data.get(..room).unwrap_or(&data));
                if bytes.len() > most {
                    return Ok(bytes);
                }
            }
        }
    };
    timeout(BODY, read)
        .await
        .unwrap_or_else(|_| Err("the body took too long".to_owned()))
}
