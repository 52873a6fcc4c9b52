//! The options of a call, each judged by name: whoever writes requests by hand wants to know what is wrong.

use crate::http::Problem;
use bearlumen_core::bucket::Bucket;
use bearlumen_core::event::{
    Attribution, DimensionValue, MAX_DIMENSIONS, MAX_MODIFIERS, MAX_TEXT_BYTES, check_metadata,
    stated_time,
};
use bearlumen_core::quantity::Quantity;
use bearlumen_core::track::TrackOptions;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// What a caller says of a call.
#[derive(Default)]
pub(super) struct Options {
    pub(super) track: TrackOptions,
    headers: Vec<(String, String)>,
    /// Names that mean nothing; told, not stored.
    pub(super) unknown: Vec<String>,
}

impl Options {
    pub(super) fn read(json: Option<&RawValue>) -> Result<Self, Problem> {
        let mut options = Self::default();
        let Some(json) = json else {
            return Ok(options);
        };
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(json.get())
            .map_err(|_| Problem::invalid("options", "Invalid options: expected an object"))?;
        for (name, value) in fields {
            if value.get() != "null" {
                options.set(&name, value)?;
            }
        }
        Ok(options)
    }

    pub(super) fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }

    fn set(&mut self, name: &str, value: &RawValue) -> Result<(), Problem> {
        let track = &mut self.track;
        let Attribution {
            user_id,
            subscription_id,
            feature,
            agent_id,
            workflow_id,
            session_id,
            session_type,
        } = &mut track.attribution;
        let place = match name {
            "userId" | "user_id" => user_id,
            "subscriptionId" | "subscription_id" => subscription_id,
            "feature" => feature,
            "agentId" | "agent_id" => agent_id,
            "workflowId" | "workflow_id" => workflow_id,
            "sessionId" | "session_id" => session_id,
            "sessionType" | "session_type" => session_type,
            "idempotencyKey" | "idempotency_key" => &mut track.idempotency_key,
            "provider" => &mut track.provider,
            "model" => &mut track.model,
            "url" => {
                track.url = Some(read(name, value, "a text")?);
                return Ok(());
            }
            _ => return self.set_other(name, value),
        };
        *place = Some(short(name, value)?);
        Ok(())
    }

    fn set_other(&mut self, name: &str, value: &RawValue) -> Result<(), Problem> {
        match name {
            "eventTimestamp" | "event_timestamp" | "timestamp" => {
                self.track.timestamp_ms = Some(time(name, value)?);
            }
            "dimensions" => self.track.dimensions = dimensions(value)?,
            "modifiers" => self.track.modifiers = modifiers(value)?,
            "units" => self.add_units(value)?,
            "cost" => {
                self.track.set_cost(value.get().trim_matches('"'));
                if self.track.cost.is_none() {
                    return Err(wrong(name, "0 to 9000000 US dollars"));
                }
            }
            "metadata" => {
                check_metadata(value.get()).map_err(|error| {
                    let field = format!("options.{}", error.field);
                    let message = error.message.replacen(&error.field, &field, 1);
                    Problem::invalid(&field, message)
                })?;
                self.track.metadata = Some(value.get().to_owned());
            }
            "headers" => {
                let headers: BTreeMap<String, String> = read(
                    name,
                    value,
                    "an object of texts, the response's HTTP headers",
                )?;
                self.headers = headers.into_iter().collect();
            }
            _ => self.unknown.push(format!("options.{name}")),
        }
        Ok(())
    }

    fn add_units(&mut self, value: &RawValue) -> Result<(), Problem> {
        let units: BTreeMap<String, &RawValue> =
            read("units", value, "an object of quantities by unit")?;
        for (unit, amount) in units {
            let quantity = Quantity::from_text(amount.get())
                .ok()
                .filter(|_| is_short(&unit))
                .ok_or_else(|| wrong(&format!("units.{unit}"), "a number from 0 to 10^12"))?;
            self.track.units.add(Bucket::named(&unit), quantity);
        }
        Ok(())
    }
}

fn wrong(name: &str, expected: &str) -> Problem {
    let field = format!("options.{name}");
    let message = format!("Invalid {field}: expected {expected}");
    Problem::invalid(&field, message)
}

fn read<'a, T: serde::Deserialize<'a>>(
    name: &str,
    value: &'a RawValue,
    expected: &str,
) -> Result<T, Problem> {
    serde_json::from_str(value.get()).map_err(|_| wrong(name, expected))
}

fn is_short(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_TEXT_BYTES
}

fn short(name: &str, value: &RawValue) -> Result<String, Problem> {
    let expected = format!("a text of 1 to {MAX_TEXT_BYTES} bytes");
    let text: String = read(name, value, &expected)?;
    if is_short(&text) {
        Ok(text)
    } else {
        Err(wrong(name, &expected))
    }
}

/// An event's time, as an event states it.
fn time(name: &str, value: &RawValue) -> Result<i64, Problem> {
    stated_time(value.get())
        .ok_or_else(|| wrong(name, "an ISO 8601 date-time or milliseconds since 1970"))
}

fn modifiers(value: &RawValue) -> Result<Vec<(String, String)>, Problem> {
    let expected = "an object of texts, such as {\"service_tier\": \"flex\"}";
    let given: BTreeMap<String, &RawValue> = read("modifiers", value, expected)?;
    let mut modifiers = Vec::with_capacity(given.len());
    for (name, value) in given {
        if value.get() == "null" {
            continue;
        }
        let field = format!("modifiers.{name}");
        let stated = short(&field, value)?;
        if !is_short(&name) || modifiers.len() == MAX_MODIFIERS {
            let expected = format!(
                "at most {MAX_MODIFIERS} modifiers with names of 1 to {MAX_TEXT_BYTES} bytes"
            );
            return Err(wrong("modifiers", &expected));
        }
        modifiers.push((name, stated));
    }
    Ok(modifiers)
}

fn dimensions(value: &RawValue) -> Result<Vec<(String, DimensionValue)>, Problem> {
    let given: BTreeMap<String, &RawValue> =
        read("dimensions", value, "an object of texts and numbers")?;
    let mut dimensions = Vec::with_capacity(given.len());
    for (key, value) in given {
        let field = format!("dimensions.{key}");
        let expected = format!("a text of 1 to {MAX_TEXT_BYTES} bytes, or a number");
        let text = value.get();
        let dimension = match text.as_bytes().first() {
            Some(b'n') => continue,
            Some(b't' | b'f') => DimensionValue::Text(text.to_owned()),
            Some(b'"') => DimensionValue::Text(read(&field, value, &expected)?),
            _ => DimensionValue::Number(number(text).ok_or_else(|| wrong(&field, &expected))?),
        };
        let is_usable = is_short(&key)
            && match &dimension {
                DimensionValue::Text(text) => is_short(text),
                DimensionValue::Number(_) => true,
            };
        if !is_usable || dimensions.len() == MAX_DIMENSIONS {
            let expected =
                format!("at most {MAX_DIMENSIONS} keys and texts of 1 to {MAX_TEXT_BYTES} bytes");
            return Err(wrong(&field, &expected));
        }
        dimensions.push((key, dimension));
    }
    Ok(dimensions)
}

fn number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}
