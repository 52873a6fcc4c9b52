//! An event as it is shown.

use crate::report::sums::broken;
use crate::sql::{Row, SqlError, Value};
use bearlumen_core::money::Nanos;
use bearlumen_core::quantity::Quantity;
use bearlumen_core::timestamp::format_ms;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A usage event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Event {
    /// `evt_…`
    pub(crate) event_id: String,
    event_type: String,
    /// What `quantity` counts.
    pub(crate) metric_name: String,
    #[cfg_attr(feature = "openapi", schemars(with = "f64"))]
    pub(crate) quantity: Quantity,
    /// When the call was made, ISO 8601 in UTC.
    event_timestamp: String,
    pub(crate) provider: Option<String>,
    pub(crate) model: Option<String>,
    /// The end user, by the caller's own id.
    user_id: Option<String>,
    feature: Option<String>,
    agent_id: Option<String>,
    workflow_id: Option<String>,
    session_id: Option<String>,
    session_type: Option<String>,
    subscription_id: Option<String>,
    /// Tokens sent, cached ones included.
    input_tokens: i64,
    /// Tokens received, reasoning included.
    output_tokens: i64,
    /// Both.
    total_tokens: i64,
    /// US dollars, for display; `null` when no price is known.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<f64>"))]
    pub(crate) cost: Option<Nanos>,
    /// The exact amount in nano-dollars (10^-9 USD), as decimal text; `null` when no price is known.
    pub(crate) cost_nanos: Option<String>,
    /// How well the cost is known: `reported`, `exact`, `estimated` or `unpriced`.
    pub(crate) cost_basis: &'static str,
    /// The price that the cost was computed from.
    pub(crate) price_id: Option<String>,
    /// The caller's own dimensions: texts and numbers.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "serde_json::Map<String, serde_json::Value>")
    )]
    dimensions: Box<RawValue>,
    /// The caller's own object, without what counts as fields of the event.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "serde_json::Map<String, serde_json::Value>")
    )]
    metadata: Box<RawValue>,
    /// Disjoint buckets.
    #[cfg_attr(feature = "openapi", schemars(with = "BTreeMap<String, f64>"))]
    pub(crate) usage: Box<RawValue>,
    /// Codes of what was odd about the response.
    pub(crate) warnings: Vec<String>,
    /// The stream ended early: what is known is not all.
    pub(crate) incomplete: bool,
    #[serde(skip)]
    pub(crate) at_ms: i64,
    #[serde(skip)]
    pub(crate) seq: i64,
    #[serde(skip)]
    pub(crate) stored: Stored,
}

/// What an explanation needs and a list does not show.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    pub(crate) nanos: Option<i64>,
    pub(crate) low_nanos: Option<i64>,
    pub(crate) high_nanos: Option<i64>,
    pub(crate) modifiers: Vec<(String, String)>,
    /// What a bare quantity was taken to be.
    pub(crate) split: Option<Box<RawValue>>,
    /// What each bucket cost, in nano-dollars.
    pub(crate) amounts: BTreeMap<String, i64>,
}

/// What stands in the column `detail`.
#[derive(Deserialize, Default)]
struct Detail {
    usage: Option<Box<RawValue>>,
    dimensions: Option<Box<RawValue>>,
    metadata: Option<Box<RawValue>>,
    #[serde(default)]
    modifiers: BTreeMap<String, String>,
    split: Option<Box<RawValue>>,
    #[serde(default)]
    amounts: BTreeMap<String, i64>,
    #[serde(default)]
    warnings: Vec<String>,
    #[serde(default)]
    incomplete: bool,
}

/// The statement that reads events, in that order: `which` continues `FROM event` and may bound how many. Only of
/// those are the places read and the labels looked up.
pub(crate) fn select(which: &str, order: &str) -> String {
    format!(
        "SELECT seq, item ->> 0, at_ms, \
             (SELECT text FROM label WHERE label.id = item ->> 5), (SELECT text FROM label WHERE label.id = item ->> 6), \
             (SELECT text FROM label WHERE label.id = item ->> 7), (SELECT text FROM label WHERE label.id = item ->> 8), \
             (SELECT text FROM label WHERE label.id = item ->> 9), (SELECT text FROM label WHERE label.id = item ->> 10), \
             (SELECT text FROM label WHERE label.id = item ->> 20), (SELECT text FROM label WHERE label.id = item ->> 21), \
             (SELECT text FROM label WHERE label.id = item ->> 3), (SELECT text FROM label WHERE label.id = item ->> 22), \
             (SELECT text FROM label WHERE label.id = item ->> 23), (SELECT text FROM label WHERE label.id = item ->> 11), \
             item ->> 12, item ->> 13, item ->> 14, item ->> 15, item ->> 16, item ->> 17, item ->> 18, item ->> 19, \
             item ->> 4 FROM (SELECT seq, at_ms, item FROM event {which}) ORDER BY {order}"
    )
}

