//! Databases of earlier versions, with data in them, become what the current version reads.

#![expect(clippy::unwrap_used, reason = "a test")]

use bearlumen_server::Sqlite;
use bearlumen_service::{
    Context, ORGANIZATION_HEADER, OrganizationId, Row, Settings, Sql, Tenant, Value, create_key,
    handle, migrate,
};
use http::Request;
use serde_json::json;

/// The migrations that made the databases kept here.
const MIGRATIONS: [&str; 10] = [
    include_str!("../migrations/0001_ledger.sql"),
    include_str!("../migrations/0002_engine.sql"),
    include_str!("../migrations/0003_dimensions.sql"),
    include_str!("../migrations/0004_accounts.sql"),
    include_str!("../migrations/0005_costlens.sql"),
    include_str!("../migrations/0006_months.sql"),
    include_str!("../migrations/0007_routing.sql"),
    include_str!("../migrations/0008_budgets.sql"),
    include_str!("../migrations/0009_blocks.sql"),
    include_str!("../migrations/0010_counts.sql"),
];
/// Written by the version that had only the first migration, over its own API: 44 events.
const POPULATED: &str = include_str!("fixtures/populated_0001.sql");
/// Written by the version that had six: 91 events with sessions, dimensions and metadata, all summed.
const POPULATED_SIXTH: &str = include_str!("fixtures/populated_0006.sql");
/// Written by the version that had ten, in Kathmandu's calendar: 45 runs of `CostLens` and 19 other events, of which the
/// latest 5 runs were not summed when the process was killed; what runs tell was.
const POPULATED_TENTH: &str = include_str!("fixtures/populated_0010.sql");
const NOW_MS: i64 = 1_795_176_000_000; // 2026-11-20

/// A database as the version with so many migrations left it.
fn populated(migrations: usize, rows: &str) -> Sqlite {
    let sql = Sqlite::in_memory().unwrap();
    sql.execute(
        "CREATE TABLE migration (number INTEGER PRIMARY KEY, applied_ms INTEGER NOT NULL) STRICT",
        &[],
    )
    .unwrap();
    for (number, text) in (1..).zip(&MIGRATIONS[..migrations]) {
        let bare: Vec<&str> = text
            .lines()
            .map(|line| line.split("--").next().unwrap())
            .collect();
        for statement in bare.join("\n").split(';').filter(|s| !s.trim().is_empty()) {
            sql.execute(statement, &[]).unwrap();
        }
        let applied = format!("INSERT INTO migration VALUES ({number}, 0)");
        sql.execute(&applied, &[]).unwrap();
    }
    // Its one row is there already.
    sql.execute("DELETE FROM folded", &[]).ok();
    for statement in rows.lines().filter(|line| !line.contains("\"migration\"")) {
        sql.execute(statement, &[]).unwrap();
    }
    sql
}

fn text(sql: &Sqlite, query: &str) -> String {
    let rows = sql.query(query, &[]).unwrap();
    format!("{:?}", rows.first().unwrap())
}

#[test]
fn a_populated_first_version_keeps_every_event_and_sum() {
    let sql = populated(1, POPULATED);
    let query = "SELECT COUNT(*), SUM(cost_nanos), SUM(basis), SUM(quantity), SUM(input_tokens), COUNT(session), \
         COUNT(agent), COUNT(price_id), SUM(seq * model), group_concat(detail), group_concat(content_hash), \
         MIN(at_ms), MAX(at_ms), group_concat(IDS) FROM (SELECT * FROM event ORDER BY seq)";
    let before = text(&sql, &query.replace("IDS", "lower(hex(id))"));
    migrate(&sql, NOW_MS).unwrap();
    assert_eq!(text(&sql, &query.replace("IDS", "id")), before);
    migrate(&sql, NOW_MS).unwrap();

    let settings = Settings::new(vec![vec![7; 32]], None, Vec::new()).unwrap();
    let ctx = Context {
        now_ms: NOW_MS,
        entropy: [3; 32],
        settings: &settings,
    };
    let organization = match sql.query("SELECT id FROM organization", &[]).unwrap()[0].as_slice() {
        [Value::Text(id)] => OrganizationId::parse(id).unwrap(),
        other => unreachable!("{other:?}"),
    };
    let key = create_key(&sql, &ctx, &organization, "sk_test_", "test", &[])
        .unwrap()
        .key;
    let tenant = Tenant::new();
    let call = |method: &str, path: &str, body: String| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {key}"))
            .header(ORGANIZATION_HEADER, organization.as_str())
            .body(body.into_bytes())
            .unwrap();
        let response = handle(&tenant, &sql, &request, &ctx);
        let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
        (response.status().as_u16(), body)
    };

    let (status, summary) = call(
        "GET",
        "/v1/cost-data/summary?start=2026-10-01&end=2026-10-31",
        String::new(),
    );
    assert_eq!(status, 200, "{summary}");
    assert_eq!(summary["eventCount"], 44);
    assert_eq!(summary["totalCostNanos"], "256397000");

    // The second event, sent again: its key and its content are known.
    let again = json!({
        "idempotencyKey": "old-1", "eventTimestamp": "2026-10-02T01:15:00Z", "provider": "openai", "model": "gpt-4o",
        "userId": "user-1", "feature": "chat", "usage": {"input": 1001, "output": 10, "cache_read": 100},
    });
    let (status, answer) = call("POST", "/v1/usage/events", again.to_string());
    assert_eq!(
        (status, &answer["recorded"]),
        (200, &json!(false)),
        "{answer}"
    );
    let mut other = again;
    other["feature"] = json!("another");
    let (status, answer) = call("POST", "/v1/usage/events", other.to_string());
    assert_eq!(
        (status, &answer["error"]["code"]),
        (409, &json!("IDEMPOTENCY_CONFLICT")),
        "{answer}"
    );
}

