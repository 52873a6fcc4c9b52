//! Routing decisions are counted once each, whatever fails: statements, the transaction around them, the memory.

#![expect(clippy::unwrap_used, reason = "a test")]

use bearlumen_server::Sqlite;
use bearlumen_service::{
    Context, ORGANIZATION_HEADER, OrganizationId, Param, Row, Settings, Sql, SqlError,
    SqlErrorKind, Tenant, create_key, create_organization, handle, migrate, only_reads,
};
use http::Request;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};

const NOW_MS: i64 = 1_795_176_000_000; // 2026-11-20

/// A database that notes what it is told to write, and of which a statement fails when its turn has come.
struct Watched {
    inner: Sqlite,
    left: Cell<Option<u32>>,
    written: RefCell<Vec<String>>,
}

fn full() -> SqlError {
    SqlError {
        kind: SqlErrorKind::Full,
        message: "injected".to_owned(),
    }
}

impl Sql for Watched {
    fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<(), SqlError> {
        match self.left.get() {
            Some(0) => {
                self.left.set(None);
                return Err(full());
            }
            Some(left) => self.left.set(Some(left - 1)),
            None => {}
        }
        self.written.borrow_mut().push(sql.to_owned());
        self.inner.execute(sql, params)
    }

    fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        self.inner.query(sql, params)
    }

    fn transaction(&self, body: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError> {
        self.inner.transaction(body)
    }
}

struct World {
    sql: Watched,
    tenant: Tenant,
    settings: Settings,
    organization: OrganizationId,
    key: String,
    now_ms: i64,
    asked: Cell<u8>,
}

impl World {
    fn new() -> Self {
        let sql = Watched {
            inner: Sqlite::in_memory().unwrap(),
            left: Cell::new(None),
            written: RefCell::default(),
        };
        migrate(&sql, NOW_MS).unwrap();
        let settings = Settings::new(vec![vec![7; 32]], None, Vec::new()).unwrap();
        let organization = OrganizationId::from_bytes([1; 8]);
        create_organization(&sql, &organization, "test", NOW_MS).unwrap();
        let mut world = Self {
            sql,
            tenant: Tenant::new(),
            settings,
            organization,
            key: String::new(),
            now_ms: NOW_MS,
            asked: Cell::new(0),
        };
        let made = create_key(
            &world.sql,
            &world.ctx(),
            &world.organization,
            "sk_test_",
            "k",
            &["usage:write", "costs:read"],
        )
        .unwrap();
        world.key = made.key;
        world
    }

    fn ctx(&self) -> Context<'_> {
        self.asked.set(self.asked.get() + 1);
        Context {
            now_ms: self.now_ms,
            entropy: [self.asked.get(); 32],
            settings: &self.settings,
        }
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.key))
            .header(ORGANIZATION_HEADER, self.organization.as_str())
            .body(if method == "GET" {
                Vec::new()
            } else {
                body.to_string().into_bytes()
            })
            .unwrap();
        let answer = handle(&self.tenant, &self.sql, &request, &self.ctx());
        assert_eq!(
            answer.status(),
            200,
            "{}",
            String::from_utf8_lossy(answer.body())
        );
        serde_json::from_slice(answer.body()).unwrap()
    }

    fn decide(&self) -> Value {
        let question = json!({"prompt": "Hello", "preferences": {
            "providers": ["openai"], "currentProvider": "openai", "currentModel": "gpt-5.4"}});
        self.ask("POST", "/routing/context-aware", &question)["decision"].clone()
    }

    fn follow(&self, decision: &Value, model: &str) {
        let run = json!({"provider": "openai", "model": model, "tokensUsed": 1, "routingDecisionId": decision["id"]});
        self.ask("POST", "/integrations/run", &run);
    }

    /// Total, enforced, downgrades.
    fn counts(&self) -> [i64; 3] {
        let stats = self.ask("GET", "/dashboard/stats", &Value::Null);
        let of = &stats["data"]["routingDecisions"];
        ["total", "enforced", "costDowngrades"].map(|name| of[name].as_i64().unwrap())
    }

    fn lose_memory(&mut self) {
        self.tenant = Tenant::new();
    }
}

