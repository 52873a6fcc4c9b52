//! What `track()` does in every language: a response and the caller's options become one event.
//!
//! It cannot fail: a response that cannot be read is recorded as an unpriced call with the reason, and an
//! option that cannot be used is left out with a warning. The caller's request goes on either way.

use crate::bucket::Side;
use crate::call::{CallCost, Meter, cost_of_stream};
use crate::event::{
    Attribution, CALL_EVENT_TYPE, DimensionValue, MAX_DIMENSIONS, MAX_TEXT_BYTES, TOKENS_METRIC,
    UsageEvent, check_metadata, event_id, idempotency_key, price_event, write_event,
};
use crate::money::{MAX_EVENT_NANOS, Nanos};
use crate::pricing::{Basis, Cost};
use crate::provider::{Hints, provider_named};
use crate::quantity::Quantity;
use crate::response::{ParseError, Tape};
use crate::stream::StreamFold;
use crate::usage::{Totals, Usage, Warning};
use serde::ser::{Serialize, SerializeStruct, Serializer};

mod options;

/// The caller's options of one `track()`.
#[derive(Debug, Clone, Default)]
pub struct TrackOptions {
    /// Who used it, for what.
    pub attribution: Attribution,
    /// Custom dimensions.
    pub dimensions: Vec<(String, DimensionValue)>,
    /// The caller's own JSON object, as text.
    pub metadata: Option<String>,
    /// When the call was made; now when absent.
    pub timestamp_ms: Option<i64>,
    /// Makes two `track()` calls one event; made up when absent.
    pub idempotency_key: Option<String>,
    /// The provider, for responses that do not show it.
    pub provider: Option<String>,
    /// The model, for responses that do not name it.
    pub model: Option<String>,
    /// The url of the request, whose host names the provider.
    pub url: Option<String>,
    /// Usage beyond the response's own: characters, seconds, images, ….
    pub units: Usage,
    /// What changes the price, for responses that do not say it: `processing` and `batch`, `service_tier` and `flex`.
    pub modifiers: Vec<(String, String)>,
    /// What the call cost, when the caller knows.
    pub cost: Option<Nanos>,
    /// Options whose value the host language could not turn into any of the above; each becomes a warning.
    pub unreadable: Vec<&'static str>,
}

impl TrackOptions {
    /// How many bytes of text the caller gave.
    pub fn text_bytes(&self) -> usize {
        let Attribution {
            user_id,
            subscription_id,
            feature,
            agent_id,
            workflow_id,
            session_id,
            session_type,
        } = &self.attribution;
        let texts = [
            user_id,
            subscription_id,
            feature,
            agent_id,
            workflow_id,
            session_id,
            session_type,
            &self.metadata,
            &self.idempotency_key,
            &self.provider,
            &self.model,
            &self.url,
        ];
        let dimensions = self.dimensions.iter().map(|(key, value)| {
            key.len()
                + match value {
                    DimensionValue::Text(text) => text.len(),
                    DimensionValue::Number(_) => 0,
                }
        });
        texts.into_iter().flatten().map(String::len).sum::<usize>() + dimensions.sum::<usize>()
    }
}

/// What `track()` tells its caller.
#[derive(Debug, Clone)]
pub struct Tracked {
    /// The key that makes sending it again harmless.
    pub idempotency_key: String,
    /// Who answered, if known.
    pub provider: Option<String>,
    /// The model, if known.
    pub model: Option<String>,
    /// Tokens sent, cached ones included.
    pub input_tokens: Quantity,
    /// Tokens received, reasoning included.
    pub output_tokens: Quantity,
    /// Both.
    pub total_tokens: Quantity,
    /// Disjoint buckets.
    pub usage: Usage,
    /// What it cost by the catalogue. The service prices again with the organisation's own prices.
    pub cost: Cost,
    /// What was odd.
    pub warnings: Vec<Warning>,
    /// The stream ended early, or said nothing at all: what is known is not all.
    pub incomplete: bool,
    /// The event's wire form, for delivery.
    pub event: Vec<u8>,
    /// Further events of the same call, one for each other model that it used. Mostly none.
    pub further_events: Vec<Vec<u8>>,
}

impl Serialize for Tracked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Tracked", 11)?;
        fields.serialize_field("eventId", &self.event_id())?;
        fields.serialize_field("idempotencyKey", &self.idempotency_key)?;
        fields.serialize_field("provider", &self.provider)?;
        fields.serialize_field("model", &self.model)?;
        fields.serialize_field("inputTokens", &self.input_tokens)?;
        fields.serialize_field("outputTokens", &self.output_tokens)?;
        fields.serialize_field("totalTokens", &self.total_tokens)?;
        fields.serialize_field("usage", &self.usage)?;
        fields.serialize_field("cost", &self.cost)?;
        fields.serialize_field("warnings", &self.warnings)?;
        fields.serialize_field("incomplete", &self.incomplete)?;
        fields.end()
    }
}

impl Tracked {
    /// The event's id at the service. It follows from the key, and few ask for it.
    pub fn event_id(&self) -> String {
        event_id(&self.idempotency_key)
    }

