//! `/v1/prices/custom` and `/v1/prices/discounts`.

use super::own_prices::{Entry, Kind, entries};
use super::record_change;
use crate::auth::new_id;
use crate::http::{Page, PageAsked, Problem, json, read_body};
use crate::router::{Answer, Call};
use crate::sql::Param;
use bearlumen_core::decimal;
use bearlumen_core::error::ErrorCode;
use bearlumen_core::pricing::TenantPrices;
use bearlumen_core::timestamp::format_ms;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value as Json, json as object};
use std::collections::BTreeMap;

/// The most entries of each kind: all are looked through for every event.
const MAX_ENTRIES: usize = 1000;

/// Own rates to be added.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "NewCustomPrice")
)]
pub(super) struct NewRates {
    /// Who charges them, or the start of names and a `*`; anybody when absent.
    provider: Option<String>,
    /// For which model, or the start of names and a `*`.
    model: String,
    /// US dollars by bucket, for as many units as the catalogue states prices for: a million tokens, a thousand calls.
    /// Decimal text or a number, at most 12 decimals.
    #[cfg_attr(feature = "openapi", schemars(with = "BTreeMap<String, String>"))]
    rates: Box<RawValue>,
    /// The first day, UTC, `2026-01-31`; since ever when absent.
    valid_from: Option<String>,
    /// The last day, UTC, included; for ever when absent.
    valid_to: Option<String>,
}

/// Own rates.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "CustomPrice")
)]
pub(super) struct OwnRates {
    /// `price_…`
    id: String,
    /// Who charges them, or the start of names and a `*`.
    provider: Option<String>,
    /// For which model, or the start of names and a `*`.
    model: Option<String>,
    /// US dollars by bucket, decimal text, for as many units as the catalogue states prices for.
    rates: BTreeMap<String, String>,
    /// The first day, UTC; null for since ever.
    valid_from: Option<String>,
    /// The last day, UTC, included; null for ever.
    valid_to: Option<String>,
    /// ISO 8601.
    created_at: String,
}

/// The organisation's own rates.
#[derive(Serialize)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "CustomPriceList")
)]
pub(super) struct RatesList {
    prices: Vec<OwnRates>,
    #[serde(flatten)]
    page: Page,
}

/// A discount to be added.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct NewDiscount {
    /// On whose prices, or the start of names and a `*`; everybody's when absent.
    provider: Option<String>,
    /// On which model's, or the start of names and a `*`; every model's when absent.
    model: Option<String>,
    /// How much is taken off, 0 to 100, at most 4 decimals; a number or decimal text.
    #[cfg_attr(feature = "openapi", schemars(with = "f64", range(min = 0, max = 100)))]
    percent: Box<RawValue>,
    /// The first day, UTC, `2026-01-31`; since ever when absent.
    valid_from: Option<String>,
    /// The last day, UTC, included; for ever when absent.
    valid_to: Option<String>,
}

/// A discount.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Discount {
    /// `disc_…`
    id: String,
    /// On whose prices; null for everybody's.
    provider: Option<String>,
    /// On which model's; null for every model's.
    model: Option<String>,
    /// How much is taken off.
    #[cfg_attr(feature = "openapi", schemars(with = "f64"))]
    percent: Box<RawValue>,
    /// The first day, UTC; null for since ever.
    valid_from: Option<String>,
    /// The last day, UTC, included; null for ever.
    valid_to: Option<String>,
    /// ISO 8601.
    created_at: String,
}

/// The organisation's discounts.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct DiscountList {
    discounts: Vec<Discount>,
    #[serde(flatten)]
    page: Page,
}

/// `GET /v1/prices/custom`
pub(super) fn list_rates(call: &Call<'_>) -> Answer {
    let (entries, page) = part(call, Kind::Rates)?;
    let prices = entries.into_iter().map(rates_shown).collect();
    Ok(json(StatusCode::OK, &RatesList { prices, page }))
}

