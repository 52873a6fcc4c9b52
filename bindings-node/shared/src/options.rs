//! The options part of a record to the core's `TrackOptions`.

use crate::record::{Reader, Value};
use bearlumen_core::event::DimensionValue;
use bearlumen_core::track::TrackOptions;

/// Every option of `track()`. The position in [`OptionName::ALL`] is the id in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OptionName {
    UserId,
    Feature,
    AgentId,
    WorkflowId,
    SessionId,
    SessionType,
    SubscriptionId,
    IdempotencyKey,
    Provider,
    Model,
    Url,
    Timestamp,
    Cost,
    Units,
    Dimensions,
    Metadata,
}

impl OptionName {
    pub(crate) const ALL: [Self; 16] = [
        Self::UserId,
        Self::Feature,
        Self::AgentId,
        Self::WorkflowId,
        Self::SessionId,
        Self::SessionType,
        Self::SubscriptionId,
        Self::IdempotencyKey,
        Self::Provider,
        Self::Model,
        Self::Url,
        Self::Timestamp,
        Self::Cost,
        Self::Units,
        Self::Dimensions,
        Self::Metadata,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::UserId => "userId",
            Self::Feature => "feature",
            Self::AgentId => "agentId",
            Self::WorkflowId => "workflowId",
            Self::SessionId => "sessionId",
            Self::SessionType => "sessionType",
            Self::SubscriptionId => "subscriptionId",
            Self::IdempotencyKey => "idempotencyKey",
            Self::Provider => "provider",
            Self::Model => "model",
            Self::Url => "url",
            Self::Timestamp => "timestamp",
            Self::Cost => "cost",
            Self::Units => "units",
            Self::Dimensions => "dimensions",
            Self::Metadata => "metadata",
        }
    }
}

/// Reads up to and including the `|` that ends the options.
pub(crate) fn read_options(reader: &mut Reader<'_>) -> Option<TrackOptions> {
    let mut options = TrackOptions::default();
    while !reader.take(b'|') {
        let name = *OptionName::ALL.get(reader.count()?)?;
        let value = reader.value()?;
        read_option(&mut options, name, value, reader)?;
    }
    Some(options)
}

fn read_option<'a>(
    options: &mut TrackOptions,
    name: OptionName,
    value: Value<'a>,
    reader: &mut Reader<'a>,
) -> Option<()> {
    if value == Value::Null {
        return Some(());
    }
    match name {
        OptionName::Units => read_entries(options, name, value, reader, add_units)?,
        OptionName::Dimensions => read_entries(options, name, value, reader, add_dimension)?,
        _ if matches!(value, Value::Object | Value::List) => {
            skip_entries(reader)?;
            options.leave_out(name.as_str());
        }
        OptionName::Timestamp => match value {
            Value::Text(text) => options.set_timestamp(text),
            // `performance.now()` and the like have a fraction.
            Value::Number(text) if let Ok(ms) = before_point(text).parse() => {
                options.timestamp_ms = Some(ms);
            }
            _ => options.leave_out(name.as_str()),
        },
        OptionName::Cost => match value {
            Value::Number(text) | Value::Text(text) => options.set_cost(text),
            _ => options.leave_out(name.as_str()),
        },
        _ => match value {
            // Ids are numbers in many a database.
            Value::Text(text) | Value::Number(text) => {
                *text_slot(options, name)? = Some(text.to_owned());
            }
            _ => options.leave_out(name.as_str()),
        },
    }
    Some(())
}

/// Where a text option is kept; `None` for the options that are no text.
fn text_slot(options: &mut TrackOptions, name: OptionName) -> Option<&mut Option<String>> {
    let who = &mut options.attribution;
    Some(match name {
        OptionName::UserId => &mut who.user_id,
        OptionName::Feature => &mut who.feature,
        OptionName::AgentId => &mut who.agent_id,
        OptionName::WorkflowId => &mut who.workflow_id,
        OptionName::SessionId => &mut who.session_id,
        OptionName::SessionType => &mut who.session_type,
        OptionName::SubscriptionId => &mut who.subscription_id,
        OptionName::IdempotencyKey => &mut options.idempotency_key,
        OptionName::Provider => &mut options.provider,
        OptionName::Model => &mut options.model,
        OptionName::Url => &mut options.url,
        OptionName::Metadata => &mut options.metadata,
        OptionName::Timestamp | OptionName::Cost | OptionName::Units | OptionName::Dimensions => {
            return None;
        }
    })
}

fn read_entries<'a>(
    options: &mut TrackOptions,
    name: OptionName,
    value: Value<'a>,
    reader: &mut Reader<'a>,
    add: fn(&mut TrackOptions, &str, Value<'a>) -> bool,
) -> Option<()> {
    if value != Value::Object {
        options.leave_out(name.as_str());
        return Some(());
    }
    while !reader.take(b'}') {
        let key = reader.text()?;
        let value = reader.value()?;
        if value != Value::Null && !add(options, key, value) {
            options.leave_out(name.as_str());
        }
    }
    Some(())
}

fn skip_entries(reader: &mut Reader<'_>) -> Option<()> {
    while !reader.take(b'}') {
        reader.text()?;
        reader.value()?;
    }
    Some(())
}

fn add_units(options: &mut TrackOptions, unit: &str, amount: Value<'_>) -> bool {
    let Value::Number(amount) = amount else {
        return false;
    };
    options.add_units(unit, amount);
    true
}

fn add_dimension(options: &mut TrackOptions, key: &str, value: Value<'_>) -> bool {
    let value = match value {
        Value::Text(text) => DimensionValue::Text(text.to_owned()),
        Value::Bool(flag) => DimensionValue::Text(flag.to_string()),
        Value::Number(text) => match text.parse() {
            Ok(number) => DimensionValue::Number(number),
            Err(_) => return false,
        },
        _ => return false,
    };
    options.dimensions.push((key.to_owned(), value));
    true
}

fn before_point(number: &str) -> &str {
    number.split_once('.').map_or(number, |(whole, _)| whole)
}