    /// Takes the events out, to be delivered.
    pub fn take_events(&mut self) -> impl Iterator<Item = Vec<u8>> + use<> {
        let first = std::mem::take(&mut self.event);
        std::iter::once(first).chain(std::mem::take(&mut self.further_events))
    }
}

/// What was handed to `track()`.
pub enum Subject<'a> {
    /// A response, read as far as it could be.
    Response(Result<Tape<'a>, ParseError>),
    /// A stream, as far as it went.
    Stream(&'a StreamFold),
    /// Nothing: the options say it all.
    Manual,
}

impl Subject<'_> {
    /// What it used and cost, or why that cannot be said: a warning's code and a message.
    pub fn cost(
        &self,
        meter: &mut Meter,
        hints: &Hints<'_>,
        at_ms: i64,
    ) -> Result<CallCost, Warning> {
        let read = match self {
            Self::Response(Ok(tape)) => meter.cost_of(tape, hints, at_ms),
            Self::Stream(fold) => cost_of_stream(fold, hints, at_ms),
            Self::Response(Err(error)) => {
                return Err(Warning::new("unreadable_response", error.to_string()));
            }
            Self::Manual => {
                return Err(Warning::new("unreadable_response", "there is no response"));
            }
        };
        read.map_err(|error| Warning::new("unknown_response", error.to_string()))
    }
}

/// Makes the event. `entropy` becomes the idempotency key where the caller gave none. `meter` is a matter of speed
/// alone.
pub fn track(
    meter: &mut Meter,
    subject: &Subject<'_>,
    options: TrackOptions,
    now_ms: i64,
    entropy: [u8; 16],
) -> Tracked {
    let at_ms = options.timestamp_ms.unwrap_or(now_ms);
    let tracked_ms = options.timestamp_ms.is_none().then_some(now_ms);
    let mut warnings = Vec::new();
    let hints = Hints {
        url: options.url.as_deref(),
        provider: options.provider.as_deref(),
        model: options.model.as_deref(),
    };
    let mut call = match subject {
        Subject::Manual => None,
        _ => subject
            .cost(meter, &hints, at_ms)
            .map_err(|warning| warnings.push(warning))
            .ok(),
    };
    if let Some(call) = &mut call {
        warnings.append(&mut call.warnings);
    }
    let as_read =
        options.cost.is_none() && options.units.is_empty() && options.modifiers.is_empty();
    let mut event = base_event(options, entropy, &mut warnings);
    event.tracked_ms = tracked_ms;
    let totals = fill_from_call(&mut event, call.as_ref());
    event.incomplete |= call.is_none() && matches!(subject, Subject::Stream(_));
    let further = call
        .as_ref()
        .map_or_else(Vec::new, |call| split_by_model(&mut event, call));
    let cost = match call {
        Some(call) if as_read => call.cost,
        _ => {
            // As the service will: what was odd makes the cost less sure.
            event.warnings = codes(&warnings);
            let others = further.iter().map(|other| (other.model.as_deref(), other));
            let parts = std::iter::once((None, &event)).chain(others);
            let mut cost = Cost::sum(parts.map(|(model, part)| (model, price_event(part, at_ms))));
            warnings.append(&mut cost.warnings);
            cost
        }
    };
    event.warnings = codes(&warnings);
    // Written first: the result then takes what the event no longer needs.
    let written = write_event(&event);
    let mut usage = event.usage;
    for other in &further {
        usage.add_all(&other.usage);
    }
    Tracked {
        idempotency_key: event.idempotency_key.unwrap_or_default(),
        provider: event.provider,
        model: event.model,
        input_tokens: totals.input_tokens,
        output_tokens: totals.output_tokens,
        total_tokens: totals.total_tokens,
        usage,
        cost,
        warnings,
        incomplete: event.incomplete,
        event: written,
        further_events: further.iter().map(write_event).collect(),
    }
}

/// Gives each other model of the call an event of its own, so that reports by model are true.
fn split_by_model(event: &mut UsageEvent, call: &CallCost) -> Vec<UsageEvent> {
    if event.reported_cost.is_some() {
        // The amount is for the whole call and cannot be split.
        return Vec::new();
    }
    let others = call.parts.iter().filter(|part| {
        let model = part.model.as_ref();
        part.model != call.model && model.is_some_and(|model| is_short(model))
    });
    let mut further = Vec::new();
    let key = event.idempotency_key.clone().unwrap_or_default();
    // Room for the number behind it.
    let key = if key.len() + 8 > MAX_TEXT_BYTES {
        event_id(&key)
    } else {
        key
    };
    for (number, part) in others.enumerate() {
        let mut other = UsageEvent {
            idempotency_key: Some(format!("{key}#{}", number + 1)),
            model: part.model.clone(),
            usage: part.usage.clone(),
            quantity: part.usage.totals(None).total_tokens,
            ..event.clone()
        };
        other.metric_name.clear();
        other.metric_name.push_str(TOKENS_METRIC);
        event.usage = event.usage.without(&part.usage);
        further.push(other);
    }
    if !further.is_empty() {
        event.quantity = event.usage.totals(None).total_tokens;
    }
    further
}

