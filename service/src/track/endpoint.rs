//! The endpoint: from a body to stored events and what they cost.

use super::options::Options;
use super::subject::Given;
use crate::http::{Problem, json};
use crate::ingest::{Priced, Recorded, beyond_sums, conflict, read, shown};
use crate::router::{Answer, Call};
use crate::tenant::Stored;
use bearlumen_core::call::SharedMeter;
use bearlumen_core::error::ErrorCode;
use bearlumen_core::pricing::Cost;
use bearlumen_core::provider::Hints;
use bearlumen_core::quantity::Quantity;
use bearlumen_core::timestamp::format_ms;
use bearlumen_core::track::track as make_event;
use bearlumen_core::usage::{Usage, Warning};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A response or a stream, and what the caller knows of the call.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Body<'a> {
    /// The provider's response, the JSON as it came. This, `events` or `stream`.
    #[serde(borrow)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<serde_json::Value>"))]
    pub(super) response: Option<&'a RawValue>,
    /// The chunks of a stream, in order, each the JSON as it came.
    #[serde(borrow)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Vec<serde_json::Value>>"))]
    pub(super) events: Option<&'a RawValue>,
    /// The text of a stream as it came: server-sent events, or JSON lines.
    #[serde(borrow)]
    pub(super) stream: Option<Cow<'a, str>>,
    /// The fields of an event: `userId`, `feature`, `agentId`, `workflowId`, `sessionId`, `sessionType`,
    /// `subscriptionId`, `dimensions`, `metadata`, `idempotencyKey`, `eventTimestamp`, `units`, `modifiers`, `cost`; and what
    /// helps to recognise the sender: `provider`, `model`, `url` of the request, `headers` of the response.
    #[serde(borrow)]
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")
    )]
    options: Option<&'a RawValue>,
}

/// What was recorded, and what was found in the response.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Answered<'a> {
    #[serde(flatten)]
    event: Head<'a>,
    /// Events of other models that the call used beside its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Vec<serde_json::Map<String, serde_json::Value>>")
    )]
    further_events: Vec<Recorded<'a>>,
    /// Who answered; `null` when it is not known.
    provider: Option<&'a str>,
    model: Option<&'a str>,
    /// The response's format; `null` when it is none that is known.
    format: Option<&'static str>,
    /// Disjoint buckets, of all models.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "std::collections::BTreeMap<String, f64>")
    )]
    usage: &'a Usage,
    totals: TokenTotals,
    /// What the call cost and why, at the organisation's prices.
    #[cfg_attr(feature = "openapi", schemars(with = "serde_json::Value"))]
    cost: Cost,
    /// What was odd.
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<serde_json::Value>"))]
    warnings: &'a [Warning],
    /// The stream ended early: what is known is not all.
    incomplete: bool,
    /// Names in `options` that mean nothing.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unknown_fields: &'a [String],
}

/// The call's event, as `POST /v1/usage/events` answers it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Head<'a> {
    /// `evt_…`
    event_id: String,
    /// The end user, by the caller's own id.
    user_id: Option<&'a str>,
    /// What `quantity` counts.
    metric_name: &'a str,
    #[cfg_attr(feature = "openapi", schemars(with = "f64"))]
    quantity: Quantity,
    /// ISO 8601 in UTC.
    event_timestamp: String,
    /// It is new; false for a repetition.
    recorded: bool,
}

/// Tokens of all models.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct TokenTotals {
    /// Sent, cached ones included.
    #[cfg_attr(feature = "openapi", schemars(with = "f64"))]
    input_tokens: Quantity,
    /// Received, reasoning included.
    #[cfg_attr(feature = "openapi", schemars(with = "f64"))]
    output_tokens: Quantity,
    /// Both.
    #[cfg_attr(feature = "openapi", schemars(with = "f64"))]
    total_tokens: Quantity,
}

/// Remembers the kinds of responses that are sent here.
static METER: SharedMeter = SharedMeter::new();

