//! Random histories of one organisation against a few lines that only remember which key came first: requests,
//! statements that fail, transactions undone around the service, memory lost, clocks and time zones.

#![expect(
    clippy::unwrap_used,
    clippy::float_arithmetic,
    reason = "a test, and a measurement that is not money"
)]

use bearlumen_core::timestamp::format_ms;
use bearlumen_server::Sqlite;
use bearlumen_service::{
    Context, Insert, ORGANIZATION_HEADER, OrganizationId, Param, Row, Settings, Sql, SqlError,
    SqlErrorKind, Tenant, create_key, create_organization, handle, migrate,
};
use http::Request;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;

const NOW_MS: i64 = 1_795_176_000_000; // 2026-11-20
const DAY_MS: i64 = 86_400_000;
/// Around all events: from 2025-11-01 to 2026-12-01.
const FIRST_MS: i64 = NOW_MS - 384 * DAY_MS;
const END_MS: i64 = NOW_MS + 11 * DAY_MS;
const ZONES: [&str; 4] = [
    "UTC",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
];

/// A database of which a statement fails when its turn has come.
struct Faulty {
    inner: Sqlite,
    left: Cell<Option<u32>>,
    /// Insert as the native host does, or as a Durable Object does.
    by_row: bool,
}

impl Faulty {
    fn statement(&self) -> Result<(), SqlError> {
        match self.left.get() {
            Some(0) => {
                self.left.set(None);
                Err(SqlError {
                    kind: SqlErrorKind::Full,
                    message: "injected".to_owned(),
                })
            }
            Some(left) => {
                self.left.set(Some(left - 1));
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// The database as a host sees it that leaves [`Sql::insert`] as it is.
struct ByJson<'a>(&'a Sqlite);

impl Sql for ByJson<'_> {
    fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<(), SqlError> {
        self.0.execute(sql, params)
    }

    fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        self.0.query(sql, params)
    }

    fn transaction(&self, body: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError> {
        self.0.transaction(body)
    }
}

impl Sql for Faulty {
    fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<(), SqlError> {
        self.statement()?;
        self.inner.execute(sql, params)
    }

    fn insert(&self, insert: &Insert<'_>, rows: &[Param<'_>]) -> Result<(), SqlError> {
        self.statement()?;
        if self.by_row {
            self.inner.insert(insert, rows)
        } else {
            ByJson(&self.inner).insert(insert, rows)
        }
    }

    fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        self.statement()?;
        self.inner.query(sql, params)
    }

    fn transaction(&self, body: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError> {
        self.inner.transaction(body)
    }
}

/// What an event says. Two with one key agree when this does.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    user: Option<u8>,
    model: u8,
    /// Nano-dollars; `None` is unpriced.
    cost: Option<u32>,
    /// Hours back.
    hours: u16,
    session: Option<u8>,
    team: Option<u8>,
    seconds: Option<i16>,
    /// Whether the call behind it succeeded.
    success: Option<bool>,
}

impl Said {
    fn at_ms(&self) -> i64 {
        NOW_MS - i64::from(self.hours) * DAY_MS / 24
    }
}

#[derive(Debug, Clone)]
enum Op {
    /// Events with their keys, `None` for no key.
    Batch(Vec<(Option<u8>, Said)>),
    /// The same, while this statement fails.
    Failing(Vec<(Option<u8>, Said)>, u32),
    /// Batches that the host commits together, and cannot.
    Undone(Vec<Vec<(Option<u8>, Said)>>),
    Report,
    /// A report, while this statement fails.
    FailingReport(u32),
    /// Work in the background so many milliseconds later.
    Later(u16),
    /// The process dies, or the object is moved.
    MemoryLost,
    Zone(u8),
}

fn said() -> impl Strategy<Value = Said> {
    (
        proptest::option::of(0..5_u8),
        0..3_u8,
        proptest::option::weighted(0.8, 0..2_000_000_000_u32),
        0..3000_u16,
        proptest::option::of(0..4_u8),
        proptest::option::of(0..3_u8),
        proptest::option::weighted(0.3, any::<i16>()),
        proptest::option::weighted(0.4, any::<bool>()),
    )
        .prop_map(
            |(user, model, cost, hours, session, team, seconds, success)| Said {
                user,
                model,
                cost,
                hours,
                session,
                team,
                seconds,
                success,
            },
        )
}

