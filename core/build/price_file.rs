//! The shape of `catalog/prices/*.toml` and what a decimal or a date in it means. `xtask catalog` writes by it.

use serde::Deserialize;
use std::collections::BTreeMap;

/// What one provider charges.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PriceFile {
    pub(crate) provider: String,
    /// The vendor's page; empty when nobody charges.
    pub(crate) page: String,
    /// The day cards were compared with their sources, where a card does not say.
    pub(crate) checked: String,
    /// Who states the prices, where a card does not say.
    pub(crate) sources: Vec<String>,
    #[serde(default)]
    pub(crate) model: Vec<ModelEntry>,
}

/// A model and its dated cards.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelEntry {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    /// Groups of models that `rules.toml` has factors for.
    #[serde(default)]
    pub(crate) factors: Vec<String>,
    pub(crate) price: Vec<Card>,
}

/// Rates that hold from a day on, under a condition.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Card {
    /// The first day; absent when it is not known to have been otherwise.
    pub(crate) from: Option<String>,
    /// `modifier=value`, several joined by commas; absent for the plain price.
    pub(crate) when: Option<String>,
    /// Hours of the week in UTC, `mon-fri 01:00-04:00`, several joined by commas.
    pub(crate) during: Option<String>,
    pub(crate) sources: Option<Vec<String>>,
    pub(crate) checked: Option<String>,
    /// US dollars by bucket, for as many units as the registry says.
    pub(crate) usd: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) tier: Vec<Tier>,
}

/// What a long prompt changes: rates of buckets it restates, for the whole request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tier {
    /// Input tokens beyond which it applies.
    pub(crate) above: Option<u64>,
    /// Input tokens from which it applies, for vendors whose boundary belongs to the dearer side.
    pub(crate) from_tokens: Option<u64>,
    pub(crate) usd: BTreeMap<String, String>,
}

impl Tier {
    /// The threshold, and whether exactly that many tokens belong to the tier.
    pub(crate) fn threshold(&self) -> Result<(u64, bool), String> {
        match (self.above, self.from_tokens) {
            (Some(tokens), None) => Ok((tokens, false)),
            (None, Some(tokens)) => Ok((tokens, true)),
            _ => Err("a tier has either `above` or `from_tokens`".into()),
        }
    }
}

/// Decimal dollars as a whole number and how many of its digits stand behind the point. Prices go down to a
/// pico-dollar; anything finer is a mistake in the data.
pub(crate) fn decimal(text: &str) -> Result<(u64, u32), String> {
    let wrong = || format!("{text:?} is not decimal dollars");
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 12 {
        return Err(format!("{text:?} is finer than a pico-dollar"));
    }
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let mut mantissa: u64 = digits.parse().map_err(|_| wrong())?;
    let mut decimals = u32::try_from(fraction.len()).map_err(|_| wrong())?;
    while decimals > 0 && mantissa.is_multiple_of(10) {
        (mantissa, decimals) = (mantissa / 10, decimals - 1);
    }
    if mantissa.checked_mul(10_u64.pow(12 - decimals)).is_none() {
        return Err(format!("{text:?} is too many dollars"));
    }
    Ok((mantissa, decimals))
}

/// Days since 1970 of an ISO date.
pub(crate) fn day(text: &str) -> Result<i64, String> {
    let wrong = || format!("{text:?} is not a date like 2026-01-31");
    let mut parts = text.splitn(3, '-').map(str::parse::<i64>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) =
        (parts.next(), parts.next(), parts.next())
    else {
        return Err(wrong());
    };
    if text.len() != 10 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return Err(wrong());
    }
    // Days from the civil calendar, years counted from March so that a leap day ends one.
    let shifted = if month > 2 { year } else { year - 1 };
    let era_day = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400;
    let year_day = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Ok(era_day + year_day - 719_468)
}
