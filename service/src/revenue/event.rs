//! Revenue events as they are read, stored and shown.

use crate::auth::encode;
use crate::http::Problem;
use crate::report::Period;
use crate::settings::Instants;
use crate::sql::{Param, Row, Sql, SqlError, Value};
use bearlumen_core::DecimalError;
use bearlumen_core::money::Nanos;
use bearlumen_core::timestamp::format_ms;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

/// Revenue as it is reported.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct NewRevenue {
    /// The end user who paid, by its id or external id, 1 to 512 bytes.
    user_id: String,
    /// US dollars, at most 9 decimals; a number, or decimal text where a number would not be exact. Negative for what
    /// was paid back.
    #[cfg_attr(feature = "openapi", schemars(with = "f64"))]
    amount: Box<RawValue>,
    /// `USD`, which is the only one; may be left out.
    currency: Option<String>,
    /// When what was paid for begins, ISO 8601.
    period_start: String,
    /// When it ends, ISO 8601, exclusive; a date means that whole day.
    period_end: String,
    /// Reported twice with the same key it is one, for ever. Up to 512 bytes.
    idempotency_key: Option<String>,
    /// The subscription it was paid for.
    subscription_id: Option<String>,
    /// The caller's own words, up to 512 bytes.
    description: Option<String>,
}

/// Revenue that can be stored.
pub(super) struct Revenue {
    /// `rev_…`
    pub(super) id: String,
    /// Tells a repetition from a conflict.
    pub(super) content_hash: String,
    /// As given.
    pub(super) user: String,
    pub(super) amount_nanos: i64,
    pub(super) period: Period,
    pub(super) subscription: Option<String>,
    pub(super) description: Option<String>,
}

/// The most that one event reports: what 64 bits of nano-dollars hold in whole millions, with room to add.
const MAX_NANOS: i64 = 1_000_000_000 * 1_000_000_000;

/// The longest period: ten years and a leap day or three.
const MAX_PERIOD_MS: i64 = 3_653 * bearlumen_core::timestamp::DAY_MS;

const MAX_TEXT_BYTES: usize = 512;

impl NewRevenue {
    /// Checks everything. `place` precedes the names of fields; `position` sets events without a key apart.
    pub(super) fn checked(
        self,
        place: &str,
        instants: &Instants,
        entropy: &[u8; 32],
        position: usize,
    ) -> Result<Revenue, Problem> {
        let named = |field: &str| format!("{place}{field}");
        let wrong = |field: &str, expected: &str| {
            let field = named(field);
            Problem::invalid(&field, format!("Invalid {field}: expected {expected}"))
        };
        let text = |field: &str, value: Option<String>| match value {
            Some(value) if value.trim().is_empty() || value.len() > MAX_TEXT_BYTES => {
                Err(wrong(field, "a text of 1 to 512 bytes"))
            }
            value => Ok(value),
        };
        let user = text("userId", Some(self.user_id))?.unwrap_or_default();
        let key = text("idempotencyKey", self.idempotency_key)?;
        let subscription = text("subscriptionId", self.subscription_id)?;
        let description = text("description", self.description)?;
        if self.currency.is_some_and(|currency| currency != "USD") {
            let expected = "USD; amounts in other currencies are not converted, since the rate would be a guess";
            return Err(wrong("currency", expected));
        }
        let amount_nanos = amount(self.amount.get())
            .ok_or_else(|| wrong("amount", "US dollars of at most 9 decimals and a billion"))?;
        let start_ms = instants.start(&named("periodStart"), &self.period_start)?;
        let end_ms = instants.end(&named("periodEnd"), &self.period_end)?;
        if end_ms <= start_ms {
            return Err(wrong("periodEnd", "a time after periodStart"));
        }
        if end_ms - start_ms > MAX_PERIOD_MS {
            return Err(wrong("periodEnd", "a period of at most ten years"));
        }
        let content = format!(
            "{user}\0{amount_nanos}\0{start_ms}\0{end_ms}\0{subscription:?}\0{description:?}"
        );
        let source = match &key {
            Some(key) => [b"key\0", key.as_bytes()].concat(),
            None => [b"new\0", entropy.as_slice(), &position.to_be_bytes()].concat(),
        };
        Ok(Revenue {
            id: format!("rev_{}", hash(&source)),
            content_hash: hash(content.as_bytes()),
            user,
            amount_nanos,
            period: Period { start_ms, end_ms },
            subscription,
            description,
        })
    }
}