/// Everything that follows from the events.
const SUM_TABLES: [&str; 8] = [
    "rollup",
    "end_user_rollup",
    "bucket_rollup",
    "run_rollup",
    "session",
    "session_block",
    "session_count",
    "numeric_sum",
];

#[test]
fn sums_of_a_populated_sixth_version_are_those_of_its_events() {
    let sql = populated(6, POPULATED_SIXTH);
    let events = "SELECT COUNT(*), SUM(cost_nanos), SUM(basis), SUM(quantity), SUM(quantity_micros), COUNT(session), \
         COUNT(low_nanos), COUNT(subscription), group_concat(detail), group_concat(content_hash), group_concat(at_ms), \
         group_concat(IDS) FROM (SELECT * FROM event ORDER BY seq)";
    let before = text(&sql, &events.replace("IDS", "lower(hex(id))"));
    migrate(&sql, NOW_MS).unwrap();
    assert_eq!(text(&sql, &events.replace("IDS", "id")), before);

    let migrated = dump(&sql);
    // Empties them, so that they are made again from the first event on.
    let tenant = Tenant::new();
    tenant.set_time_zone(&sql, "UTC").unwrap();
    catch_up(&tenant, &sql);
    for ((table, migrated), (_, made)) in migrated.into_iter().zip(dump(&sql)) {
        assert_eq!(migrated, made, "{table}");
        assert_eq!(made.is_empty(), table == "run_rollup", "{table}");
    }
}

#[test]
fn what_runs_told_is_kept_and_is_regrouped_from_then_on() {
    let sql = populated(10, POPULATED_TENTH);
    let runs = |sql: &Sqlite| {
        text(
            sql,
            "SELECT SUM(runs), SUM(succeeded), SUM(timed), SUM(latency_ms) FROM run_rollup",
        )
    };
    let before = dump(&sql);
    let told = runs(&sql);
    migrate(&sql, NOW_MS).unwrap();
    let tenant = Tenant::new();
    catch_up(&tenant, &sql);
    let after = dump(&sql);
    for ((table, before), (_, after)) in before.iter().zip(&after) {
        // The five runs that lacked there are summed now; what they told was written with them.
        let is_same = matches!(
            *table,
            "run_rollup" | "session" | "session_block" | "session_count"
        );
        assert_eq!(before == after, is_same, "{table}");
    }
    tenant.set_time_zone(&sql, "America/New_York").unwrap();
    catch_up(&tenant, &sql);
    assert_eq!(runs(&sql), told);
    assert_ne!(dump(&sql), after);
    tenant.set_time_zone(&sql, "Asia/Kathmandu").unwrap();
    catch_up(&tenant, &sql);
    assert_eq!(dump(&sql), after);
}

fn dump(sql: &Sqlite) -> [(&'static str, Vec<Row>); 8] {
    SUM_TABLES.map(|table| {
        let mut rows = sql.query(&format!("SELECT * FROM {table}"), &[]).unwrap();
        rows.sort_by_key(|row| format!("{row:?}"));
        (table, rows)
    })
}

/// Has the sums made up to the last event.
fn catch_up(tenant: &Tenant, sql: &Sqlite) {
    let behind = "SELECT 1 FROM folded WHERE seq < (SELECT MAX(seq + size - 1) FROM block)";
    while !sql.query(behind, &[]).unwrap().is_empty() {
        // Has the ledger opened, without which there is nothing to do.
        let id = "evt_00000000-0000-8000-8000-000000000000";
        assert_eq!(tenant.find_event(sql, id).unwrap(), None);
        tenant.background(sql, NOW_MS).unwrap();
    }
}
