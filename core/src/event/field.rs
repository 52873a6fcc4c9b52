//! The fields of the wire form, their limits, and the error that names one.

use crate::error::ErrorCode;
use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The largest event, 1 MiB of JSON.
pub const MAX_EVENT_BYTES: usize = 1024 * 1024;

/// The largest metadata of an event, 10 KiB of JSON. Prompts do not belong there.
pub const MAX_METADATA_BYTES: usize = 10 * 1024;

/// The longest text of an attribution field, in bytes.
pub const MAX_TEXT_BYTES: usize = 512;

/// The most custom dimensions on an event.
pub const MAX_DIMENSIONS: usize = 50;

/// The most buckets on an event.
pub(crate) const MAX_BUCKETS: usize = 64;

/// The most modifiers on an event.
pub const MAX_MODIFIERS: usize = 32;

/// A field that is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The code the caller sees.
    pub code: ErrorCode,
    /// The path of the field, such as `metadata.model`; empty for the whole body.
    pub field: String,
    /// What is wrong and what was expected.
    pub message: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl FieldError {
    /// `field` is not what it should be.
    pub fn expected(field: impl Into<String>, expected: &str) -> Self {
        let field = field.into();
        Self {
            code: ErrorCode::ValidationError,
            message: format!("Invalid {field}: expected {expected}"),
            field,
        }
    }

    /// `field` is not there.
    pub fn missing(field: &str, expected: &str) -> Self {
        let message = format!("Missing {field}: expected {expected}");
        Self {
            code: ErrorCode::ValidationError,
            field: field.to_owned(),
            message,
        }
    }
}

/// Every top-level field. The order is that of [`Fields`]' slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Field {
    EventType,
    MetricName,
    Quantity,
    IdempotencyKey,
    EventTimestamp,
    TrackedAt,
    UserId,
    SubscriptionId,
    Feature,
    AgentId,
    WorkflowId,
    SessionId,
    SessionType,
    Provider,
    Model,
    Usage,
    Units,
    Modifiers,
    Cost,
    Dimensions,
    Metadata,
    Incomplete,
    Warnings,
}

pub(crate) const FIELD_COUNT: usize = Field::Warnings as usize + 1;

impl Field {
    /// The field called `name` in either spelling.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "eventType" | "event_type" => Self::EventType,
            "metricName" | "metric_name" => Self::MetricName,
            "quantity" => Self::Quantity,
            "idempotencyKey" | "idempotency_key" => Self::IdempotencyKey,
            "eventTimestamp" | "event_timestamp" | "timestamp" => Self::EventTimestamp,
            "trackedAt" | "tracked_at" => Self::TrackedAt,
            "userId" | "user_id" => Self::UserId,
            "subscriptionId" | "subscription_id" => Self::SubscriptionId,
            "feature" => Self::Feature,
            "agentId" | "agent_id" => Self::AgentId,
            "workflowId" | "workflow_id" => Self::WorkflowId,
            "sessionId" | "session_id" => Self::SessionId,
            "sessionType" | "session_type" => Self::SessionType,
            "provider" => Self::Provider,
            "model" => Self::Model,
            "usage" => Self::Usage,
            "units" => Self::Units,
            "modifiers" => Self::Modifiers,
            "cost" | "provider_cost_usd" | "providerCostUsd" => Self::Cost,
            "dimensions" => Self::Dimensions,
            "metadata" => Self::Metadata,
            "incomplete" => Self::Incomplete,
            "warnings" => Self::Warnings,
            _ => return None,
        })
    }

    /// The name used in messages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::EventType => "eventType",
            Self::MetricName => "metricName",
            Self::Quantity => "quantity",
            Self::IdempotencyKey => "idempotencyKey",
            Self::EventTimestamp => "eventTimestamp",
            Self::TrackedAt => "trackedAt",
            Self::UserId => "userId",
            Self::SubscriptionId => "subscriptionId",
            Self::Feature => "feature",
            Self::AgentId => "agentId",
            Self::WorkflowId => "workflowId",
            Self::SessionId => "sessionId",
            Self::SessionType => "sessionType",
            Self::Provider => "provider",
            Self::Model => "model",
            Self::Usage => "usage",
            Self::Units => "units",
            Self::Modifiers => "modifiers",
            Self::Cost => "cost",
            Self::Dimensions => "dimensions",
            Self::Metadata => "metadata",
            Self::Incomplete => "incomplete",
            Self::Warnings => "warnings",
        }
    }
}

/// An event whose fields are still the JSON text that they came in, so that each error can name its field. Reading one
/// fails only on what is no JSON: a list of them can be read in one go, and each judged alone.
pub struct EventFields<'a>(
    /// Nothing where it is no object.
    pub(super) Option<Fields<'a>>,
);

/// The fields of an object.
#[derive(Default)]
pub(crate) struct Fields<'a> {
    slots: [Option<&'a RawValue>; FIELD_COUNT],
    pub(crate) unknown: Vec<String>,
    /// A field that stands there twice.
    pub(crate) twice: Option<Field>,
}

impl<'a> Fields<'a> {
    /// The JSON text of a field; `null` counts as absent.
    pub(crate) fn get(&self, field: Field) -> Option<&'a str> {
        let slot = self.slots.get(field as usize).copied().flatten();
        slot.map(RawValue::get).filter(|text| *text != "null")
    }
}

/// A name as it stands in the text; copied only where it has escapes.
#[derive(Deserialize)]
pub(crate) struct Name<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for EventFields<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Collect)
    }
}

struct Collect;

impl<'de> Visitor<'de> for Collect {
    type Value = EventFields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::default();
        while let Some(Name(key)) = map.next_key::<Name<'de>>()? {
            let value: &'de RawValue = map.next_value()?;
            let Some(field) = Field::named(&key) else {
                if fields.unknown.len() < FIELD_COUNT {
                    fields.unknown.push(key.chars().take(64).collect());
                }
                continue;
            };
            if let Some(slot) = fields.slots.get_mut(field as usize)
                && slot.replace(value).is_some()
            {
                fields.twice = Some(field);
            }
        }
        Ok(EventFields(Some(fields)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(EventFields(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(EventFields(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(EventFields(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(EventFields(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(EventFields(None))
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(EventFields(None))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(EventFields(None))
    }
}