/// Exact nano-dollars; `None` for what is no such amount or would have to be rounded.
fn amount(raw: &str) -> Option<i64> {
    let text = raw
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(raw);
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let fraction = number.split_once('.').map_or("", |(_, fraction)| fraction);
    let decimals = i64::try_from(fraction.trim_end_matches('0').len()).ok()?;
    if decimals - exponent > 9 {
        return None;
    }
    let nanos: Result<Nanos, DecimalError> = Nanos::from_usd_text(text);
    nanos
        .ok()
        .map(Nanos::get)
        .filter(|nanos| (-MAX_NANOS..=MAX_NANOS).contains(nanos))
}

fn hash(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    encode(hash.first_chunk::<15>().map_or(&[][..], |bytes| bytes))
}

/// A revenue event.
#[derive(Serialize, Clone)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct RevenueEvent {
    /// `rev_…`
    revenue_event_id: String,
    /// The end user's external id.
    user_id: String,
    /// US dollars.
    amount: f64,
    /// The exact amount in nano-dollars, decimal text.
    amount_nanos: String,
    /// Always `USD`.
    currency: &'static str,
    /// ISO 8601.
    period_start: String,
    /// The last millisecond inside, ISO 8601.
    period_end: String,
    /// Null when none was given.
    subscription_id: Option<String>,
    /// Null when none was given.
    description: Option<String>,
    /// When it was reported, ISO 8601.
    created_at: String,
}

/// The columns that [`read`] takes.
pub(super) const COLUMNS: &str = "id, external_id, CAST(amount_nanos AS TEXT), period_start_ms, period_end_ms, subscription, \
     description, created_ms";

/// A row of [`COLUMNS`].
pub(super) fn read(row: Row) -> Option<RevenueEvent> {
    let [
        id,
        user,
        amount,
        start,
        end,
        subscription,
        description,
        created,
    ] = <[Value; 8]>::try_from(row).ok()?;
    let text = |value| match value {
        Value::Text(text) => Some(text),
        _ => None,
    };
    let ms = |value| match value {
        Value::Integer(ms) => Some(ms),
        _ => None,
    };
    let amount_nanos = text(amount)?;
    Some(RevenueEvent {
        revenue_event_id: text(id)?,
        user_id: text(user)?,
        amount: Nanos::new(amount_nanos.parse().ok()?).to_usd_f64(),
        amount_nanos,
        currency: "USD",
        period_start: format_ms(ms(start)?),
        period_end: format_ms(ms(end)? - 1),
        subscription_id: text(subscription),
        description: text(description),
        created_at: format_ms(ms(created)?),
    })
}

/// The event with this id and its content's hash.
pub(super) fn find(sql: &dyn Sql, id: &str) -> Result<Option<(RevenueEvent, String)>, SqlError> {
    let text = format!("SELECT content_hash, {COLUMNS} FROM revenue_event WHERE id = ?");
    let rows = sql.query(&text, &[Param::Text(id)])?;
    Ok(rows.into_iter().next().and_then(|mut row| {
        let Value::Text(hash) = row.remove(0) else {
            return None;
        };
        Some((read(row)?, hash))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_or_refused() {
        for (raw, nanos) in [
            ("99", Some(99_000_000_000)),
            ("99.99", Some(99_990_000_000)),
            ("\"0.000000001\"", Some(1)),
            ("-5.50", Some(-5_500_000_000)),
            ("1e3", Some(1_000_000_000_000)),
            ("1.10000000000", Some(1_100_000_000)),
            ("1e9", Some(MAX_NANOS)),
            ("0.0000000001", None),
            ("1e-10", None),
            ("1000000000.01", None),
            ("\"abc\"", None),
            ("null", None),
            ("[]", None),
            ("\"\"", None),
        ] {
            assert_eq!(amount(raw), nanos, "{raw}");
        }
    }
}