pub(super) fn track(call: &Call<'_>) -> Answer {
    let body = call.request.body();
    let body: Body<'_> = serde_json::from_slice(body).map_err(|_| wrong(body))?;
    let mut options = Options::read(body.options)?;
    let given = Given::of(&body, &options)?;
    let (now_ms, entropy) = (call.ctx.now_ms, &call.ctx.entropy);
    let taken = std::mem::take(&mut options.track);
    let subject = given.subject(&options);
    let hints = Hints {
        url: taken.url.as_deref(),
        provider: taken.provider.as_deref(),
        model: taken.model.as_deref(),
    };
    let cost = METER.with(|meter| subject.cost(meter, &hints, now_ms));
    let format = cost.ok().map(|cost| cost.format);
    // The first half makes ids of events without a key.
    let key_entropy: [u8; 16] = std::array::from_fn(|i| entropy.get(16 + i).copied().unwrap_or(0));
    let mut tracked = METER.with(|meter| make_event(meter, &subject, taken, now_ms, key_entropy));
    let own = call.tenant.own_prices(call.sql)?;
    let events = tracked
        .take_events()
        .zip(0..)
        .map(|(event, position)| {
            let text = String::from_utf8_lossy(&event);
            read(&text, now_ms, entropy, position, own.as_deref())
        })
        .collect::<Result<Vec<Priced>, Problem>>()?;
    let stored = call.tenant.store(call.sql, &events, now_ms)?;
    if stored.contains(&Stored::Conflict) {
        return Err(conflict());
    }
    if stored.contains(&Stored::BeyondSums) {
        return Err(beyond_sums());
    }
    let (Some((event, further)), Some((kept, further_kept))) =
        (events.split_first(), stored.split_first())
    else {
        return Err(conflict());
    };
    let (at_ms, recorded) = kept_as(event, *kept);
    let status = if recorded {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let further_events = further.iter().zip(further_kept).map(|(event, kept)| {
        let (at_ms, recorded) = kept_as(event, *kept);
        shown(event, at_ms, recorded)
    });
    Ok(json(
        status,
        &Answered {
            event: Head {
                event_id: event.id(),
                user_id: event.event.attribution.user_id.as_deref(),
                metric_name: &event.event.metric_name,
                quantity: event.event.quantity,
                event_timestamp: format_ms(at_ms),
                recorded,
            },
            further_events: further_events.collect(),
            provider: tracked.provider.as_deref(),
            model: tracked.model.as_deref(),
            format,
            usage: &tracked.usage,
            totals: TokenTotals {
                input_tokens: tracked.input_tokens,
                output_tokens: tracked.output_tokens,
                total_tokens: tracked.total_tokens,
            },
            cost: whole_cost(&events),
            warnings: &tracked.warnings,
            incomplete: tracked.incomplete,
            unknown_fields: &options.unknown,
        },
    ))
}

const FIELDS: [&str; 4] = ["response", "events", "stream", "options"];

/// What is wrong with a body that was not read.
fn wrong(body: &[u8]) -> Problem {
    let expected = "expected {\"response\": …, \"options\": {…}}, or events or stream for response";
    let fields: Result<BTreeMap<String, &RawValue>, _> = serde_json::from_slice(body);
    let whole = || {
        Problem::new(
            ErrorCode::ValidationError,
            format!("Invalid body: {expected}"),
        )
    };
    let Ok(fields) = fields else {
        return whole();
    };
    let unknown = fields.keys().find(|name| !FIELDS.contains(&name.as_str()));
    match (unknown, fields.get("stream")) {
        (Some(name), _) => Problem::invalid(name, format!("Unknown field {name}: {expected}")),
        (None, Some(stream)) if !stream.get().starts_with('"') => {
            Problem::invalid("stream", "Invalid stream: expected the text of a stream")
        }
        _ => whole(),
    }
}

/// The time of the event that is kept, and whether it is this one.
const fn kept_as(event: &Priced, stored: Stored) -> (i64, bool) {
    match stored {
        Stored::Duplicate { at_ms } => (at_ms, false),
        Stored::Recorded | Stored::Conflict | Stored::BeyondSums => (event.at_ms, true),
    }
}

/// The cost of all events together; lines of other models than the first say so.
fn whole_cost(events: &[Priced]) -> Cost {
    let own = events
        .first()
        .and_then(|event| event.event.model.as_deref());
    let parts = events.iter().map(|event| {
        let model = event.event.model.as_deref();
        (
            model.filter(|model| Some(*model) != own),
            event.cost.clone(),
        )
    });
    Cost::sum(parts)
}
