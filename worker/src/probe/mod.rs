//! Asks the platform's database, through the same `Sql` that the service uses, what the service relies on.

mod findings;

use serde_json::json;
use worker::{
    Context, DurableObject, Env, Request, Response, Result, State, durable_object, event,
};

use crate::storage::ObjectSql;

#[event(fetch)]
async fn fetch(request: Request, env: Env, _ctx: Context) -> Result<Response> {
    env.durable_object("PROBE")?
        .get_by_name("probe")?
        .fetch_with_request(request)
        .await
}

/// A Durable Object that answers with the findings.
#[durable_object]
pub struct Probe {
    sql: Result<ObjectSql>,
}

impl DurableObject for Probe {
    fn new(state: State, _env: Env) -> Self {
        Self {
            sql: ObjectSql::new(&state),
        }
    }

    async fn fetch(&self, _request: Request) -> Result<Response> {
        let sql = self
            .sql
            .as_ref()
            .map_err(|error| worker::Error::RustError(error.to_string()))?;
        let findings: Vec<_> = findings::all(sql)
            .map(|(claim, outcome)| match outcome {
                Ok(seen) => json!({ "claim": claim, "seen": seen }),
                Err(error) => json!({
                    "claim": claim,
                    "error": { "kind": format!("{:?}", error.kind), "message": error.message },
                }),
            })
            .collect();
        Response::from_json(&findings)
    }
}
