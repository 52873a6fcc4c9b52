//! A batch that is read ahead of its tenant's turn is answered and stored as any other.

#![expect(clippy::unwrap_used, reason = "a test")]

use bearlumen_server::Sqlite;
use bearlumen_service::{
    Context, ORGANIZATION_HEADER, OrganizationId, Settings, Sql, Tenant, create_key,
    create_organization, handle, migrate, read_ahead, write_rest,
};
use http::{HeaderMap, Request, Response, StatusCode};
use serde_json::{Value, json};
use std::cell::Cell;

const NOW_MS: i64 = 1_795_176_000_000; // 2026-11-20

struct World {
    sql: Sqlite,
    tenant: Tenant,
    settings: Settings,
    organization: OrganizationId,
    key: String,
    asked: Cell<u8>,
}

impl World {
    fn new() -> Self {
        let sql = Sqlite::in_memory().unwrap();
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
            asked: Cell::new(0),
        };
        let (sql, ctx) = (&world.sql, world.ctx());
        let made = create_key(sql, &ctx, &world.organization, "sk_test_", "k", &[]);
        world.key = made.unwrap().key;
        world
    }

    fn ctx(&self) -> Context<'_> {
        self.asked.set(self.asked.get() + 1);
        Context {
            now_ms: NOW_MS,
            entropy: [self.asked.get(); 32],
            settings: &self.settings,
        }
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Request<Vec<u8>> {
        Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.key))
            .header(ORGANIZATION_HEADER, self.organization.as_str())
            .body(body.as_bytes().to_vec())
            .unwrap()
    }

    fn answer(&self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        handle(&self.tenant, &self.sql, request, &self.ctx())
    }

    /// A batch in its turn, or ahead of it: status, headers but for the correlation id, body.
    fn send(&self, body: &str, is_ahead: bool) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = self.request("POST", "/v1/usage/events/batch", body);
        let ctx = self.ctx();
        if is_ahead {
            read_ahead(&mut request, &ctx);
        }
        let mut response = self.answer(&request);
        write_rest(&mut response);
        let (mut head, body) = response.into_parts();
        head.headers.remove("x-correlation-id");
        (head.status, head.headers, body)
    }

    fn stored(&self) -> Vec<Vec<bearlumen_service::Value>> {
        let events =
            "SELECT lower(hex(id)), at_ms, quantity, cost_nanos, detail FROM event ORDER BY seq";
        self.sql.query(events, &[]).unwrap()
    }
}

fn event(key: &str, more: &Value) -> Value {
    let mut event = json!({"idempotencyKey": key, "provider": "openai", "model": "gpt-4o", "userId": "a",
        "eventTimestamp": NOW_MS, "usage": {"input": 1000, "output": 10}});
    event
        .as_object_mut()
        .unwrap()
        .append(&mut more.as_object().unwrap().clone());
    event
}

/// Batches in which everything happens that can.
fn batches() -> Vec<String> {
    let batch = |events: &[Value]| json!({ "events": events }).to_string();
    vec![
        batch(&[
            event("1", &json!({})),
            event("2", &json!({"metadata": {"a": "b"}, "other": 1})),
        ]),
        batch(&[
            event("1", &json!({})),
            event("2", &json!({"model": "gpt-4o-mini"})),
            event("3", &json!({"usage": {"input": 0.5}})),
        ]),
        batch(&[
            json!({}),
            json!([1]),
            event("4", &json!({"dimensions": {"team": "x", "ms": 3}})),
        ]),
        batch(&[json!({"eventType": ""})]),
        batch(&[]),
        "{\"events\":[".to_owned(),
        "no JSON".to_owned(),
    ]
}

#[test]
fn a_batch_read_ahead_is_answered_and_stored_as_any_other() {
    let (plain, ahead) = (World::new(), World::new());
    for body in batches() {
        let (answer, other) = (plain.send(&body, false), ahead.send(&body, true));
        assert_eq!(answer, other, "{body}");
        assert!(!answer.2.is_empty());
    }
    assert_eq!(plain.stored(), ahead.stored());
    assert_eq!(plain.stored().len(), 4);
}

#[test]
fn prices_of_the_organisations_own_hold_for_what_was_read_ahead() {
    let (plain, ahead) = (World::new(), World::new());
    for world in [&plain, &ahead] {
        let discount = json!({"percent": 50, "provider": "openai"}).to_string();
        let answer = world.answer(&world.request("POST", "/v1/prices/discounts", &discount));
        let said = String::from_utf8_lossy(answer.body());
        assert_eq!(answer.status(), 201, "{said}");
    }
    let body = &batches()[0];
    let (answer, other) = (plain.send(body, false), ahead.send(body, true));
    assert_eq!(answer, other);
    let answer: Value = serde_json::from_slice(&answer.2).unwrap();
    assert_eq!(answer["results"][0]["cost"]["amount"], 0.0013);
}

#[test]
fn nobody_without_a_key_learns_what_was_read_ahead() {
    let mut world = World::new();
    world.key.push('x');
    let (status, _, body) = world.send(&batches()[0], true);
    assert_eq!(status, 401);
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["error"]["code"], "UNAUTHORIZED");
    assert!(world.stored().is_empty());
}