#[test]
fn deciding_writes_nothing_until_a_second_has_passed() {
    let mut world = World::new();
    world.sql.written.borrow_mut().clear();
    for _ in 0..100 {
        world.decide();
    }
    assert_eq!(world.sql.written.borrow().len(), 0);
    // So a host need not commit before it answers one, as it must before it answers a run.
    let request = |path| Request::post(path).body(()).unwrap();
    assert!(only_reads(&request("/routing/context-aware")));
    assert!(!only_reads(&request("/integrations/run")));
    assert_eq!(world.counts(), [100, 0, 100]);
    assert_eq!(world.tenant.due_ms(NOW_MS), Some(NOW_MS + 1000));
    world.now_ms += 999;
    world.tenant.background(&world.sql, world.now_ms).unwrap();
    assert!(
        !world
            .sql
            .written
            .borrow()
            .iter()
            .any(|sql| sql.contains("routing"))
    );
    world.now_ms += 1;
    let due = world.tenant.background(&world.sql, world.now_ms).unwrap();
    assert_eq!(due, None);
    world.lose_memory();
    assert_eq!(world.counts(), [100, 0, 100]);
}

#[test]
fn a_statement_that_fails_leaves_the_counts_as_they_are() {
    let mut world = World::new();
    for _ in 0..3 {
        world.decide();
    }
    world.now_ms += 1000;
    for statement in 0..4 {
        world.sql.left.set(Some(statement));
        assert!(world.tenant.background(&world.sql, world.now_ms).is_err());
        assert_eq!(world.counts(), [3, 0, 3], "statement {statement}");
    }
    world.tenant.background(&world.sql, world.now_ms).unwrap();
    assert_eq!(world.counts(), [3, 0, 3]);
    world.lose_memory();
    assert_eq!(world.counts(), [3, 0, 3]);
}

#[test]
fn what_was_answered_before_a_failed_commit_stays_and_what_was_in_it_goes() {
    let mut world = World::new();
    let kept = world.decide();
    let mut gone = Value::Null;
    let outcome = world.tenant.transaction(&world.sql, &mut || {
        gone = world.decide();
        let model = kept["model"].as_str().unwrap();
        world.follow(&kept, model);
        Err(full())
    });
    assert!(outcome.is_err());
    assert_eq!(world.counts(), [1, 0, 1]);
    world.follow(&kept, kept["model"].as_str().unwrap());
    assert_eq!(world.counts(), [1, 1, 1]);
    world.lose_memory();
    assert_eq!(world.counts(), [1, 1, 1]);
}

#[test]
fn a_run_proves_the_decision_it_follows() {
    let mut world = World::new();
    let (first, second) = (world.decide(), world.decide());
    world.lose_memory();
    assert_eq!(world.counts(), [0, 0, 0], "nobody followed them in time");
    let model = first["model"].as_str().unwrap();
    world.follow(&second, "gpt-5.4");
    assert_eq!(world.counts(), [0, 0, 0], "another model follows nothing");
    world.follow(&second, model);
    assert_eq!(world.counts(), [1, 1, 1]);
    for _ in 0..2 {
        world.follow(&second, model);
        world.follow(&first, model);
    }
    assert_eq!(world.counts(), [2, 2, 2]);
    // Of this life, and of one whose counts were written.
    let third = world.decide();
    world.follow(&third, model);
    let fourth = world.decide();
    world.tenant.close(&world.sql).unwrap();
    world.lose_memory();
    world.follow(&fourth, model);
    assert_eq!(world.counts(), [4, 4, 4]);
}

#[test]
fn a_decision_is_followed_within_thirty_days() {
    let mut world = World::new();
    let (early, late) = (world.decide(), world.decide());
    let model = early["model"].as_str().unwrap().to_owned();
    world.now_ms += 29 * 86_400_000;
    world.follow(&early, &model);
    assert_eq!(world.counts(), [2, 1, 2]);
    world.now_ms += 2 * 86_400_000;
    world.follow(&late, &model);
    let enforced = "SELECT SUM(followed) FROM routing_rollup";
    assert_eq!(world.sql.count(enforced, &[]).unwrap(), 1);
}
