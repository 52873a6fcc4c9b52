//! An event with its cost and its place in time: what is stored.

use crate::http::Problem;
use bearlumen_core::bucket::Side;
use bearlumen_core::event::{self, DimensionValue, UsageEvent};
use bearlumen_core::pricing::{Basis, Cost};
use bearlumen_core::timestamp::DAY_MS;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// How far back an event may lie: 13 months.
const MAX_AGE_MS: i64 = 396 * DAY_MS;

/// How far ahead: clocks differ by minutes, not more.
const MAX_AHEAD_MS: i64 = 10 * 60 * 1000;

/// An accepted event.
pub(crate) struct Priced {
    /// `evt_…`
    pub(crate) id: String,
    pub(crate) at_ms: i64,
    pub(crate) content_hash: i64,
    pub(crate) event: UsageEvent,
    pub(crate) cost: Cost,
    /// The rate card the cost was computed from, as stored and shown.
    pub(crate) price_id: Option<String>,
}

/// Reads and prices one event. `position` sets it apart from others without a key in the same request.
pub(crate) fn read(
    json: &str,
    now_ms: i64,
    entropy: &[u8; 32],
    position: u64,
) -> Result<Priced, Problem> {
    let event = event::parse_event(json)?;
    let at_ms = event.timestamp_ms.or(event.tracked_ms).unwrap_or(now_ms);
    if at_ms < now_ms - MAX_AGE_MS || at_ms > now_ms + MAX_AHEAD_MS {
        let message =
            "Invalid eventTimestamp: expected a time from 13 months back to 10 minutes ahead";
        return Err(Problem::invalid("eventTimestamp", message));
    }
    let id = match &event.idempotency_key {
        Some(key) => event::event_id(key),
        None => event::random_event_id(entropy, position),
    };
    let cost = event::price_event(&event, at_ms);
    if let Some(warning) = cost
        .warnings
        .iter()
        .find(|w| w.code == "amount_out_of_range")
    {
        return Err(Problem::invalid(
            "quantity",
            format!("Invalid quantity: {}", warning.message),
        ));
    }
    let price_id = cost.price_id.as_ref().map(ToString::to_string);
    Ok(Priced {
        content_hash: event::content_hash(&event),
        id,
        at_ms,
        event,
        cost,
        price_id,
    })
}

impl Priced {
    /// The UUID's 32 hexadecimal digits.
    pub(crate) fn id_hex(&self) -> String {
        id_hex(&self.id)
    }

    pub(crate) fn input_tokens(&self) -> u64 {
        self.tokens().0
    }

    pub(crate) fn output_tokens(&self) -> u64 {
        self.tokens().1
    }

    /// Input and output tokens: of the usage, else of a bare quantity whose metric names a class.
    fn tokens(&self) -> (u64, u64) {
        let usage = &self.event.usage;
        if !usage.is_empty() {
            return (
                usage.total(Side::Input).whole_units(),
                usage.total(Side::Output).whole_units(),
            );
        }
        let quantity = self.event.quantity.whole_units();
        match self.event.metric_name.rsplit('_').next() {
            Some("input") => (quantity, 0),
            Some("output") => (0, quantity),
            _ => (0, 0),
        }
    }

    /// As stored: 0 unpriced, 1 estimated, 2 exact, 3 reported.
    pub(crate) const fn basis_number(&self) -> i64 {
        match self.cost.basis {
            Basis::Unpriced => 0,
            Basis::Estimated => 1,
            Basis::Exact => 2,
            Basis::Reported => 3,
        }
    }

    /// What is shown of the event but never summed, as JSON; nothing when there is nothing.
    pub(crate) fn detail(&self) -> Option<String> {
        let event = &self.event;
        let detail = Detail {
            usage: (!event.usage.is_empty()).then_some(&event.usage),
            modifiers: event
                .modifiers
                .iter()
                .map(|(n, v)| (n.as_str(), v.as_str()))
                .collect(),
            dimensions: event
                .dimensions
                .iter()
                .map(|(name, value)| match value {
                    DimensionValue::Text(text) => (name.as_str(), Value::from(text.as_str())),
                    DimensionValue::Number(number) => (name.as_str(), Value::from(*number)),
                })
                .collect(),
            metadata: event
                .metadata
                .as_deref()
                .and_then(|text| serde_json::from_str(text).ok()),
            incomplete: event.incomplete,
            warnings: &event.warnings,
        };
        let text = serde_json::to_string(&detail).ok()?;
        (text != "{}").then_some(text)
    }
}

/// The UUID's 32 hexadecimal digits of `evt_…`.
pub(crate) fn id_hex(id: &str) -> String {
    id.chars().skip(4).filter(|c| *c != '-').collect()
}

#[derive(Serialize)]
struct Detail<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<&'a bearlumen_core::usage::Usage>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    modifiers: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    dimensions: BTreeMap<&'a str, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [String],
}
