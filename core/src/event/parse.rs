//! The wire form to an event, every field judged by name.

use super::field::{
    EventFields, Field, FieldError, Fields, MAX_BUCKETS, MAX_DIMENSIONS, MAX_EVENT_BYTES,
    MAX_METADATA_BYTES, MAX_MODIFIERS, MAX_TEXT_BYTES, Name,
};
use super::{Attribution, CALL_EVENT_TYPE, DimensionValue, TOKENS_METRIC, UsageEvent};
use crate::bucket::{Bucket, Side};
use crate::decimal::{self, DecimalError};
use crate::error::ErrorCode;
use crate::money::{MAX_EVENT_NANOS, Nanos};
use crate::order;
use crate::quantity::{MAX_QUANTITY, Quantity, QuantityError};
use crate::timestamp::{self, Moment};
use crate::usage::Usage;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;

/// Reads one event. Nothing of a wrong event is used.
pub fn parse_event(json: &str) -> Result<UsageEvent, FieldError> {
    if json.len() > MAX_EVENT_BYTES {
        let message = format!("An event is at most {MAX_EVENT_BYTES} bytes of JSON");
        return Err(FieldError {
            code: ErrorCode::PayloadTooLarge,
            field: String::new(),
            message,
        });
    }
    if !json.trim_start().starts_with('{') {
        return Err(no_object());
    }
    let fields: EventFields<'_> = serde_json::from_str(json).map_err(|error| FieldError {
        code: ErrorCode::ValidationError,
        field: String::new(),
        message: format!("Invalid event: {error}"),
    })?;
    fields.read()
}

impl EventFields<'_> {
    /// Reads the event. Nothing of a wrong event is used.
    pub fn read(self) -> Result<UsageEvent, FieldError> {
        match self.0 {
            Some(fields) => event_of(fields),
            None => Err(no_object()),
        }
    }
}

fn no_object() -> FieldError {
    FieldError::expected("event", "a JSON object")
}

fn event_of(fields: Fields<'_>) -> Result<UsageEvent, FieldError> {
    if let Some(field) = fields.twice {
        let name = field.name();
        return Err(FieldError {
            code: ErrorCode::ValidationError,
            field: name.to_owned(),
            message: format!("Invalid event: {name} stands twice"),
        });
    }
    let mut metadata = metadata(&fields)?;
    let folded = fold(&mut metadata)?;
    let usage = usage(&fields, folded.usage)?;
    let attribution = Attribution {
        user_id: text(&fields, Field::UserId)?.or(folded.attribution.user_id),
        subscription_id: text(&fields, Field::SubscriptionId)?,
        feature: text(&fields, Field::Feature)?.or(folded.attribution.feature),
        agent_id: text(&fields, Field::AgentId)?.or(folded.attribution.agent_id),
        workflow_id: text(&fields, Field::WorkflowId)?.or(folded.attribution.workflow_id),
        session_id: text(&fields, Field::SessionId)?.or(folded.attribution.session_id),
        session_type: text(&fields, Field::SessionType)?.or(folded.attribution.session_type),
    };
    let (event_type, metric_name, quantity) = what(&fields, &usage)?;
    Ok(UsageEvent {
        event_type,
        metric_name,
        quantity,
        idempotency_key: text(&fields, Field::IdempotencyKey)?,
        timestamp_ms: event_time(&fields, Field::EventTimestamp)?,
        tracked_ms: event_time(&fields, Field::TrackedAt)?,
        attribution,
        provider: text(&fields, Field::Provider)?.or(folded.provider),
        model: text(&fields, Field::Model)?.or(folded.model),
        usage,
        modifiers: modifiers(&fields)?,
        reported_cost: cost(&fields)?.or(folded.reported_cost),
        dimensions: dimensions(&fields)?,
        metadata: compact(metadata)?,
        incomplete: flag(&fields)?,
        warnings: warnings(&fields)?,
        unknown_fields: fields.unknown,
    })
}

/// Type, metric and quantity. An event that brings its usage may leave them out: they follow from it.
fn what(fields: &Fields<'_>, usage: &Usage) -> Result<(String, String, Quantity), FieldError> {
    let event_type = text(fields, Field::EventType)?;
    let metric_name = text(fields, Field::MetricName)?;
    let quantity = fields
        .get(Field::Quantity)
        .map(|json| quantity(json, "quantity"))
        .transpose()?;
    if !usage.is_empty() {
        let tokens = usage
            .total(Side::Input)
            .saturating_add(usage.total(Side::Output));
        return Ok((
            event_type.unwrap_or_else(|| CALL_EVENT_TYPE.to_owned()),
            metric_name.unwrap_or_else(|| TOKENS_METRIC.to_owned()),
            quantity.unwrap_or(tokens),
        ));
    }
    Ok((
        event_type
            .ok_or_else(|| FieldError::missing("eventType", "a text such as \"llm_call\""))?,
        metric_name
            .ok_or_else(|| FieldError::missing("metricName", "a text such as \"tokens\""))?,
        quantity.ok_or_else(|| FieldError::missing("quantity", "a number of 0 or more"))?,
    ))
}

