//! One run as a client sends it: read, measured, made an event of the ledger. Its texts go no further than their length.

use crate::http::{Problem, camel_case};
use crate::ingest::{Priced, read};
use crate::router::Call;
use bearlumen_core::error::ErrorCode;
use bearlumen_core::pricing::TenantPrices;
use bearlumen_core::provider::provider_named;
use serde_json::{Map, Value, json};

/// The type of the ledger's events for runs.
const EVENT_TYPE: &str = "llm_call";

/// Sets the keys of runs apart from other clients' idempotency keys.
const KEY_PREFIX: &str = "run:";

/// What an idempotency key holds beside the prefix.
const MAX_ID_BYTES: usize = 508;

/// The largest latency that is believed, a day.
const MAX_LATENCY_MS: f64 = 86_400_000.0;

/// A run without its event.
pub(super) struct Run {
    /// `run_…`
    pub(super) id: String,
    pub(super) request_id: String,
    pub(super) correlation_id: Option<String>,
    /// As sent.
    pub(super) provider: String,
    /// As reports name it.
    pub(super) seller: String,
    pub(super) model: String,
    pub(super) success: bool,
    /// The decision it followed, `rd_…`.
    pub(super) decision: Option<String>,
}

/// What of a run is passed on as it is.
const PASSED_ON: [&str; 7] = [
    "userId",
    "feature",
    "agentId",
    "workflowId",
    "sessionId",
    "sessionType",
    "subscriptionId",
];

impl Run {
    /// Reads a run, the `position`th of its request, and its event.
    pub(super) fn read(
        value: &Value,
        call: &Call<'_>,
        position: u64,
        own: Option<&TenantPrices>,
    ) -> Result<(Self, Priced), Problem> {
        let Value::Object(fields) = value else {
            return Err(Problem::invalid("run", "Invalid run: expected an object"));
        };
        let provider = needed(fields, "provider")?;
        let model = needed(fields, "model")?;
        let success = match fields.get("success") {
            None | Some(Value::Null) => true,
            Some(Value::Bool(success)) => *success,
            Some(_) => return Err(wrong("success", "true or false")),
        };
        let latency_ms = milliseconds(fields, "latency")?;
        let request_id = text(fields, "requestId")?;
        if request_id.is_some_and(|id| id.len() > MAX_ID_BYTES) {
            let expected = format!("a text of at most {MAX_ID_BYTES} bytes");
            return Err(wrong("requestId", &expected));
        }
        // However a client spells it, a provider is one provider in all reports.
        let seller = provider_named(provider).unwrap_or(provider);
        let mut event = Map::new();
        event.insert("eventType".to_owned(), EVENT_TYPE.into());
        event.insert("provider".to_owned(), seller.into());
        event.insert("model".to_owned(), model.into());
        if let Some(id) = request_id {
            event.insert(
                "idempotencyKey".to_owned(),
                format!("{KEY_PREFIX}{id}").into(),
            );
        }
        if let Some(at) = fields.get("timestamp").filter(|at| !at.is_null()) {
            event.insert("eventTimestamp".to_owned(), at.clone());
        }
        for name in PASSED_ON {
            if let Some(value) = text(fields, name)? {
                event.insert(name.to_owned(), value.into());
            }
        }
        let sizes = (size(fields, "input"), size(fields, "output"));
        used(fields, sizes, &mut event)?;
        event.insert(
            "dimensions".to_owned(),
            measured(fields, success, latency_ms, sizes)?,
        );
        let event = read(
            &Value::Object(event).to_string(),
            call.ctx.now_ms,
            &call.ctx.entropy,
            position,
            own,
        )
        .map_err(as_sent)?;
        let hex: String = event.id().chars().skip(4).filter(|c| *c != '-').collect();
        let run = Self {
            id: format!("run_{hex}"),
            request_id: request_id.map_or_else(|| format!("req_{hex}"), str::to_owned),
            correlation_id: text(fields, "correlationId")?.map(str::to_owned),
            provider: provider.to_owned(),
            seller: seller.to_owned(),
            model: model.to_owned(),
            success,
            decision: text(fields, "routingDecisionId")?.map(str::to_owned),
        };
        Ok((run, event))
    }
}

/// What was used: both classes as stated, else the one number shared out by the lengths of the texts, else that number
/// alone, which the ledger prices between its bounds.
fn used(
    fields: &Map<String, Value>,
    sizes: (Option<u64>, Option<u64>),
    event: &mut Map<String, Value>,
) -> Result<(), Problem> {
    let stated = (
        whole(fields, "inputTokens")?,
        whole(fields, "outputTokens")?,
    );
    let tokens = whole(fields, "tokensUsed")?;
    if let (Some(input), Some(output)) = stated {
        event.insert(
            "usage".to_owned(),
            json!({"input": input, "output": output}),
        );
        return Ok(());
    }
    let tokens = tokens.ok_or_else(|| {
        let message = "Missing tokensUsed: expected a whole number, 0 or more";
        Problem::invalid("tokensUsed", message)
    })?;
    if let (Some(input), Some(output)) = sizes
        && tokens > 0
        && input + output > 0
    {
        let all = u128::from(input + output);
        let share = (u128::from(tokens) * u128::from(input) + all / 2) / all;
        let input = u64::try_from(share).unwrap_or(tokens).min(tokens);
        event.insert(
            "usage".to_owned(),
            json!({"input": input, "output": tokens - input}),
        );
        event.insert("warnings".to_owned(), json!(["split_by_length"]));
        return Ok(());
    }
    event.insert("metricName".to_owned(), "tokens".into());
    event.insert("quantity".to_owned(), tokens.into());
    Ok(())
}

