//! Reports: how long each takes over a small ledger and over a large one, in process and in turns; and what the two that
//! dashboards ask most take over HTTP, beside an empty request to the same server.
//!
//! Both ledgers have the same customers, models and features over the same days, so that what differs is how many events
//! there are. `BEARLUMEN_BENCH_EVENTS` says how many the large one has.

use crate::measure::{Outcome, line, section};
use crate::sample;
use bearlumen_server::{DataDir, Sqlite, context, now_ms};
use bearlumen_service::{
    Context, ORGANIZATION_HEADER, OrganizationId, Settings, Tenant, create_key, handle,
};
use http::{HeaderValue, Request};
use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SMALL: u64 = 10_000;
const LARGE: u64 = 1_000_000;
const DAYS: u64 = 40;
const CUSTOMERS: u64 = 40;

/// The most time and the most calls that one report is given.
const PATIENCE: Duration = Duration::from_millis(1500);
const CALLS: usize = 101;

/// How often each request is sent over HTTP, in turns.
const ROUNDS: usize = 1000;

type Fallible<T> = Result<T, Box<dyn Error>>;

const MODELS: [(&str, &str); 4] = [
    ("openai", "gpt-4o"),
    ("openai", "gpt-4o-mini"),
    ("anthropic", "claude-sonnet-4-6"),
    ("anthropic", "claude-haiku-4-5"),
];

/// The range stands for `{range}`.
const REPORTS: [&str; 26] = [
    "/v1/cost-data/summary?{range}",
    "/v1/cost-data/by-model?{range}",
    "/v1/cost-data/by-provider?{range}",
    "/v1/cost-data/by-feature?{range}",
    "/v1/cost-data/by-agent?{range}",
    "/v1/cost-data/by-workflow?{range}",
    "/v1/cost-data/by-end-user?{range}",
    "/v1/cost-data/trend?{range}",
    "/v1/cost-data/trend?granularity=hour&{range}",
    "/v1/cost-data/detailed/by-model?{range}",
    "/v1/cost-data/detailed/by-provider?{range}",
    "/v1/cost-data/detailed/by-end-user?{range}",
    "/v1/end-user-costs/customer-7/summary?{range}",
    "/v1/end-user-costs/customer-7/by-model?{range}",
    "/v1/end-user-costs/customer-7/trend?{range}",
    "/v1/attribution/by-dimension?dimension=team&{range}",
    "/v1/attribution/dimension-values?dimension=team&{range}",
    "/v1/attribution/dimension-keys?{range}",
    "/v1/attribution/time-series?dimension=team&{range}",
    "/v1/attribution/agents?{range}",
    "/v1/dimensions/latency_ms/numeric-summary?{range}",
    "/v1/dimensions/latency_ms/numeric-trend?{range}",
    "/v1/usage/summary?{range}",
    "/v1/usage/aggregation?{range}",
    "/v1/usage/events?limit=10&{range}",
    "/v1/attribution/sessions?limit=10&{range}",
];

pub(crate) fn run() -> Outcome {
    let large = std::env::var("BEARLUMEN_BENCH_EVENTS")
        .ok()
        .and_then(|events| events.parse().ok())
        .unwrap_or(LARGE);
    let folder = tempfile::tempdir()?;
    section(&format!(
        "Reports in process: median over {SMALL} events, and over {large}"
    ));
    let data = DataDir::open(folder.path())?;
    let settings = data.settings(None, Vec::new())?;
    let small = Ledger::filled(&data, &settings, SMALL)?;
    let large = Ledger::filled(&data, &settings, large)?;
    for report in REPORTS {
        let path = report.replace("{range}", &range());
        let [of_small, of_large] = medians(&[&small, &large], &path)?;
        let what = report.replace("?{range}", "").replace("&{range}", "");
        line(&what, of_small, "us (small)", None);
        line(
            "",
            of_large,
            "us (large)",
            Some(("small", of_large / of_small)),
        );
    }
    over_http(folder.path(), &large.key)
}

/// All of the days but the last, whole.
fn range() -> String {
    let day = |ago: u64| {
        let ms = now_ms() - i64::try_from(ago * 86_400_000).unwrap_or(0);
        bearlumen_core::timestamp::format_ms(ms)
            .chars()
            .take(10)
            .collect::<String>()
    };
    format!("start_date={}&end_date={}", day(DAYS - 2), day(1))
}

/// An organisation's open database.
struct Ledger<'a> {
    sql: Sqlite,
    tenant: Tenant,
    ctx: Context<'a>,
    organization: OrganizationId,
    key: String,
}

impl<'a> Ledger<'a> {
    /// A new organisation with so many events.
    fn filled(data: &DataDir, settings: &'a Settings, events: u64) -> Fallible<Self> {
        let (organization, _) = data.create_organization(settings, "bench")?;
        let sql = data.database(&organization)?;
        let ctx = context(settings)?;
        let key = create_key(&sql, &ctx, &organization, "sk_test_", "bench", &[])?.key;
        let ledger = Self {
            sql,
            tenant: Tenant::new(),
            ctx,
            organization,
            key,
        };
        let now = now_ms();
        for batch in 0..events / 1000 {
            ledger.send("POST", "/v1/usage/events/batch", batch_body(batch, now))?;
        }
        ledger.send("GET", "/v1/cost-data/summary", String::new())?;
        Ok(ledger)
    }

    /// Answers one request; the time of the answer alone.
    fn send(&self, method: &str, path: &str, body: String) -> Fallible<Duration> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.key))
            .header(
                ORGANIZATION_HEADER,
                HeaderValue::from_str(self.organization.as_str())?,
            )
            .body(body.into_bytes())?;
        let started = Instant::now();
        let response = std::hint::black_box(handle(&self.tenant, &self.sql, &request, &self.ctx));
        let took = started.elapsed();
        if !response.status().is_success() {
            return Err(format!("{method} {path} was answered {}", response.status()).into());
        }
        Ok(took)
    }
}