/// `GET /v1/prices/discounts`
pub(super) fn list_discounts(call: &Call<'_>) -> Answer {
    let (entries, page) = part(call, Kind::Discount)?;
    let discounts = entries.into_iter().map(discount_shown).collect();
    Ok(json(StatusCode::OK, &DiscountList { discounts, page }))
}

fn part(call: &Call<'_>, kind: Kind) -> Result<(Vec<Entry>, Page), Problem> {
    let mut entries = entries(call.sql)?;
    entries.retain(|entry| entry.kind == kind);
    Ok(PageAsked::of(&call.query()).part(entries))
}

/// `POST /v1/prices/custom`
pub(super) fn add_rates(call: &Call<'_>) -> Answer {
    let new: NewRates = read_body(call.request.body())?;
    let entry = Entry {
        id: format!("price_{}", new_id(call.ctx)),
        kind: Kind::Rates,
        provider: new.provider,
        model: Some(new.model),
        valid_from: new.valid_from,
        valid_to: new.valid_to,
        value: new.rates.get().to_owned(),
        created_ms: call.ctx.now_ms,
    };
    add(call, &entry)?;
    Ok(json(StatusCode::CREATED, &rates_shown(entry)))
}

/// `POST /v1/prices/discounts`
pub(super) fn add_discount(call: &Call<'_>) -> Answer {
    let new: NewDiscount = read_body(call.request.body())?;
    let entry = Entry {
        id: format!("disc_{}", new_id(call.ctx)),
        kind: Kind::Discount,
        provider: new.provider,
        model: new.model,
        valid_from: new.valid_from,
        valid_to: new.valid_to,
        value: percent(new.percent.get())?,
        created_ms: call.ctx.now_ms,
    };
    add(call, &entry)?;
    Ok(json(StatusCode::CREATED, &discount_shown(entry)))
}

/// A percentage from 0 to 100 with at most four decimals, as text without needless digits.
fn percent(raw: &str) -> Result<String, Problem> {
    let plain = decimal::plain(raw.trim_matches('"'));
    let text = plain.as_deref().unwrap_or_default();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let fraction = fraction.trim_end_matches('0');
    let right = digits(whole)
        && (fraction.is_empty() || digits(fraction))
        && fraction.len() <= 4
        && whole
            .parse::<u32>()
            .is_ok_and(|whole| whole < 100 || whole == 100 && fraction.is_empty());
    if !right {
        let message = "Invalid percent: expected a number from 0 to 100 with at most 4 decimals";
        return Err(Problem::invalid("percent", message));
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Ok(if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    })
}

fn add(call: &Call<'_>, entry: &Entry) -> Result<(), Problem> {
    check(entry)?;
    let of_kind = entries(call.sql)?
        .iter()
        .filter(|other| other.kind == entry.kind)
        .count();
    if of_kind >= MAX_ENTRIES {
        let message =
            format!("There are {MAX_ENTRIES} entries already, which is the most; remove one first");
        return Err(Problem::new(ErrorCode::ValidationError, message));
    }
    let text = |value: &Option<String>| value.clone();
    let [provider, model, from, to] = [
        &entry.provider,
        &entry.model,
        &entry.valid_from,
        &entry.valid_to,
    ]
    .map(text);
    call.tenant.transaction(call.sql, &mut || {
        call.sql.execute(
            "INSERT INTO own_price (id, kind, provider, model, valid_from, valid_to, value, created_ms) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                Param::Text(&entry.id),
                Param::Integer(entry.kind as i64),
                Param::of(provider.as_deref()),
                Param::of(model.as_deref()),
                Param::of(from.as_deref()),
                Param::of(to.as_deref()),
                Param::Text(&entry.value),
                Param::Integer(entry.created_ms),
            ],
        )?;
        let action = match entry.kind {
            Kind::Rates => "price.create",
            Kind::Discount => "discount.create",
        };
        record_change(call, action, &entry.id, &entry.as_priced())
    })?;
    call.tenant.forget_organization();
    Ok(())
}