fn batch() -> impl Strategy<Value = Vec<(Option<u8>, Said)>> {
    proptest::collection::vec((proptest::option::weighted(0.8, 0..12_u8), said()), 1..8)
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => batch().prop_map(Op::Batch),
        2 => (batch(), 0..16_u32).prop_map(|(events, at)| Op::Failing(events, at)),
        1 => proptest::collection::vec(batch(), 1..3).prop_map(Op::Undone),
        2 => Just(Op::Report),
        1 => (0..16_u32).prop_map(Op::FailingReport),
        2 => (0..5000_u16).prop_map(Op::Later),
        1 => Just(Op::MemoryLost),
        1 => (0..4_u8).prop_map(Op::Zone),
    ]
}

/// The service with its database, and beside it what should be in it.
struct World {
    sql: Faulty,
    tenant: Tenant,
    settings: Settings,
    organization: OrganizationId,
    key: String,
    turn: Cell<u64>,
    now_ms: i64,
    by_key: BTreeMap<u8, Said>,
    stored: Vec<Said>,
}

impl World {
    fn new(by_row: bool) -> Self {
        let settings = Settings::new(vec![vec![7; 32]], None, Vec::new()).unwrap();
        let sql = Faulty {
            inner: Sqlite::in_memory().unwrap(),
            left: Cell::new(None),
            by_row,
        };
        migrate(&sql, NOW_MS).unwrap();
        let organization = OrganizationId::from_bytes([1; 8]);
        create_organization(&sql, &organization, "model", NOW_MS).unwrap();
        let ctx = Context {
            now_ms: NOW_MS,
            entropy: [3; 32],
            settings: &settings,
        };
        let key = create_key(&sql, &ctx, &organization, "sk_test_", "model", &[])
            .unwrap()
            .key;
        Self {
            sql,
            tenant: Tenant::new(),
            settings,
            organization,
            key,
            turn: Cell::new(0),
            now_ms: NOW_MS,
            by_key: BTreeMap::new(),
            stored: Vec::new(),
        }
    }

