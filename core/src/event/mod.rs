//! A usage event: what was used, at what price, by whom. The wire form that SDKs send and the service reads.

mod cost;
mod field;
mod id;
mod parse;
mod write;

pub use cost::{price_event, price_event_among, price_event_by, token_counts};
pub use field::{
    EventFields, FieldError, MAX_DIMENSIONS, MAX_EVENT_BYTES, MAX_METADATA_BYTES, MAX_MODIFIERS,
    MAX_TEXT_BYTES,
};
pub use id::{
    EventUuid, content_hash, event_id, event_id_text, event_uuid, first_content_hash,
    idempotency_key, push_event_hex, random_event_uuid,
};
pub use parse::{check_metadata, parse_event, stated_time};
pub use write::write_event;

use crate::money::Nanos;
use crate::quantity::Quantity;
use crate::usage::Usage;

/// The metric of an event that counts tokens.
pub const TOKENS_METRIC: &str = "tokens";

/// The event type of a call to a model.
pub const CALL_EVENT_TYPE: &str = "llm_call";

/// The value of a custom dimension.
#[derive(Debug, Clone, PartialEq)]
pub enum DimensionValue {
    /// A label to group by.
    Text(String),
    /// A measurement to average, sum, …
    Number(f64),
}

/// One usage event.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UsageEvent {
    /// What happened: `llm_call`, `token_usage`, or the caller's word.
    pub event_type: String,
    /// What `quantity` counts: `tokens`, `llm_tokens_input`, or the caller's word.
    pub metric_name: String,
    /// How much of it.
    pub quantity: Quantity,
    /// Two events with the same key are one.
    pub idempotency_key: Option<String>,
    /// When the call was made, in milliseconds since 1970; the service's clock when absent.
    pub timestamp_ms: Option<i64>,
    /// The SDK's clock when the event was made: its time where the caller states none, and no part of what it
    /// says. Sent twice under one key it is the same event.
    pub tracked_ms: Option<i64>,
    /// Who pays, who used, what for.
    pub attribution: Attribution,
    /// Who charges.
    pub provider: Option<String>,
    /// The model as the provider names it.
    pub model: Option<String>,
    /// Disjoint buckets, when known.
    pub usage: Usage,
    /// What changes the price: `service_tier`, `speed`, `inference_geo`, `processing`.
    pub modifiers: Vec<(String, String)>,
    /// What the provider or the caller says it cost.
    pub reported_cost: Option<Nanos>,
    /// Custom dimensions by key, sorted.
    pub dimensions: Vec<(String, DimensionValue)>,
    /// The caller's own JSON object as compact text, without what was folded into other fields.
    pub metadata: Option<String>,
    /// The stream ended early: what is known is not all.
    pub incomplete: bool,
    /// Codes of what was odd about the response.
    pub warnings: Vec<String>,
    /// Field names that mean nothing to this version; told to the sender, not stored.
    pub unknown_fields: Vec<String>,
}

/// The labels an event is reported under.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attribution {
    /// The end user, by the caller's own id.
    pub user_id: Option<String>,
    /// The subscription the usage counts toward.
    pub subscription_id: Option<String>,
    /// The product feature.
    pub feature: Option<String>,
    /// The agent.
    pub agent_id: Option<String>,
    /// The workflow.
    pub workflow_id: Option<String>,
    /// The session.
    pub session_id: Option<String>,
    /// What kind of session it is.
    pub session_type: Option<String>,
}