fn base_event(options: TrackOptions, entropy: [u8; 16], warnings: &mut Vec<Warning>) -> UsageEvent {
    for name in &options.unreadable {
        warnings.push(ignored(name, "a value of its type"));
    }
    let mut check = |name: &'static str, text: Option<String>| {
        let usable = text.as_ref().is_none_or(|text| is_short(text));
        if !usable {
            warnings.push(ignored(name, "a text of 1 to 512 bytes"));
        }
        text.filter(|_| usable)
    };
    let who = options.attribution;
    let attribution = Attribution {
        user_id: check("userId", who.user_id),
        subscription_id: check("subscriptionId", who.subscription_id),
        feature: check("feature", who.feature),
        agent_id: check("agentId", who.agent_id),
        workflow_id: check("workflowId", who.workflow_id),
        session_id: check("sessionId", who.session_id),
        session_type: check("sessionType", who.session_type),
    };
    let key = check("idempotencyKey", options.idempotency_key)
        .unwrap_or_else(|| idempotency_key(entropy));
    let provider = check("provider", options.provider)
        .map(|given| provider_named(&given).map_or(given, str::to_owned));
    let model = check("model", options.model);
    let mut dimensions: Vec<(String, DimensionValue)> =
        Vec::with_capacity(options.dimensions.len());
    for (name, value) in options.dimensions {
        let usable = !name.is_empty()
            && name.len() <= MAX_TEXT_BYTES
            && match &value {
                DimensionValue::Text(text) => !text.is_empty() && text.len() <= MAX_TEXT_BYTES,
                DimensionValue::Number(number) => number.is_finite(),
            };
        if usable && dimensions.len() < MAX_DIMENSIONS {
            // Into its place: sorting them at the end brings a whole sort along for a handful.
            let place = dimensions.partition_point(|(known, _)| *known <= name);
            dimensions.insert(place, (name, value));
        } else {
            warnings.push(ignored(
                "dimensions",
                "at most 50 short texts or finite numbers",
            ));
        }
    }
    let reported_cost = options.cost.filter(|cost| {
        let usable = (0..=MAX_EVENT_NANOS).contains(&cost.get());
        if !usable {
            warnings.push(ignored("cost", "0 to 9000000 US dollars"));
        }
        usable
    });
    let metadata = options.metadata.filter(|text| {
        let checked = check_metadata(text);
        if let Err(error) = &checked {
            let message = format!("metadata was left out: {error}");
            warnings.push(Warning::new("option_ignored", message));
        }
        checked.is_ok()
    });
    UsageEvent {
        event_type: CALL_EVENT_TYPE.to_owned(),
        idempotency_key: Some(key),
        timestamp_ms: options.timestamp_ms,
        attribution,
        provider,
        model,
        usage: options.units,
        modifiers: options.modifiers,
        reported_cost,
        dimensions,
        metadata,
        ..UsageEvent::default()
    }
}

fn is_short(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_TEXT_BYTES
}

/// Provider, model, usage and the headline quantity; the totals over everything.
fn fill_from_call(event: &mut UsageEvent, call: Option<&CallCost>) -> Totals {
    if let Some(call) = call {
        // What no event may say would cost the whole event at the service.
        event.provider = Some(call.provider.clone().into_owned()).filter(|text| is_short(text));
        if call.cost.basis == Basis::Reported {
            event.reported_cost = event.reported_cost.or(call.cost.amount);
        }
        event.model = call
            .model
            .clone()
            .filter(|text| is_short(text))
            .or_else(|| event.model.take());
        let given = std::mem::take(&mut event.modifiers);
        event.modifiers = call
            .modifiers
            .iter()
            .filter(|(_, value)| is_short(value))
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        // What the response itself says is surer.
        for (name, value) in given {
            if call.modifiers.iter().all(|(known, _)| *known != name) {
                event.modifiers.push((name, value));
            }
        }
        event.incomplete = call.incomplete;
        for (bucket, quantity) in call.usage.iter() {
            event.usage.add(bucket.clone(), *quantity);
        }
    }
    let totals = event.usage.totals(None);
    let units = event
        .usage
        .iter()
        .find(|(bucket, _)| bucket.side() == Side::Other);
    (event.metric_name, event.quantity) = match (totals.total_tokens.is_zero(), units) {
        (true, Some((bucket, quantity))) => (bucket.id().to_owned(), *quantity),
        (true, None) if call.is_none() => ("calls".to_owned(), Quantity::ONE),
        _ => (TOKENS_METRIC.to_owned(), totals.total_tokens),
    };
    totals
}

fn ignored(name: &'static str, expected: &str) -> Warning {
    Warning::new(
        "option_ignored",
        format!("{name} was left out: expected {expected}"),
    )
}

fn codes(warnings: &[Warning]) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for warning in warnings {
        if codes.iter().all(|code| code != warning.code) && codes.len() < 20 {
            codes.push(warning.code.to_owned());
        }
    }
    codes
}
