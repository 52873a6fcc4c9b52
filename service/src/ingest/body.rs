//! What an event looks like, for the `OpenAPI` document. The core reads it (`bearlumen_core::event::parse_event`); a test
//! has it read everything that is described here.

#[cfg(feature = "openapi")]
use std::collections::BTreeMap;

/// An event.
#[cfg(not(feature = "openapi"))]
pub(super) enum EventBody {}

/// Events.
#[cfg(not(feature = "openapi"))]
pub(super) enum BatchBody {}

/// A usage event. `eventType`, `metricName` and `quantity` are required unless `usage` is given. Fields that are not
/// listed here are accepted, not stored, and named in the answer.
#[cfg(feature = "openapi")]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "UsageEvent", rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct EventBody {
    /// What happened, such as `llm_call`. 1 to 512 bytes.
    event_type: Option<String>,
    /// What `quantity` counts, such as `tokens`; a name ending in `_input` or `_output` is priced as that class.
    metric_name: Option<String>,
    /// How much of it, 0 to 10^12.
    #[schemars(range(min = 0))]
    quantity: Option<f64>,
    /// Events with the same key are one, for ever. Up to 512 bytes.
    idempotency_key: Option<String>,
    /// When the call was made, ISO 8601 or milliseconds since 1970, from 13 months back to 10 minutes ahead; now when
    /// absent.
    event_timestamp: Option<Time>,
    /// An SDK's own clock: the time where `eventTimestamp` states none.
    tracked_at: Option<Time>,
    /// Who charges, such as `openai`.
    provider: Option<String>,
    /// The model, as in its provider's responses.
    model: Option<String>,
    /// Disjoint buckets and their quantities, such as `{"input": 1000, "cache_read": 500, "output": 20}`.
    usage: Option<BTreeMap<String, f64>>,
    /// The same as `usage`.
    units: Option<BTreeMap<String, f64>>,
    /// What changes the price, such as `{"service_tier": "flex"}`.
    modifiers: Option<BTreeMap<String, String>>,
    /// What it cost in US dollars, when the caller knows: the basis is then `reported`.
    cost: Option<f64>,
    /// The end user, by the caller's own id.
    user_id: Option<String>,
    feature: Option<String>,
    agent_id: Option<String>,
    workflow_id: Option<String>,
    session_id: Option<String>,
    session_type: Option<String>,
    subscription_id: Option<String>,
    /// The caller's own dimensions, at most 50: texts to group by or numbers to average.
    dimensions: Option<BTreeMap<String, Dimension>>,
    /// The caller's own JSON object, at most 10 KB.
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    /// The response broke off: its cost is never exact.
    incomplete: Option<bool>,
    /// Codes of what was odd about the response.
    warnings: Option<Vec<String>>,
}

/// ISO 8601, or milliseconds since 1970.
#[cfg(feature = "openapi")]
#[derive(schemars::JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum Time {
    Iso(String),
    Milliseconds(i64),
}

/// A text to group by, or a number to average.
#[cfg(feature = "openapi")]
#[derive(schemars::JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum Dimension {
    Text(String),
    Number(f64),
}

/// 1 to 1000 events.
#[cfg(feature = "openapi")]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "UsageEventBatch")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct BatchBody {
    #[schemars(length(min = 1, max = 1000))]
    events: Vec<EventBody>,
}

#[cfg(all(test, feature = "openapi"))]
mod tests {
    use super::*;

    #[test]
    fn the_core_knows_every_field_that_is_described() {
        let schema = schemars::schema_for!(EventBody);
        let fields = schema
            .get("properties")
            .and_then(|p| p.as_object())
            .unwrap();
        let names: Vec<&String> = fields.keys().filter(|name| *name != "units").collect();
        let value = |name: &str| match name {
            "quantity" => "1".to_owned(),
            "cost" => "0.5".to_owned(),
            "usage" => r#"{"input": 1}"#.to_owned(),
            "modifiers" => r#"{"service_tier": "flex"}"#.to_owned(),
            "dimensions" => r#"{"team": "a"}"#.to_owned(),
            "metadata" => r#"{"a": 1}"#.to_owned(),
            "incomplete" => "true".to_owned(),
            "warnings" => r#"["odd"]"#.to_owned(),
            "eventTimestamp" | "trackedAt" => "\"2026-01-13T10:35:00.000Z\"".to_owned(),
            _ => "\"a\"".to_owned(),
        };
        let pairs: Vec<String> = names
            .iter()
            .map(|name| format!("\"{name}\": {}", value(name)))
            .collect();
        let event =
            bearlumen_core::event::parse_event(&format!("{{{}}}", pairs.join(", "))).unwrap();
        assert_eq!(event.unknown_fields, Vec::<String>::new());
    }
}