/// The measurements of a run, as dimensions of its event.
fn measured(
    fields: &Map<String, Value>,
    success: bool,
    latency_ms: Option<u64>,
    sizes: (Option<u64>, Option<u64>),
) -> Result<Value, Problem> {
    let mut measured = Map::new();
    measured.insert("success".to_owned(), u8::from(success).into());
    for (name, number) in [
        ("latency_ms", latency_ms),
        ("input_characters", sizes.0),
        ("output_characters", sizes.1),
    ] {
        if let Some(number) = number {
            measured.insert(name.to_owned(), number.into());
        }
    }
    if let Some(prompt) = text(fields, "promptId")? {
        measured.insert("prompt_id".to_owned(), prompt.into());
    }
    Ok(Value::Object(measured))
}

/// How many characters a text has, or the JSON of what is none.
fn size(fields: &Map<String, Value>, name: &str) -> Option<u64> {
    let count = match fields.get(name)? {
        Value::Null => return None,
        Value::String(text) => text.chars().count(),
        other => other.to_string().chars().count(),
    };
    u64::try_from(count).ok()
}

/// A mistake by the name that the client knows it under.
fn as_sent(problem: Problem) -> Problem {
    let Some(field) = problem.field.as_deref() else {
        return problem;
    };
    let known = match field {
        "idempotencyKey" => "requestId",
        "eventTimestamp" => "timestamp",
        "quantity" | "usage" | "usage.input" | "usage.output" => "tokensUsed",
        "dimensions.prompt_id" => "promptId",
        other => other,
    };
    let message = problem.message.replace(field, known);
    Problem {
        field: Some(known.to_owned()),
        message,
        ..problem
    }
}

fn needed<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<&'a str, Problem> {
    text(fields, name)?
        .ok_or_else(|| Problem::invalid(name, format!("Missing {name}: expected a text")))
}

pub(super) fn text<'a>(
    fields: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a str>, Problem> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        // Nothing said is nothing meant.
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(name, "a text")),
    }
}

pub(super) fn whole(fields: &Map<String, Value>, name: &str) -> Result<Option<u64>, Problem> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_u64()
            .or_else(|| whole_of(value.as_f64()?))
            .map(Some)
            .ok_or_else(|| wrong(name, "a whole number, 0 or more")),
    }
}

/// A whole number that is written as 150.0, as some languages do.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole, and far below 2^53"
)]
fn whole_of(number: f64) -> Option<u64> {
    let is_whole = number.fract() == 0.0 && (0.0..=9e15).contains(&number);
    is_whole.then_some(number as u64)
}

/// Milliseconds as clocks tell them, to the nearest whole one.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a duration, bounded before it is cut"
)]
fn milliseconds(fields: &Map<String, Value>, name: &str) -> Result<Option<u64>, Problem> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_f64()
            .filter(|ms| (0.0..=MAX_LATENCY_MS).contains(ms))
            .map(|ms| Some((ms + 0.5) as u64))
            .ok_or_else(|| wrong(name, "milliseconds, 0 to a day")),
    }
}

pub(super) fn wrong(name: &str, expected: &str) -> Problem {
    Problem::invalid(name, format!("Invalid {name}: expected {expected}"))
}

/// The body as a JSON object, its own names and those of its runs and preferences in `camelCase`.
pub(super) fn body(call: &Call<'_>) -> Result<Map<String, Value>, Problem> {
    match serde_json::from_slice(call.request.body()) {
        Ok(Value::Object(mut fields)) => {
            respell(&mut fields);
            if let Some(Value::Array(runs)) = fields.get_mut("runs") {
                let runs = runs.iter_mut().filter_map(Value::as_object_mut);
                runs.for_each(respell);
            }
            if let Some(Value::Object(preferences)) = fields.get_mut("preferences") {
                respell(preferences);
            }
            Ok(fields)
        }
        _ => Err(Problem::new(
            ErrorCode::ValidationError,
            "Invalid body: expected a JSON object",
        )),
    }
}

/// `user_id` as `userId`, unless that is there, too.
fn respell(fields: &mut Map<String, Value>) {
    for (name, value) in std::mem::take(fields) {
        let camel = camel_case(&name);
        if camel == name {
            fields.insert(name, value);
        } else {
            fields.entry(camel).or_insert(value);
        }
    }
}