    fn call(&self, method: &str, path: &str, body: Vec<u8>) -> (u16, Value) {
        self.turn.set(self.turn.get() + 1);
        let mut entropy = [0; 32];
        entropy[..8].copy_from_slice(&self.turn.get().to_be_bytes());
        let ctx = Context {
            now_ms: self.now_ms,
            entropy,
            settings: &self.settings,
        };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.key))
            .header(ORGANIZATION_HEADER, self.organization.as_str())
            .body(body)
            .unwrap();
        let response = handle(&self.tenant, &self.sql, &request, &ctx);
        let body = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        (response.status().as_u16(), body)
    }

    fn send(&self, events: &[(Option<u8>, Said)]) -> (u16, Value) {
        let events: Vec<Value> = events.iter().map(|(key, said)| wire(*key, said)).collect();
        self.call(
            "POST",
            "/v1/usage/events/batch",
            json!({ "events": events }).to_string().into_bytes(),
        )
    }

    /// What the answer has to be, event by event, and the model's memory of it.
    fn expect(&mut self, events: &[(Option<u8>, Said)]) -> Vec<&'static str> {
        let mut outcomes = Vec::new();
        for (key, said) in events {
            let outcome = match key.and_then(|key| self.by_key.get(&key)) {
                Some(first) if first == said => "skipped",
                Some(_) => "conflict",
                None => {
                    if let Some(key) = key {
                        self.by_key.insert(*key, said.clone());
                    }
                    self.stored.push(said.clone());
                    "recorded"
                }
            };
            outcomes.push(outcome);
        }
        outcomes
    }

    fn batch(&mut self, events: &[(Option<u8>, Said)]) {
        let expected = self.expect(events);
        let (status, body) = self.send(events);
        let failed = expected.contains(&"conflict");
        assert_eq!(status, if failed { 207 } else { 201 }, "{body}");
        let answered: Vec<&str> = body["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|result| match &result["recorded"] {
                Value::Bool(true) => "recorded",
                Value::Bool(false) => "skipped",
                _ => "conflict",
            })
            .collect();
        assert_eq!(answered, expected);
    }

    fn report(&self) {
        let period = format!("start={}&end={}", format_ms(FIRST_MS), format_ms(END_MS));
        let (status, body) = self.call(
            "GET",
            &format!("/v1/cost-data/summary?{period}"),
            Vec::new(),
        );
        assert_eq!(status, 200, "{body}");
        let cost = |said: &Said| i128::from(said.cost.unwrap_or(0));
        assert_eq!(body["eventCount"], json!(self.stored.len()));
        assert_eq!(
            body["totalCostNanos"],
            json!(self.stored.iter().map(cost).sum::<i128>().to_string())
        );
        let unpriced = self
            .stored
            .iter()
            .filter(|said| said.cost.is_none())
            .count();
        assert_eq!(body["unpricedEventCount"], json!(unpriced));

        self.breakdown("by-end-user", FIRST_MS..END_MS, |said| {
            said.user.map(|user| format!("user-{user}"))
        });
        // Whole months, most of one, some days, and what no day begins with.
        for (start, end) in [
            (FIRST_MS, END_MS),
            (NOW_MS - 61 * DAY_MS, NOW_MS - DAY_MS),
            (NOW_MS - 47 * DAY_MS, NOW_MS - 40 * DAY_MS),
            (NOW_MS - 90 * DAY_MS - 5_000_000, NOW_MS - 3_600_000),
        ] {
            let model = |said: &Said| Some(format!("model-{}", said.model));
            self.breakdown("by-model", start..end, model);
            // Of both signs, and of one.
            self.numbers("seconds", start..end, |said| {
                said.seconds.map(|seconds| f64::from(seconds) / 8.0)
            });
            self.numbers("latency_ms", start..end, |said| {
                said.success.map(|_| f64::from(said.hours))
            });
        }
    }

    /// A summary of measurements beside those of what is stored.
    fn numbers(&self, key: &str, period: Range<i64>, value: impl Fn(&Said) -> Option<f64>) {
        let [start, end] = [period.start, period.end].map(format_ms);
        let path = format!("/v1/dimensions/{key}/numeric-summary?start={start}&end={end}");
        let (status, body) = self.call("GET", &path, Vec::new());
        assert_eq!(status, 200, "{body}");
        let stored = self.stored.iter();
        let mut values: Vec<f64> = stored
            .filter(|said| period.contains(&said.at_ms()))
            .filter_map(value)
            .collect();
        values.sort_by(f64::total_cmp);
        assert_eq!(body["count"], json!(values.len()), "{path}");
        // Eighths add up exactly.
        assert_eq!(body["sum"], json!(values.iter().sum::<f64>()), "{path}");
        let ends = [values.first(), values.last()];
        assert_eq!(
            [body["min"].as_f64(), body["max"].as_f64()],
            ends.map(Option::<&f64>::copied)
        );
        for (name, hundredths) in [("p50", 50), ("p99", 99)] {
            let rank = (values.len() * hundredths).div_ceil(100).max(1);
            let (found, exact) = (body["percentiles"][name].as_f64(), values.get(rank - 1));
            assert_eq!(found.is_some(), exact.is_some(), "{path}");
            if let (Some(found), Some(exact)) = (found, exact) {
                let off = (found - exact).abs();
                assert!(
                    off <= exact.abs() * 0.0101,
                    "{path}: {name} {found}, not {exact}"
                );
            }
        }
    }

    /// A report's groups beside those of what is stored.
    fn breakdown(&self, by: &str, period: Range<i64>, name: impl Fn(&Said) -> Option<String>) {
        let [start, end] = [period.start, period.end].map(format_ms);
        let path = format!("/v1/cost-data/{by}?start={start}&end={end}");
        let (status, body) = self.call("GET", &path, Vec::new());
        assert_eq!(status, 200, "{body}");
        let mut expected: BTreeMap<Option<String>, (u64, i128)> = BTreeMap::new();
        for said in self
            .stored
            .iter()
            .filter(|said| period.contains(&said.at_ms()))
        {
            let sums = expected.entry(name(said)).or_default();
            sums.0 += 1;
            sums.1 += i128::from(said.cost.unwrap_or(0));
        }
        let answered: BTreeMap<Option<String>, (u64, i128)> = body["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| {
                let nanos = item["totalCostNanos"].as_str().unwrap().parse().unwrap();
                let name = item["attributionValue"].as_str().map(str::to_owned);
                (name, (item["eventCount"].as_u64().unwrap(), nanos))
            })
            .collect();
        assert_eq!(answered, expected, "{path}");
    }

    /// Whatever happened, the sums are those that one pass over the events makes.
    fn sums_are_those_of_the_events(&mut self) {
        self.report();
        let kept = self.dump();
        for table in SUM_TABLES {
            self.sql
                .execute(&format!("DELETE FROM {table}"), &[])
                .unwrap();
        }
        self.sql.execute("UPDATE folded SET seq = 0", &[]).unwrap();
        self.tenant = Tenant::new();
        self.report();
        assert_eq!(self.dump(), kept);
    }

    fn dump(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for table in SUM_TABLES {
            let mut of_table = self
                .sql
                .query(&format!("SELECT * FROM {table}"), &[])
                .unwrap();
            of_table.sort_by_key(|row| format!("{row:?}"));
            rows.extend(of_table);
        }
        rows.extend(
            self.sql
                .query("SELECT * FROM end_user ORDER BY label", &[])
                .unwrap(),
        );
        rows
    }

    fn run(&mut self, op: &Op) {
        match op {
            Op::Batch(events) => self.batch(events),
            Op::Failing(events, at) => {
                let before = (self.by_key.clone(), self.stored.clone());
                self.sql.left.set(Some(*at));
                let (status, body) = self.send(events);
                let failed = self.sql.left.take().is_none();
                assert_eq!(failed, status == 503, "{body}");
                if failed {
                    (self.by_key, self.stored) = before;
                } else {
                    self.expect(events);
                }
            }
            // As the native host does it: answers are made inside one transaction, which then fails.
            Op::Undone(batches) => {
                let undone = self.tenant.transaction(&self.sql, &mut || {
                    for events in batches {
                        let (status, _) = self.send(events);
                        assert!(matches!(status, 201 | 207));
                    }
                    Err(SqlError {
                        kind: SqlErrorKind::Full,
                        message: "the commit failed".to_owned(),
                    })
                });
                assert!(undone.is_err());
            }
            Op::Report => self.report(),
            Op::FailingReport(at) => {
                self.sql.left.set(Some(*at));
                let (status, body) = self.call("GET", "/v1/cost-data/summary", Vec::new());
                let failed = self.sql.left.take().is_none();
                assert_eq!(failed, status == 503, "{body}");
            }
            Op::Later(ms) => {
                self.now_ms += i64::from(*ms);
                self.tenant.background(&self.sql, self.now_ms).unwrap();
            }
            Op::MemoryLost => self.tenant = Tenant::new(),
            Op::Zone(zone) => {
                let zone = ZONES.get(usize::from(*zone)).copied().unwrap();
                assert!(self.tenant.set_time_zone(&self.sql, zone).unwrap());
            }
        }
    }
}