fn value(json: &str, field: &str) -> Result<Value, FieldError> {
    // Only depth or a number beyond a double can fail here: the whole event was JSON already.
    serde_json::from_str(json)
        .map_err(|error| FieldError::expected(field, &format!("readable JSON ({error})")))
}

fn text(fields: &Fields<'_>, field: Field) -> Result<Option<String>, FieldError> {
    fields
        .get(field)
        .map(|json| short_text(json, field.name()))
        .transpose()
}

fn short_text(json: &str, field: &str) -> Result<String, FieldError> {
    // Nearly every text has no escape, and that it is JSON was seen when the event was cut into fields.
    let plain = json
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .filter(|text| !text.contains('\\'));
    let text = match plain {
        Some(text) => text.to_owned(),
        None => serde_json::from_str(json).map_err(|_| FieldError::expected(field, "a text"))?,
    };
    check_text(text, field)
}

fn check_text(text: String, field: &str) -> Result<String, FieldError> {
    if is_short(&text) {
        Ok(text)
    } else {
        Err(not_short(field))
    }
}

fn is_short(text: &str) -> bool {
    (1..=MAX_TEXT_BYTES).contains(&text.len())
}

fn not_short(field: &str) -> FieldError {
    FieldError::expected(field, &format!("a text of 1 to {MAX_TEXT_BYTES} bytes"))
}

fn quantity(json: &str, field: &str) -> Result<Quantity, FieldError> {
    let expected = match Quantity::from_text(json) {
        Ok(quantity) => return Ok(quantity),
        Err(QuantityError::Negative) => "a number of 0 or more",
        Err(QuantityError::TooLarge) => "a number of at most 1000000000000",
        Err(QuantityError::NotANumber) => "a number",
    };
    Err(FieldError::expected(field, expected))
}

fn money(json: &str, field: &str) -> Result<Nanos, FieldError> {
    match Nanos::from_usd_text(json) {
        Ok(nanos) if nanos >= Nanos::ZERO && nanos.get() <= MAX_EVENT_NANOS => Ok(nanos),
        Ok(nanos) if nanos < Nanos::ZERO => {
            Err(FieldError::expected(field, "US dollars of 0 or more"))
        }
        Ok(_) | Err(DecimalError::OutOfRange) => Err(FieldError::expected(
            field,
            "at most 9000000 US dollars for one event",
        )),
        Err(DecimalError::Malformed) => Err(FieldError::expected(field, "a number of US dollars")),
    }
}

fn cost(fields: &Fields<'_>) -> Result<Option<Nanos>, FieldError> {
    fields
        .get(Field::Cost)
        .map(|json| money(json, "cost"))
        .transpose()
}

fn event_time(fields: &Fields<'_>, field: Field) -> Result<Option<i64>, FieldError> {
    let Some(json) = fields.get(field) else {
        return Ok(None);
    };
    let expected = "an ISO 8601 date-time or milliseconds since 1970";
    let at_ms = stated_time(json).ok_or_else(|| FieldError::expected(field.name(), expected))?;
    Ok(Some(at_ms))
}

/// An event's time in milliseconds since 1970, from what stands in its JSON: ISO 8601, in UTC unless it says otherwise, or
/// such milliseconds.
pub fn stated_time(json: &str) -> Option<i64> {
    if let Ok(ms) = json.parse::<i64>() {
        return Some(ms);
    }
    let text: String = serde_json::from_str(json).ok()?;
    match timestamp::parse(&text)? {
        Moment::Instant(ms) => Some(ms),
        Moment::Day(day) => match timestamp::parse(&format!("{day}T00:00:00Z"))? {
            Moment::Instant(ms) => Some(ms),
            Moment::Day(_) => None,
        },
    }
}

fn object(json: &str, field: &str) -> Result<Map<String, Value>, FieldError> {
    match value(json, field)? {
        Value::Object(map) => Ok(map),
        _ => Err(FieldError::expected(field, "an object")),
    }
}

