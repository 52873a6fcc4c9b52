//! An event to its wire form, compact JSON.

use super::{DimensionValue, UsageEvent};
use crate::quantity::Quantity;
use crate::usage::Usage;
use serde::ser::{Error, Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

/// The wire form. `parse_event` reads back what this writes.
pub fn write_event(event: &UsageEvent) -> Vec<u8> {
    let mut text = Vec::with_capacity(512);
    // Nothing in an event can fail to serialise: all keys are text and no number is infinite.
    if serde_json::to_writer(&mut text, &Wire(event)).is_err() {
        return Vec::new();
    }
    // Many of them may wait for long.
    text.shrink_to_fit();
    text
}

struct Wire<'a>(&'a UsageEvent);

impl Serialize for Wire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let event = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("eventType", &event.event_type)?;
        map.serialize_entry("metricName", &event.metric_name)?;
        map.serialize_entry("quantity", &Exact(event.quantity))?;
        if let Some(ms) = event.timestamp_ms {
            map.serialize_entry("eventTimestamp", &ms)?;
        }
        if let Some(ms) = event.tracked_ms {
            map.serialize_entry("trackedAt", &ms)?;
        }
        let who = &event.attribution;
        for (name, value) in [
            ("idempotencyKey", &event.idempotency_key),
            ("userId", &who.user_id),
            ("subscriptionId", &who.subscription_id),
            ("feature", &who.feature),
            ("agentId", &who.agent_id),
            ("workflowId", &who.workflow_id),
            ("sessionId", &who.session_id),
            ("sessionType", &who.session_type),
            ("provider", &event.provider),
            ("model", &event.model),
        ] {
            if let Some(value) = value {
                map.serialize_entry(name, value)?;
            }
        }
        if !event.usage.is_empty() {
            map.serialize_entry("usage", &Buckets(&event.usage))?;
        }
        if !event.modifiers.is_empty() {
            map.serialize_entry("modifiers", &Pairs(&event.modifiers))?;
        }
        if let Some(cost) = event.reported_cost {
            map.serialize_entry("cost", &cost)?;
        }
        if !event.dimensions.is_empty() {
            map.serialize_entry("dimensions", &Dimensions(&event.dimensions))?;
        }
        if let Some(metadata) = &event.metadata
            && let Ok(raw) = serde_json::from_str::<&RawValue>(metadata)
        {
            map.serialize_entry("metadata", raw)?;
        }
        if event.incomplete {
            map.serialize_entry("incomplete", &true)?;
        }
        if !event.warnings.is_empty() {
            map.serialize_entry("warnings", &event.warnings)?;
        }
        map.end()
    }
}

/// A quantity with all its digits: a double would lose some beyond 2^53 millionths.
struct Exact(Quantity);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.split() {
            (whole, 0) => serializer.serialize_u64(whole),
            _ => RawValue::from_string(self.0.to_string())
                .map_err(S::Error::custom)?
                .serialize(serializer),
        }
    }
}

struct Buckets<'a>(&'a Usage);

impl Serialize for Buckets<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let buckets = self.0.iter();
        serializer.collect_map(buckets.map(|(bucket, quantity)| (bucket.id(), Exact(*quantity))))
    }
}

struct Pairs<'a>(&'a [(String, String)]);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

struct Dimensions<'a>(&'a [(String, DimensionValue)]);

impl Serialize for Dimensions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            match value {
                DimensionValue::Text(text) => map.serialize_entry(name, text)?,
                DimensionValue::Number(number) => map.serialize_entry(name, number)?,
            }
        }
        map.end()
    }
}