/// A thousand events over all days and customers. A customer uses two models and two features.
fn batch_body(batch: u64, now: i64) -> String {
    let event = |n: u64| {
        let random = sample::mix(batch * 1000 + n);
        let customer = random % CUSTOMERS;
        let choice = customer + random / 1000 % 2;
        let position = usize::try_from(choice % 4).unwrap_or(0);
        let (provider, model) = MODELS.get(position).copied().unwrap_or(("", ""));
        let ago = random / 7 % (DAYS * 86_400_000);
        let at = now - i64::try_from(ago).unwrap_or(0);
        format!(
            r#"{{"eventTimestamp":{at},"idempotencyKey":"{}","userId":"customer-{customer}","feature":"feature-{}","agentId":"agent-{}","workflowId":"workflow-{}","sessionId":"session-{}","sessionType":"chat","dimensions":{{"team":"team-{}","latency_ms":{}}},"provider":"{provider}","model":"{model}","usage":{{"input":{},"cache_read":512,"output":{}}}}}"#,
            sample::key("queries", batch * 1000 + n),
            choice % 12,
            customer % 5,
            customer % 3,
            (batch * 1000 + n) / 20,
            customer % 8,
            random / 11 % 3000,
            400 + random % 1000,
            88 + random % 100,
        )
    };
    let events: Vec<String> = (0..1000).map(event).collect();
    format!(r#"{{"events":[{}]}}"#, events.join(","))
}

/// The median time of a report over each ledger, in microseconds, asked in turns.
fn medians<const N: usize>(ledgers: &[&Ledger<'_>; N], path: &str) -> Fallible<[f64; N]> {
    let mut times = [const { Vec::new() }; N];
    let started = Instant::now();
    while started.elapsed() < PATIENCE * 2 && times.iter().all(|times| times.len() < CALLS) {
        for (ledger, times) in ledgers.iter().zip(&mut times) {
            times.push(ledger.send("GET", path, String::new())?);
        }
    }
    Ok(times.map(median))
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times
        .get(times.len() / 2)
        .map_or(0.0, |time| time.as_secs_f64() * 1e6)
}

/// The server on the same files, asked over one connection.
fn over_http(folder: &Path, key: &str) -> Outcome {
    section(
        "Over HTTP, one connection, the large ledger: median beside an empty request to the same server",
    );
    let server = Server::start(folder)?;
    let mut connection = Connection::open(&server.address, key)?;
    let paths = [
        "/v1/ping".to_owned(),
        format!("/v1/cost-data/summary?{}", range()),
        format!("/v1/cost-data/by-model?{}", range()),
        // A calendar month, which most dashboards ask for.
        "/v1/cost-data/summary?time_window=current-period".to_owned(),
        "/v1/cost-data/by-model?time_window=current-period".to_owned(),
    ];
    let mut times = [const { Vec::new() }; 5];
    for round in 0..ROUNDS + 50 {
        for (path, times) in paths.iter().zip(&mut times) {
            let took = connection.get(path)?;
            // The first ones find cold caches.
            if round >= 50 {
                times.push(took);
            }
        }
    }
    let [ping, reports @ ..] = times.map(median);
    line("GET /v1/ping", ping, "us", None);
    for (path, took) in paths.iter().skip(1).zip(reports) {
        line(path, took, "us", Some(("ping", took / ping)));
    }
    Ok(())
}

struct Server {
    process: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // The folder goes with it, so there is nothing to stop cleanly.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    fn start(folder: &Path) -> Fallible<Self> {
        let ready = folder.join("ready.json");
        let binary = std::env::var("BEARLUMEN_BIN")
            .unwrap_or_else(|_| "target/release/bearlumen".to_owned());
        let mut process = Command::new(binary)
            .args(["serve", "--addr", "127.0.0.1:0", "--data"])
            .arg(folder)
            .arg("--ready-file")
            .arg(&ready)
            .env("BEARLUMEN_LOG", "warn")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let started = Instant::now();
        loop {
            let told = std::fs::read_to_string(&ready)
                .ok()
                .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
            let url = told
                .as_ref()
                .and_then(|told| told.get("base_url"))
                .and_then(serde_json::Value::as_str);
            if let Some(url) = url {
                let address = url.replace("http://", "");
                return Ok(Self { process, address });
            }
            if process.try_wait()?.is_some() || started.elapsed() > Duration::from_mins(1) {
                let _ = process.kill();
                return Err("the server did not start".into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

struct Connection {
    stream: TcpStream,
    key: String,
    buffer: Vec<u8>,
}

impl Connection {
    fn open(address: &str, key: &str) -> Fallible<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            key: key.to_owned(),
            buffer: vec![0; 1 << 16],
        })
    }

    /// Sends a request and reads the answer to its end.
    fn get(&mut self, path: &str) -> Fallible<Duration> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {}\r\n\r\n",
            self.key
        );
        let started = Instant::now();
        self.stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        loop {
            let read = self.stream.read(&mut self.buffer)?;
            answer.extend_from_slice(self.buffer.get(..read).unwrap_or_default());
            if read == 0 {
                return Err("the server hung up".into());
            }
            if is_whole(&answer) {
                break;
            }
        }
        let took = started.elapsed();
        if answer.starts_with(b"HTTP/1.1 200") {
            Ok(took)
        } else {
            Err(format!("{path} was answered {}", String::from_utf8_lossy(&answer)).into())
        }
    }
}

fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(answer.get(..end).unwrap_or_default()).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    answer.len() >= end + 4 + length.unwrap_or(0_usize)
}
