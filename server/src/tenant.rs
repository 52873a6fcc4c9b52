//! One thread for each organisation's database, and the way requests reach it.
//!
//! What waits together is committed together: the thread takes all requests that queued up while it was busy and runs
//! them inside one transaction, each in its own savepoint. The answers go out when the commit is on the disk, so sixteen
//! clients that send single events share a flush instead of waiting for sixteen. Other threads flush, and read ahead
//! what waits meanwhile.

use crate::data::{DataDir, DataError};
use crate::flusher::{Committed, FlushFailed, Flusher};
use crate::sqlite::Sqlite;
use crate::surroundings::{context, now_ms};
use bearlumen_service::{
    OrganizationId, Settings, Tenant as Memory, handle, only_reads, read_ahead, unavailable,
    write_rest,
};
use http::{Request, Response};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Requests waiting for one organisation. Beyond it the server is overloaded and says so.
const QUEUE: usize = 1024;

/// The most requests committed together: enough to share a flush, few enough not to keep the first waiting.
const GROUP: usize = 64;

/// A body shorter than this is read in less time than it takes to hand it to another thread. What it asks for takes less
/// than a flush, so that it waits for the one under way: whatever else comes until then shares its commit.
const WORTH_READING_AHEAD: usize = 16 * 1024;

/// Nothing more is read ahead while a tenant has so many requests to answer: a few keep it busy, and what is read takes
/// several times the memory of its text.
const MOST_AHEAD: usize = 16;

/// How long work in the background rests after it failed, in milliseconds.
const RETRY_MS: i64 = 10_000;

struct Job {
    request: Request<Vec<u8>>,
    reply: oneshot::Sender<Response<Vec<u8>>>,
    turn: Turn,
}

/// A request's place among those that a tenant has not answered yet.
struct Turn(Arc<AtomicUsize>);

impl Turn {
    fn take(unanswered: &Arc<AtomicUsize>) -> Self {
        unanswered.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(unanswered))
    }
}

impl Job {
    /// Whether it had better share a commit with others.
    fn shares(&self) -> bool {
        self.request.body().len() < WORTH_READING_AHEAD && !only_reads(&self.request)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Why a tenant did not answer.
#[derive(Debug)]
pub(crate) enum TenantError {
    /// Too many requests wait already.
    Overloaded,
    /// The thread is gone: its database could not be opened, or the server stops.
    Gone,
    /// No such organisation here.
    Unknown,
    /// The thread could not be started.
    Data(DataError),
}

/// All organisations of this server.
pub(crate) struct Tenants {
    data: DataDir,
    settings: Arc<Settings>,
    open: Mutex<HashMap<OrganizationId, Tenant>>,
}

struct Tenant {
    queue: Queue,
    thread: thread::JoinHandle<()>,
}

#[derive(Clone)]
struct Queue {
    jobs: SyncSender<Job>,
    unanswered: Arc<AtomicUsize>,
}

impl Tenants {
    pub(crate) fn new(data: DataDir, settings: Arc<Settings>) -> Self {
        Self {
            data,
            settings,
            open: Mutex::default(),
        }
    }

    /// Has the organisation's thread answer. `create` allows an organisation that is not there yet.
    pub(crate) async fn answer(
        &self,
        organization: &OrganizationId,
        request: Request<Vec<u8>>,
        create: bool,
    ) -> Result<Response<Vec<u8>>, TenantError> {
        let Queue { jobs, unanswered } = self.queue(organization, create)?;
        let turn = Turn::take(&unanswered);
        let must_wait = (2..=MOST_AHEAD).contains(&unanswered.load(Ordering::Relaxed));
        let request = if must_wait && request.body().len() >= WORTH_READING_AHEAD {
            self.read_ahead(request).await?
        } else {
            request
        };
        let (reply, answer) = oneshot::channel();
        let job = Job {
            request,
            reply,
            turn,
        };
        jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => TenantError::Overloaded,
            TrySendError::Disconnected(_) => TenantError::Gone,
        })?;
        let mut response = answer.await.map_err(|_| TenantError::Gone)?;
        write_rest(&mut response);
        Ok(response)
    }

    /// The request with what can be done of it before its turn.
    async fn read_ahead(
        &self,
        mut request: Request<Vec<u8>>,
    ) -> Result<Request<Vec<u8>>, TenantError> {
        let settings = Arc::clone(&self.settings);
        let read = move || {
            // Without random numbers it is read in its turn, which says so.
            if let Ok(ctx) = context(&settings) {
                read_ahead(&mut request, &ctx);
            }
            request
        };
        let read = tokio::task::spawn_blocking(read).await;
        read.map_err(|_| TenantError::Gone)
    }

    /// Lets every thread finish what it accepted.
    pub(crate) fn stop(&self) {
        let tenants: Vec<Tenant> = {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.drain().map(|(_, tenant)| tenant).collect()
        };
        for Tenant { queue, thread } in tenants {
            drop(queue);
            // A thread that panicked has nothing left to finish.
            let _ = thread.join();
        }
    }

