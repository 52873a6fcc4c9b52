//! How the database finds what reports ask for: by an index, always. A plan that walks a whole table answers a small
//! ledger just as fast, and a large one never.

use bearlumen_server::Sqlite;
use bearlumen_service::{
    Context, ORGANIZATION_HEADER, OrganizationId, Param, Row, Settings, Sql, SqlError, Tenant,
    Value, create_key, create_organization, handle, migrate,
};
use http::Request;
use serde_json::json;
use std::cell::RefCell;
use std::collections::BTreeMap;

const NOW_MS: i64 = 1_795_176_000_000; // 2026-11-20
const DAY_MS: i64 = 86_400_000;

/// A database that notes the plan of every query.
struct Watched {
    inner: Sqlite,
    plans: RefCell<BTreeMap<String, Vec<String>>>,
}

impl Sql for Watched {
    fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<(), SqlError> {
        self.inner.execute(sql, params)
    }

    fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        let plan = self
            .inner
            .query(&format!("EXPLAIN QUERY PLAN {sql}"), params)?;
        let steps = plan.into_iter().filter_map(|row| match row.last() {
            Some(Value::Text(step)) => Some(step.clone()),
            _ => None,
        });
        self.plans
            .borrow_mut()
            .insert(sql.to_owned(), steps.collect());
        self.inner.query(sql, params)
    }

    fn transaction(&self, body: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError> {
        self.inner.transaction(body)
    }
}

/// Every report, with what it needs.
const REPORTS: [&str; 36] = [
    "/v1/cost-data/summary?",
    "/v1/cost-data/by-model?",
    "/v1/cost-data/by-provider?",
    "/v1/cost-data/by-feature?",
    "/v1/cost-data/by-agent?",
    "/v1/cost-data/by-workflow?",
    "/v1/cost-data/by-end-user?",
    "/v1/cost-data/trend?",
    "/v1/cost-data/detailed/by-model?",
    "/v1/cost-data/detailed/by-provider?",
    "/v1/cost-data/detailed/by-end-user?",
    "/v1/end-user-costs/user-1/summary?",
    "/v1/end-user-costs/user-1/by-model?",
    "/v1/end-user-costs/user-1/by-provider?",
    "/v1/end-user-costs/user-1/by-feature?",
    "/v1/end-user-costs/user-1/trend?",
    "/v1/usage/events?",
    "/v1/usage/events?model=gpt-4o&user_id=user-1&feature=chat&",
    "/v1/usage/events?session_id=session-1&basis=reported&",
    "/v1/usage/summary?",
    "/v1/usage/summary?subscription_id=sub&",
    "/v1/usage/aggregation?",
    "/v1/attribution/by-dimension?dimension=team&",
    "/v1/attribution/dimension-values?dimension=team&",
    "/v1/attribution/dimension-keys?",
    "/v1/attribution/time-series?dimension=team&",
    "/v1/attribution/time-series?dimension=user_id&",
    "/v1/attribution/agents?",
    "/v1/attribution/workflows?",
    "/v1/attribution/sessions?",
    "/v1/attribution/sessions?session_type=chat&user_id=user-1&",
    "/v1/attribution/session-comparison?",
    "/v1/dimensions/team/costs?",
    "/v1/dimensions/team/trend?",
    "/v1/dimensions/seconds/numeric-summary?",
    "/v1/dimensions/seconds/numeric-trend?",
];

/// Whole days, months, and ranges that begin and end between quarters of an hour.
const RANGES: [&str; 3] = [
    "start=2026-11-01&end=2026-11-20",
    "start=2026-08-15&end=2026-11-15",
    "start=2026-09-15T10:07:03Z&end=2026-11-17T23:01:00Z",
];

#[test]
fn no_report_walks_a_whole_table() {
    let sql = Watched {
        inner: Sqlite::in_memory().unwrap(),
        plans: RefCell::default(),
    };
    migrate(&sql, NOW_MS).unwrap();
    let settings = Settings::new(vec![vec![7; 32]], None, Vec::new()).unwrap();
    let ctx = Context {
        now_ms: NOW_MS,
        entropy: [3; 32],
        settings: &settings,
    };
    let organization = OrganizationId::from_bytes([1; 8]);
    create_organization(&sql, &organization, "plans", NOW_MS).unwrap();
    let key = create_key(&sql, &ctx, &organization, "sk_test_", "plans", &[])
        .unwrap()
        .key;
    let tenant = Tenant::new();
    let send = |method: &str, path: &str, body: Vec<u8>| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {key}"))
            .header(ORGANIZATION_HEADER, organization.as_str())
            .body(body)
            .unwrap();
        let response = handle(&tenant, &sql, &request, &ctx);
        let text = String::from_utf8_lossy(response.body()).into_owned();
        assert!(response.status().is_success(), "{method} {path}: {text}");
        text
    };

    let events: Vec<_> = (0..200_i64)
        .map(|n| {
            json!({
                "idempotencyKey": format!("k{n}"), "eventTimestamp": NOW_MS - n * DAY_MS / 2 - 77_777,
                "provider": "openai", "model": "gpt-4o", "usage": {"input": 10 + n, "output": 5},
                "userId": format!("user-{}", n % 5), "feature": "chat", "agentId": "bot", "workflowId": "flow",
                "sessionId": format!("session-{}", n % 9), "sessionType": "chat", "subscriptionId": "sub",
                "dimensions": {"team": "red", "seconds": n},
            })
        })
        .collect();
    let body = json!({ "events": events }).to_string().into_bytes();
    send("POST", "/v1/usage/events/batch", body);
    let list = send(
        "GET",
        "/v1/usage/events?start=2026-11-01&end=2026-11-20&limit=1",
        Vec::new(),
    );
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let event = format!(
        "/v1/usage/events/{}",
        list["events"][0]["eventId"].as_str().unwrap()
    );
    let next = format!(
        "/v1/usage/events?cursor={}&",
        list["nextCursor"].as_str().unwrap()
    );

    sql.plans.borrow_mut().clear();
    for range in RANGES {
        for report in REPORTS.into_iter().chain([next.as_str()]) {
            send("GET", &format!("{report}{range}"), Vec::new());
        }
    }
    for path in [
        event.as_str(),
        "/v1/attribution/sessions/session-1",
        "/v1/dimensions",
    ] {
        send("GET", path, Vec::new());
    }

    check(&sql.plans.borrow());
}

fn check(plans: &BTreeMap<String, Vec<String>>) {
    assert!(plans.len() > 60, "only {} statements", plans.len());
    let ledger = [
        "event",
        "block",
        "session_block",
        "rollup",
        "end_user_rollup",
        "bucket_rollup",
        "session",
        "session_count",
        "numeric_sum",
        "label",
        "end_user",
    ];
    for (statement, plan) in plans {
        for step in plan {
            let walked = step
                .strip_prefix("SCAN ")
                .and_then(|rest| rest.split(' ').next());
            assert!(
                !walked.is_some_and(|table| ledger.contains(&table)),
                "{step}\nin {statement}\n{plan:#?}"
            );
        }
        let reads_a_page =
            statement.contains("ORDER BY at_ms DESC") && !statement.contains("session = ?");
        assert!(
            !reads_a_page
                || plan.iter().any(|step| step
                    .contains("SEARCH block USING INDEX block_last (last_ms>? AND last_ms<?)")),
            "a page of events reads more than a stretch of time\n{statement}\n{plan:#?}"
        );
    }
}