impl Event {
    /// Reads a row of [`select`].
    pub(crate) fn read(row: Row) -> Result<Self, SqlError> {
        let mut columns = Columns(row.into_iter());
        let seq = columns.number()?;
        let event_id = id_text(&columns.text()?.ok_or_else(broken)?).ok_or_else(broken)?;
        let at_ms = columns.number()?;
        let event_type = columns.text()?.unwrap_or_default();
        let metric_name = columns.text()?.unwrap_or_default();
        let provider = columns.text()?;
        let model = columns.text()?;
        let user_id = columns.text()?;
        let feature = columns.text()?;
        let agent_id = columns.text()?;
        let workflow_id = columns.text()?;
        let session_id = columns.text()?;
        let session_type = columns.text()?;
        let subscription_id = columns.text()?;
        let price_id = columns.text()?;
        let quantity = quantity(columns.number()?, columns.number()?)?;
        let input_tokens = columns.number()?;
        let output_tokens = columns.number()?;
        let basis = columns.number()?;
        let nanos = columns.optional()?;
        let low_nanos = columns.optional()?;
        let high_nanos = columns.optional()?;
        let detail: Detail = match columns.text()? {
            Some(text) => serde_json::from_str(&text).map_err(|_| broken())?,
            None => Detail::default(),
        };
        Ok(Self {
            event_id,
            event_type,
            metric_name,
            quantity,
            event_timestamp: format_ms(at_ms),
            provider,
            model,
            user_id,
            feature,
            agent_id,
            workflow_id,
            session_id,
            session_type,
            subscription_id,
            input_tokens,
            output_tokens,
            total_tokens: input_tokens.saturating_add(output_tokens),
            cost: nanos.map(Nanos::new),
            cost_nanos: nanos.map(|nanos| nanos.to_string()),
            cost_basis: basis_name(basis),
            price_id,
            dimensions: detail.dimensions.unwrap_or_else(empty),
            metadata: detail.metadata.unwrap_or_else(empty),
            usage: detail.usage.unwrap_or_else(empty),
            warnings: detail.warnings,
            incomplete: detail.incomplete,
            at_ms,
            seq,
            stored: Stored {
                nanos,
                low_nanos,
                high_nanos,
                modifiers: detail.modifiers.into_iter().collect(),
                split: detail.split,
                amounts: detail.amounts,
            },
        })
    }
}

struct Columns(std::vec::IntoIter<Value>);

impl Columns {
    fn number(&mut self) -> Result<i64, SqlError> {
        self.optional()?.ok_or_else(broken)
    }

    fn optional(&mut self) -> Result<Option<i64>, SqlError> {
        match self.0.next() {
            Some(Value::Integer(number)) => Ok(Some(number)),
            Some(Value::Null) => Ok(None),
            _ => Err(broken()),
        }
    }

    fn text(&mut self) -> Result<Option<String>, SqlError> {
        match self.0.next() {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(broken()),
        }
    }
}

fn quantity(whole: i64, micros: i64) -> Result<Quantity, SqlError> {
    let micros = i128::from(whole) * 1_000_000 + i128::from(micros);
    u64::try_from(micros)
        .ok()
        .and_then(|micros| Quantity::from_micros(micros).ok())
        .ok_or_else(broken)
}

/// How a stored basis is called.
pub(super) const fn basis_name(basis: i64) -> &'static str {
    match basis {
        1 => "estimated",
        2 => "exact",
        3 => "reported",
        _ => "unpriced",
    }
}

fn empty() -> Box<RawValue> {
    RawValue::from_string("{}".to_owned()).unwrap_or_default()
}

/// `evt_…` of a UUID's 32 hexadecimal digits.
fn id_text(hex: &str) -> Option<String> {
    let part = |from, to| hex.get(from..to);
    Some(format!(
        "evt_{}-{}-{}-{}-{}",
        part(0, 8)?,
        part(8, 12)?,
        part(12, 16)?,
        part(16, 20)?,
        part(20, 32)?
    ))
}
