//! Whether the data directory can be used, found out by using it: what `/healthz` answers.

use crate::data::DataDir;
use std::time::{Duration, Instant};
use std::{io, thread};
use tokio::sync::{Mutex, oneshot};
use tokio::time::timeout;

/// How long what was found holds: asking more often costs the disk nothing.
const FRESH: Duration = Duration::from_secs(1);
/// How long the disk may take. A disk that is gone for good, such as a network's, may not answer at all.
const PATIENCE: Duration = Duration::from_secs(2);

/// The state of one data directory.
pub(crate) struct Health {
    data: DataDir,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    last: Option<(Instant, Option<String>)>,
    /// The trial that has not ended yet. There is one at a time, whoever stops waiting for it.
    trial: Option<oneshot::Receiver<io::Result<()>>>,
}

impl Health {
    pub(crate) fn new(data: DataDir) -> Self {
        Self {
            data,
            found: Mutex::default(),
        }
    }

    /// Why nothing can be stored, in words without a path; nothing when it can.
    pub(crate) async fn trouble(&self) -> Option<String> {
        let mut found = self.found.lock().await;
        if let Some((at, trouble)) = &found.last
            && at.elapsed() < FRESH
        {
            return trouble.clone();
        }
        let trial = found.trial.get_or_insert_with(|| begin(self.data.clone()));
        let ended = timeout(PATIENCE, trial).await;
        if ended.is_ok() {
            found.trial = None;
        }
        let cause = match ended {
            Ok(Ok(Ok(()))) => None,
            Ok(Ok(Err(error))) => Some(error.to_string()),
            Ok(Err(_)) => Some("no thread can be started".to_owned()),
            Err(_) => Some(format!(
                "it does not answer within {} s",
                PATIENCE.as_secs()
            )),
        };
        let trouble = cause.map(|cause| format!("The data directory cannot be used: {cause}"));
        let before = found.last.take().and_then(|(_, trouble)| trouble);
        log(before.as_deref(), trouble.as_deref());
        found.last = Some((Instant::now(), trouble.clone()));
        trouble
    }
}

/// On a thread that nobody waits for: the runtime's own would have to end before a server that stops does.
fn begin(data: DataDir) -> oneshot::Receiver<io::Result<()>> {
    let (tell, told) = oneshot::channel();
    let trial = move || {
        // Nobody may be waiting any more.
        let _ = tell.send(data.try_out());
    };
    // A thread that does not start drops `tell`, and that is told.
    let _ = thread::Builder::new().name("health".into()).spawn(trial);
    told
}

/// What changed, once.
fn log(before: Option<&str>, now: Option<&str>) {
    match (before, now) {
        (before, Some(now)) if before != Some(now) => tracing::error!(cause = now, "unhealthy"),
        (Some(_), None) => tracing::info!("healthy again"),
        _ => {}
    }
}