fn usage(fields: &Fields<'_>, folded: Usage) -> Result<Usage, FieldError> {
    let mut usage = Usage::default();
    let mut given = false;
    for field in [Field::Usage, Field::Units] {
        let Some(json) = fields.get(field) else {
            continue;
        };
        given = true;
        // Each number as the text it is: a double would round what lies beyond its 53 bits.
        let Amounts(list) = serde_json::from_str(json)
            .map_err(|_| FieldError::expected(field.name(), "an object"))?;
        if list.len() > MAX_BUCKETS {
            return Err(too_many(field.name(), MAX_BUCKETS));
        }
        for (bucket, amount) in list {
            // Only a wrong one needs its path.
            let path = || format!("{}.{bucket}", field.name());
            if !is_short(&bucket) {
                return Err(not_short(&path()));
            }
            let amount = match amount.get() {
                "null" => continue,
                number if number.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
                    match Quantity::from_text(number) {
                        Ok(amount) => amount,
                        Err(_) => quantity(number, &path())?,
                    }
                }
                _ => return Err(FieldError::expected(path(), "a number of 0 or more")),
            };
            usage.add(Bucket::named(&bucket), amount);
        }
        if usage.len() > MAX_BUCKETS {
            return Err(too_many(field.name(), MAX_BUCKETS));
        }
    }
    let usage = if given { usage } else { folded };
    // Units of one name add up, and so do both sides into the quantity of an event that states none.
    let all = usage.totals(None).total_tokens;
    if usage.iter().any(|(_, sum)| !is_possible(*sum)) || !is_possible(all) {
        return Err(FieldError::expected(
            "usage",
            &format!("at most {MAX_QUANTITY} tokens or units together"),
        ));
    }
    Ok(usage)
}

fn too_many(field: &str, most: usize) -> FieldError {
    FieldError::expected(field, &format!("at most {most} entries"))
}

/// Buckets by name, each with its amount as the text it is; of a name that stands there twice the last one. No more than
/// one beyond the most that there may be.
struct Amounts<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Amounts<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ByName)
    }
}

struct ByName;

impl<'de> serde::de::Visitor<'de> for ByName {
    type Value = Amounts<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut list: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::with_capacity(4);
        while let Some((Name(name), amount)) = map.next_entry::<Name<'de>, &RawValue>()? {
            match list.binary_search_by(|(known, _)| known.cmp(&name)) {
                Ok(place) => {
                    if let Some(known) = list.get_mut(place) {
                        known.1 = amount;
                    }
                }
                Err(_) if list.len() > MAX_BUCKETS => {}
                Err(place) => list.insert(place, (name, amount)),
            }
        }
        Ok(Amounts(list))
    }
}

fn is_possible(sum: Quantity) -> bool {
    Quantity::from_micros(sum.micros()).is_ok()
}

fn modifiers(fields: &Fields<'_>) -> Result<Vec<(String, String)>, FieldError> {
    let Some(json) = fields.get(Field::Modifiers) else {
        return Ok(Vec::new());
    };
    let map = object(json, "modifiers")?;
    if map.len() > MAX_MODIFIERS {
        return Err(too_many("modifiers", MAX_MODIFIERS));
    }
    let mut list = Vec::with_capacity(map.len());
    for (name, value) in map {
        let path = format!("modifiers.{name}");
        let name = check_text(name, &path)?;
        match value {
            Value::Null => {}
            Value::String(text) => list.push((name, check_text(text, &path)?)),
            _ => return Err(FieldError::expected(path, "a text")),
        }
    }
    Ok(list)
}

fn dimensions(fields: &Fields<'_>) -> Result<Vec<(String, DimensionValue)>, FieldError> {
    let Some(json) = fields.get(Field::Dimensions) else {
        return Ok(Vec::new());
    };
    let map = object(json, "dimensions")?;
    if map.len() > MAX_DIMENSIONS {
        return Err(too_many("dimensions", MAX_DIMENSIONS));
    }
    let mut list = Vec::with_capacity(map.len());
    for (name, value) in map {
        let path = format!("dimensions.{name}");
        let name = check_text(name, &path)?;
        match value {
            Value::Null => {}
            Value::String(text) => {
                list.push((name, DimensionValue::Text(check_text(text, &path)?)));
            }
            Value::Bool(flag) => list.push((name, DimensionValue::Text(flag.to_string()))),
            Value::Number(number) => match number.as_f64().filter(|n| n.is_finite()) {
                Some(number) => list.push((name, DimensionValue::Number(number))),
                None => return Err(FieldError::expected(path, "a finite number")),
            },
            Value::Array(_) | Value::Object(_) => {
                return Err(FieldError::expected(path, "a text or a number"));
            }
        }
    }
    if !list.is_sorted_by(|a, b| a.0 <= b.0) {
        order::by(&mut list, |a, b| a.0.cmp(&b.0));
    }
    Ok(list)
}

fn metadata(fields: &Fields<'_>) -> Result<Map<String, Value>, FieldError> {
    fields
        .get(Field::Metadata)
        .map_or_else(|| Ok(Map::new()), metadata_of)
}