/// Has the core read the entry and names what it does not take by our fields.
fn check(entry: &Entry) -> Result<(), Problem> {
    let list = match entry.kind {
        Kind::Rates => "rates",
        Kind::Discount => "discounts",
    };
    let text = object!({ list: [entry.as_priced()] }).to_string();
    if let Err(error) = TenantPrices::from_json(&text) {
        let inner = error
            .field
            .strip_prefix(list)
            .and_then(|rest| rest.strip_prefix("[0]."))
            .unwrap_or(&error.field);
        let field = match inner {
            "from" => "validFrom".to_owned(),
            "to" => "validTo".to_owned(),
            "times" => "percent".to_owned(),
            other => other.replacen("usd", "rates", 1),
        };
        let message = format!("Invalid {field}: expected {}", error.expected);
        return Err(Problem::invalid(&field, message));
    }
    // Both are ISO dates by now, whose texts have the order of the days.
    if let (Some(from), Some(to)) = (&entry.valid_from, &entry.valid_to)
        && to < from
    {
        let message = "Invalid validTo: expected a day not before validFrom";
        return Err(Problem::invalid("validTo", message));
    }
    Ok(())
}

/// `DELETE /v1/prices/custom/{id}`
pub(super) fn remove_rates(call: &Call<'_>) -> Answer {
    let entry = remove(call, Kind::Rates)?;
    Ok(json(StatusCode::OK, &rates_shown(entry)))
}

/// `DELETE /v1/prices/discounts/{id}`
pub(super) fn remove_discount(call: &Call<'_>) -> Answer {
    let entry = remove(call, Kind::Discount)?;
    Ok(json(StatusCode::OK, &discount_shown(entry)))
}

fn remove(call: &Call<'_>, kind: Kind) -> Result<Entry, Problem> {
    let id = call.path_value("id");
    let entry = entries(call.sql)?
        .into_iter()
        .find(|entry| entry.kind == kind && entry.id == id)
        .ok_or_else(|| Problem::new(ErrorCode::NotFound, format!("No such price {id}")))?;
    call.tenant.transaction(call.sql, &mut || {
        call.sql.execute(
            "DELETE FROM own_price WHERE id = ?",
            &[Param::Text(&entry.id)],
        )?;
        let action = match kind {
            Kind::Rates => "price.delete",
            Kind::Discount => "discount.delete",
        };
        record_change(call, action, &entry.id, &entry.as_priced())
    })?;
    call.tenant.forget_organization();
    Ok(entry)
}

fn rates_shown(entry: Entry) -> OwnRates {
    let rates: BTreeMap<String, Json> = serde_json::from_str(&entry.value).unwrap_or_default();
    let text = |value: Json| {
        let text = match value {
            Json::String(text) => text,
            other => other.to_string(),
        };
        decimal::plain(&text).unwrap_or(text)
    };
    OwnRates {
        id: entry.id,
        provider: entry.provider,
        model: entry.model,
        rates: rates
            .into_iter()
            .map(|(bucket, rate)| (bucket, text(rate)))
            .collect(),
        valid_from: entry.valid_from,
        valid_to: entry.valid_to,
        created_at: format_ms(entry.created_ms),
    }
}

fn discount_shown(entry: Entry) -> Discount {
    Discount {
        id: entry.id,
        provider: entry.provider,
        model: entry.model,
        percent: RawValue::from_string(entry.value).unwrap_or_default(),
        valid_from: entry.valid_from,
        valid_to: entry.valid_to,
        created_at: format_ms(entry.created_ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_read_exactly() {
        for (raw, read) in [
            ("15", "15"),
            ("\"12.50\"", "12.5"),
            ("0", "0"),
            ("100.0", "100"),
            ("0.0001", "0.0001"),
            ("1e1", "10"),
            ("1E-4", "0.0001"),
        ] {
            assert_eq!(percent(raw), Ok(read.to_owned()), "{raw}");
        }
        for wrong in [
            "-1", "100.1", "1e-5", "1e3", "\"\"", "\"a\"", "0.00001", ".5", "null", "[]",
        ] {
            assert!(percent(wrong).is_err(), "{wrong}");
        }
    }
}