    fn queue(&self, organization: &OrganizationId, create: bool) -> Result<Queue, TenantError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tenant) = open.get(organization) {
            if !tenant.thread.is_finished() {
                return Ok(tenant.queue.clone());
            }
            open.remove(organization);
        }
        // A key of a former secret names an organisation that may never have been here: no file for it.
        if !create && !self.data.database_path(organization).exists() {
            return Err(TenantError::Unknown);
        }
        let (sql, mut log) = self
            .data
            .database_and_log(organization)
            .map_err(TenantError::Data)?;
        let no_thread = |error| TenantError::Data(DataError::File("thread".into(), error));
        let flusher = Flusher::start(organization.to_string(), move || log.flush());
        let flusher = flusher.map_err(no_thread)?;
        let (sender, jobs) = mpsc::sync_channel(QUEUE);
        let queue = Queue {
            jobs: sender,
            unanswered: Arc::default(),
        };
        let settings = Arc::clone(&self.settings);
        let thread = thread::Builder::new()
            .name(organization.to_string())
            .spawn(move || serve(&sql, &jobs, flusher, &settings))
            .map_err(no_thread)?;
        open.insert(
            organization.clone(),
            Tenant {
                queue: queue.clone(),
                thread,
            },
        );
        Ok(queue)
    }
}

fn serve(sql: &Sqlite, jobs: &Receiver<Job>, mut flusher: Flusher, settings: &Settings) {
    let memory = Memory::new();
    match answer_all(&memory, sql, jobs, &mut flusher, settings) {
        Ok(()) => {
            if let Err(error) = memory.close(sql) {
                tracing::warn!(
                    cause = error.message,
                    "sums were not written; they are made again"
                );
            }
        }
        // Who opens the file next reads what is really there.
        Err(FlushFailed) => sql.abandon(),
    }
    flusher.finish();
}

/// Answers until nobody can ask any more.
fn answer_all(
    memory: &Memory,
    sql: &Sqlite,
    jobs: &Receiver<Job>,
    flusher: &mut Flusher,
    settings: &Settings,
) -> Result<(), FlushFailed> {
    // When to do what can wait, unless a request comes first.
    let mut due_ms = None;
    loop {
        let first = match next(jobs, due_ms) {
            Ok(job) => job,
            Err(RecvTimeoutError::Timeout) => {
                due_ms = in_background(memory, sql);
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        if first.shares() {
            flusher.wait()?;
        }
        let more = jobs.try_iter().take(GROUP - 1);
        let group: Vec<Job> = std::iter::once(first).chain(more).collect();
        answer_group(memory, sql, group, flusher, settings)?;
        due_ms = Some(now_ms());
    }
}

fn next(jobs: &Receiver<Job>, due_ms: Option<i64>) -> Result<Job, RecvTimeoutError> {
    match due_ms {
        None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
        Some(due_ms) => {
            let wait = u64::try_from(due_ms - now_ms()).unwrap_or(0);
            jobs.recv_timeout(Duration::from_millis(wait))
        }
    }
}

/// One step of what can wait; says when to take the next.
fn in_background(memory: &Memory, sql: &Sqlite) -> Option<i64> {
    match memory.background(sql, now_ms()) {
        Ok(due_ms) => due_ms,
        Err(error) => {
            tracing::error!(cause = error.message, "work in the background failed");
            Some(now_ms() + RETRY_MS)
        }
    }
}

fn answer_group(
    memory: &Memory,
    sql: &Sqlite,
    group: Vec<Job>,
    flusher: &mut Flusher,
    settings: &Settings,
) -> Result<(), FlushFailed> {
    let (requests, waiting): (Vec<_>, Vec<_>) = group
        .into_iter()
        .map(|job| (job.request, (job.reply, job.turn)))
        .unzip();
    let answer = |request| match context(settings) {
        Ok(ctx) => handle(memory, sql, request, &ctx),
        Err(error) => failed(request, settings, &error.to_string()),
    };
    if requests.iter().all(only_reads) {
        for (request, (reply, turn)) in requests.iter().zip(waiting) {
            drop(turn);
            // A caller that hung up does not want to know.
            let _ = reply.send(answer(request));
        }
        return Ok(());
    }
    let since = Instant::now();
    let changes = sql.changes();
    let mut responses = Vec::with_capacity(requests.len());
    let committed = memory.transaction(sql, &mut || {
        responses = requests.iter().map(answer).collect();
        Ok(())
    });
    if let Err(error) = committed {
        // Nothing was kept, so no answer that says otherwise may go out.
        let failed = |request| failed(request, settings, &error.message);
        responses = requests.iter().map(failed).collect();
    }
    let replies = waiting.into_iter().map(|(reply, _)| reply);
    flusher.hand_over(Committed {
        answers: responses.into_iter().zip(replies).collect(),
        since,
        wrote: sql.changes() != changes,
    })
}

fn failed(request: &Request<Vec<u8>>, settings: &Settings, cause: &str) -> Response<Vec<u8>> {
    let ctx = context(settings).unwrap_or(bearlumen_service::Context {
        now_ms: crate::surroundings::now_ms(),
        entropy: [0; 32],
        settings,
    });
    unavailable(request, &ctx, cause.to_owned())
}