const SUM_TABLES: [&str; 8] = [
    "rollup",
    "run_rollup",
    "end_user_rollup",
    "bucket_rollup",
    "session",
    "session_block",
    "session_count",
    "numeric_sum",
];

fn wire(key: Option<u8>, said: &Said) -> Value {
    let mut event = json!({
        "eventType": "call",
        "metricName": "calls",
        "quantity": 1,
        "provider": "none of the known",
        "model": format!("model-{}", said.model),
        "eventTimestamp": said.at_ms(),
        "dimensions": {},
    });
    let mut set = |field: &str, value: Value| {
        event
            .as_object_mut()
            .unwrap()
            .insert(field.to_owned(), value)
    };
    if let Some(key) = key {
        set("idempotencyKey", json!(format!("key-{key}")));
    }
    if let Some(user) = said.user {
        set("userId", json!(format!("user-{user}")));
    }
    if let Some(session) = said.session {
        set("sessionId", json!(format!("session-{session}")));
    }
    if let Some(cost) = said.cost {
        let dollars: Value = serde_json::from_str(&format!(
            "{}.{:09}",
            cost / 1_000_000_000,
            cost % 1_000_000_000
        ))
        .unwrap();
        set("cost", dollars);
    }
    let mut dimensions = json!({});
    if let Some(team) = said.team {
        dimensions["team"] = json!(format!("team-{team}"));
    }
    if let Some(seconds) = said.seconds {
        dimensions["seconds"] = json!(f64::from(seconds) / 8.0);
    }
    if let Some(success) = said.success {
        dimensions["success"] = json!(u8::from(success));
        dimensions["latency_ms"] = json!(said.hours);
    }
    set("dimensions", dimensions);
    event
}

