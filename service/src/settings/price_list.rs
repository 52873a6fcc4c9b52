//! `GET /v1/prices`: what a model costs, and who says so.

use super::own_prices::{Entry, Kind as OwnKind, entries};
use crate::http::{Problem, json};
use crate::route::{Kind, Parameter};
use crate::router::{Answer, Call};
use bearlumen_core::pricing::{ModelMatch, PriceId, RateCard, find_model, providers_selling};
use bearlumen_core::timestamp::{self, DAY_MS, Moment, format_ms};
use http::StatusCode;
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Which model, whose, when.
pub(super) const WHICH: &[Parameter] = &[
    Parameter::new(
        "model",
        Kind::Text,
        "The model, as in its provider's responses",
    )
    .required(),
    Parameter::new("provider", Kind::Text, "Only what this provider charges"),
    Parameter::new(
        "at",
        Kind::Time,
        "When, an ISO 8601 date (midnight UTC) or date-time; now when absent",
    ),
];

/// What a model costs at a time.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct PriceList {
    /// As asked for.
    model: String,
    /// ISO 8601.
    at: String,
    /// One for each provider that sells the model and each condition that changes its price.
    prices: Vec<Card>,
    /// The organisation's own rates and discounts for it, as they are given to `/v1/prices/custom` and
    /// `/v1/prices/discounts`.
    own: Vec<OwnEntry>,
}

/// A rate card of the catalogue's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "RateCard")
)]
struct Card {
    /// The price's name, as costs carry it.
    price_id: String,
    provider: &'static str,
    /// The catalogue's name for the model.
    model: &'static str,
    /// How the name led to the model: `exact`, `alias`, `snapshot`, `every_model`.
    matched: &'static str,
    /// The modifier it is for, such as `service_tier=flex`; null for the plain price.
    condition: Option<&'static str>,
    /// The hours of the week it holds in, UTC; null for all.
    during: Option<&'static str>,
    /// The first day, ISO 8601; null when it is not known to have been otherwise.
    from: Option<String>,
    /// US dollars for one unit of each bucket, exact decimal text.
    usd_per_unit: BTreeMap<String, String>,
    /// What a long prompt changes.
    tiers: Vec<LongPrompt>,
    /// Who states these prices.
    sources: Vec<&'static str>,
    /// The day they were last compared, `2026-01-31`.
    checked: &'static str,
}

/// Rates for requests whose input is long.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct LongPrompt {
    /// Above how many input tokens, all classes together.
    above_input_tokens: u64,
    /// Exactly so many belong here, too.
    inclusive: bool,
    /// US dollars for one unit of each bucket that it restates.
    usd_per_unit: BTreeMap<String, String>,
}

/// Own rates or an own discount.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct OwnEntry {
    /// `price_…` or `disc_…`
    id: String,
    /// `rates` or `discount`.
    kind: &'static str,
    provider: Option<String>,
    model: Option<String>,
    /// Rates by bucket, or percent.
    value: Json,
    valid_from: Option<String>,
    valid_to: Option<String>,
}

/// `GET /v1/prices`
pub(super) fn show(call: &Call<'_>) -> Answer {
    let query = call.query();
    let Some(model) = query.get(&["model"]) else {
        return Err(Problem::invalid(
            "model",
            "Missing model: expected a model's name",
        ));
    };
    let at_ms = match query.get(&["at"]).map(timestamp::parse) {
        None => call.ctx.now_ms,
        Some(Some(Moment::Instant(ms))) => ms,
        Some(Some(Moment::Day(day))) => day
            .to_zoned(jiff::tz::TimeZone::UTC)
            .map_or(0, |at| at.timestamp().as_millisecond()),
        Some(None) => {
            let message = "Invalid at: expected an ISO 8601 date or date-time";
            return Err(Problem::invalid("at", message));
        }
    };
    let provider = query.get(&["provider"]);
    let found: Vec<ModelMatch> = match provider {
        Some(provider) => find_model(provider, model).into_iter().collect(),
        None => providers_selling(model),
    };
    let own = entries(call.sql)?
        .into_iter()
        .filter(|entry| concerns(entry, provider, model, at_ms))
        .map(own_shown)
        .collect();
    let prices = found.iter().flat_map(|found| cards(found, at_ms)).collect();
    Ok(json(
        StatusCode::OK,
        &PriceList {
            model: model.to_owned(),
            at: format_ms(at_ms),
            prices,
            own,
        },
    ))
}

/// The card of each condition and each hours that holds at a time: the latest of those that have begun.
fn cards(found: &ModelMatch, at_ms: i64) -> Vec<Card> {
    let mut latest: BTreeMap<(Option<&str>, Option<&str>), RateCard> = BTreeMap::new();
    for card in found.model.cards() {
        let key = (card.condition(), card.during());
        let begun = card.from_ms().is_none_or(|from| from <= at_ms);
        if begun
            && latest
                .get(&key)
                .is_none_or(|known| known.from_ms() <= card.from_ms())
        {
            latest.insert(key, card);
        }
    }
    let shown = |card: &RateCard| Card {
        price_id: PriceId::of(&found.model, card).to_string(),
        provider: found.model.provider,
        model: found.model.id,
        matched: found.kind.as_str(),
        condition: card.condition(),
        during: card.during(),
        from: card.from_ms().map(format_ms),
        usd_per_unit: by_bucket(card.rates()),
        tiers: card
            .tiers()
            .map(|tier| LongPrompt {
                above_input_tokens: tier.tokens,
                inclusive: tier.inclusive,
                usd_per_unit: by_bucket(tier.rates()),
            })
            .collect(),
        sources: card.sources().to_vec(),
        checked: card.checked(),
    };
    latest.values().map(shown).collect()
}

fn by_bucket(
    rates: impl Iterator<Item = (bearlumen_core::bucket::Bucket, bearlumen_core::money::Rate)>,
) -> BTreeMap<String, String> {
    rates
        .map(|(bucket, rate)| (bucket.id().to_owned(), rate.usd_per_unit()))
        .collect()
}

fn concerns(entry: &Entry, provider: Option<&str>, model: &str, at_ms: i64) -> bool {
    let fits = |pattern: Option<&str>, text: &str| match pattern {
        None => true,
        Some(pattern) => match pattern.strip_suffix('*') {
            Some(start) => text.to_lowercase().starts_with(&start.to_lowercase()),
            None => pattern.eq_ignore_ascii_case(text),
        },
    };
    let midnight = |day: &str| match timestamp::parse(&format!("{day}T00:00:00Z")) {
        Some(Moment::Instant(ms)) => Some(ms),
        _ => None,
    };
    let from = entry.valid_from.as_deref().and_then(midnight);
    let until = entry.valid_to.as_deref().and_then(midnight);
    fits(entry.model.as_deref(), model)
        && provider.is_none_or(|provider| fits(entry.provider.as_deref(), provider))
        && from.is_none_or(|from| from <= at_ms)
        && until.is_none_or(|last_day| at_ms < last_day + DAY_MS)
}

fn own_shown(entry: Entry) -> OwnEntry {
    OwnEntry {
        id: entry.id,
        kind: match entry.kind {
            OwnKind::Rates => "rates",
            OwnKind::Discount => "discount",
        },
        provider: entry.provider,
        model: entry.model,
        value: serde_json::from_str(&entry.value).unwrap_or_default(),
        valid_from: entry.valid_from,
        valid_to: entry.valid_to,
    }
}