/// How long it may be is judged of what is stored: blanks and escapes that it was sent with do not count. An SDK stops
/// writing what is too long anyway, so that its end is missing.
fn metadata_of(json: &str) -> Result<Map<String, Value>, FieldError> {
    let is_long = json.len() > MAX_METADATA_BYTES;
    object(json, "metadata").map_err(|error| if is_long { metadata_too_large() } else { error })
}

fn metadata_too_large() -> FieldError {
    let expected = format!("at most {MAX_METADATA_BYTES} bytes of JSON");
    FieldError::expected("metadata", &expected)
}

/// Whether an event with this metadata, a JSON object, could be read.
pub fn check_metadata(json: &str) -> Result<(), FieldError> {
    let mut metadata = metadata_of(json)?;
    fold(&mut metadata)?;
    compact(metadata).map(|_| ())
}

/// What is left of the metadata as compact text, which may be longer than it came: `1e9` is written out.
fn compact(metadata: Map<String, Value>) -> Result<Option<String>, FieldError> {
    if metadata.is_empty() {
        return Ok(None);
    }
    let text = Value::Object(metadata).to_string();
    if text.len() > MAX_METADATA_BYTES {
        return Err(metadata_too_large());
    }
    Ok(Some(text))
}

fn flag(fields: &Fields<'_>) -> Result<bool, FieldError> {
    match fields.get(Field::Incomplete) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(FieldError::expected("incomplete", "true or false")),
    }
}

fn warnings(fields: &Fields<'_>) -> Result<Vec<String>, FieldError> {
    let Some(json) = fields.get(Field::Warnings) else {
        return Ok(Vec::new());
    };
    let wrong = || FieldError::expected("warnings", "a list of at most 20 short texts");
    let list: Vec<String> = serde_json::from_str(json).map_err(|_| wrong())?;
    if list.len() > 20 || list.iter().any(|code| code.len() > 64) {
        return Err(wrong());
    }
    Ok(list)
}

/// What earlier clients put into metadata and reports need as fields.
#[derive(Default)]
struct Folded {
    attribution: Attribution,
    provider: Option<String>,
    model: Option<String>,
    reported_cost: Option<Nanos>,
    usage: Usage,
}

/// A number, also where it stands in a text, as decimal types are written. But a text named `cost` may be anything: the
/// number of a cost centre.
fn number(metadata: &Map<String, Value>, name: &str) -> Option<String> {
    match metadata.get(name)? {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) if name != "cost" => decimal::plain(text).ok(),
        _ => None,
    }
}

fn fold(metadata: &mut Map<String, Value>) -> Result<Folded, FieldError> {
    let mut folded = Folded::default();
    if metadata.is_empty() {
        return Ok(folded);
    }
    let texts: [(&mut Option<String>, &[&str]); 8] = [
        (&mut folded.provider, &["provider"]),
        (&mut folded.model, &["model"]),
        (&mut folded.attribution.feature, &["feature"]),
        (&mut folded.attribution.agent_id, &["agent_id", "agentId"]),
        (
            &mut folded.attribution.workflow_id,
            &["workflow_id", "workflowId"],
        ),
        (
            &mut folded.attribution.session_id,
            &["session_id", "sessionId"],
        ),
        (
            &mut folded.attribution.session_type,
            &["session_type", "sessionType"],
        ),
        (&mut folded.attribution.user_id, &["user_id", "userId"]),
    ];
    // Of several names for one thing the first counts, and none stays: left behind, the second would count when
    // the event is read again.
    for (slot, names) in texts {
        for name in names {
            match metadata.get(*name) {
                Some(Value::String(text)) if !text.is_empty() => {
                    let path = format!("metadata.{name}");
                    let text = check_text(text.clone(), &path)?;
                    slot.get_or_insert(text);
                    metadata.remove(*name);
                }
                None | Some(Value::Null) => {}
                Some(_) => return Err(FieldError::expected(format!("metadata.{name}"), "a text")),
            }
        }
    }
    for name in ["provider_cost_usd", "providerCostUsd", "cost"] {
        if let Some(amount) = number(metadata, name) {
            let amount = money(&amount, &format!("metadata.{name}"))?;
            folded.reported_cost.get_or_insert(amount);
            metadata.remove(name);
        }
    }
    for (bucket, names) in [
        ("input", ["input_tokens", "inputTokens", "prompt_tokens"]),
        (
            "output",
            ["output_tokens", "outputTokens", "completion_tokens"],
        ),
    ] {
        let mut counted = None;
        for name in names {
            if let Some(tokens) = number(metadata, name) {
                let tokens = quantity(&tokens, &format!("metadata.{name}"))?;
                counted.get_or_insert(tokens);
                metadata.remove(name);
            }
        }
        folded
            .usage
            .add(Bucket::named(bucket), counted.unwrap_or_default());
    }
    Ok(folded)
}