proptest! {
    #[test]
    fn any_history_leaves_each_event_once_and_exact_sums(
        by_row in any::<bool>(),
        ops in proptest::collection::vec(op(), 1..40),
    ) {
        let mut world = World::new(by_row);
        for op in &ops {
            world.run(op);
        }
        world.sums_are_those_of_the_events();
    }
}

#[test]
fn memory_that_the_database_contradicts_is_read_again() {
    let world = World::new(true);
    let said = |cost| Said {
        user: None,
        model: 0,
        cost: Some(cost),
        hours: 1,
        session: None,
        team: None,
        seconds: None,
        success: None,
    };
    let lose_the_last = || {
        let last = "DELETE FROM block WHERE seq = (SELECT MAX(seq) FROM block)";
        world.sql.execute(last, &[]).unwrap();
    };
    let recorded = |key, cost| {
        let (status, body) = world.send(&[(Some(key), said(cost))]);
        assert_eq!(status, 201, "{body}");
        body["recordedCount"].as_u64().unwrap()
    };
    assert_eq!([recorded(1, 5), recorded(1, 5), recorded(2, 5)], [1, 0, 1]);
    // Memory would call it a repetition.
    lose_the_last();
    assert_eq!(recorded(2, 5), 1);
    // Memory would leave a gap.
    lose_the_last();
    let (status, body) = world.send(&[(Some(3), said(7))]);
    assert_eq!(status, 500, "{body}");
    assert_eq!(recorded(3, 7), 1);
    let events = world.sql.query("SELECT seq FROM event", &[]).unwrap();
    assert_eq!(events.len(), 2);
}

/// More than the ids that stand in memory.
const MANY_BATCHES: u32 = 140;

#[test]
fn a_key_is_known_when_its_id_left_memory_and_when_memory_is_lost() {
    let mut world = World::new(true);
    let batch = |number: u32, quantity: u8| {
        let events: Vec<Value> = (0..1000)
            .map(|n| {
                let key = format!("{number}-{n}");
                json!({"eventType": "call", "metricName": "calls", "quantity": quantity, "idempotencyKey": key})
            })
            .collect();
        json!({ "events": events }).to_string().into_bytes()
    };
    let counts = |world: &World, number: u32, quantity: u8| {
        let (_, body) = world.call("POST", "/v1/usage/events/batch", batch(number, quantity));
        ["recordedCount", "skippedCount", "failedCount"].map(|count| body[count].as_u64().unwrap())
    };
    for number in 0..MANY_BATCHES {
        assert_eq!(counts(&world, number, 1), [1000, 0, 0]);
    }
    let indexed = world.sql.query("SELECT COUNT(*) FROM known", &[]).unwrap();
    assert_ne!(indexed, [[bearlumen_service::Value::Integer(0)]]);
    for _ in 0..2 {
        assert_eq!(counts(&world, 0, 1), [0, 1000, 0]);
        assert_eq!(counts(&world, MANY_BATCHES - 1, 1), [0, 1000, 0]);
        assert_eq!(counts(&world, 1, 2), [0, 0, 1000]);
        world.tenant = Tenant::new();
    }
}
