//! `bearlumen prices`

use super::CommandError;
use crate::surroundings::now_ms;
use bearlumen_core::bucket::Bucket;
use bearlumen_core::money::Rate;
use bearlumen_core::pricing::{ModelMatch, PriceId, RateCard, find_model, providers_selling};
use bearlumen_core::provider::provider_named;
use bearlumen_core::timestamp::{self, DAY_MS, Moment};
use clap::Args;
use serde_json::{Map, Value, json};
use std::io::{BufWriter, Write, stdout};

/// Show who sells a model and at what prices.
#[derive(Args)]
pub struct Prices {
    /// The model, as a response or an invoice names it.
    model: String,
    /// Only this provider.
    #[arg(long)]
    provider: Option<String>,
    /// The day or moment, ISO 8601; now when absent.
    #[arg(long)]
    at: Option<String>,
    /// JSON instead of text.
    #[arg(long)]
    json: bool,
}

impl Prices {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let at_ms = self.at.as_deref().map_or(Ok(now_ms()), moment)?;
        let found = match &self.provider {
            Some(provider) => {
                let provider = provider_named(provider).unwrap_or(provider);
                find_model(provider, &self.model).into_iter().collect()
            }
            None => providers_selling(&self.model),
        };
        let mut out = BufWriter::new(stdout().lock());
        if self.json {
            let all: Vec<Value> = found.iter().map(|found| as_json(found, at_ms)).collect();
            writeln!(out, "{}", Value::from(all))?;
        } else if found.is_empty() {
            writeln!(out, "no price is known for {}", self.model)?;
        } else {
            for found in &found {
                show(&mut out, found, at_ms)?;
            }
        }
        out.flush()?;
        Ok(())
    }
}

fn moment(text: &str) -> Result<i64, CommandError> {
    match timestamp::parse(text) {
        Some(Moment::Instant(ms)) => Ok(ms),
        Some(Moment::Day(_)) => moment(&format!("{text}T00:00:00Z")),
        None => Err(CommandError(format!(
            "invalid --at: expected a date or date-time, got {text:?}"
        ))),
    }
}

/// Whether a card is over: a later one of its condition has begun.
fn is_past(card: &RateCard, found: &ModelMatch, at_ms: i64) -> bool {
    found.model.cards().any(|other| {
        other.condition() == card.condition()
            && other.during() == card.during()
            && other.from_ms().is_some_and(|from| from <= at_ms)
            && other.from_ms() > card.from_ms()
    })
}

fn show(out: &mut impl Write, found: &ModelMatch, at_ms: i64) -> std::io::Result<()> {
    let model = &found.model;
    write!(
        out,
        "{}/{}  ({}",
        model.provider,
        model.id,
        found.kind.as_str()
    )?;
    if let Some(decoration) = found.decoration {
        write!(out, ", without {decoration}")?;
    }
    if let Some((modifier, value)) = found.modifier {
        write!(out, ", {modifier}={value}")?;
    }
    writeln!(out, ")\n  {}", model.page)?;
    for card in model.cards().filter(|card| !is_past(card, found, at_ms)) {
        let since = card
            .from_ms()
            .map_or_else(String::new, |ms| format!(" from {}", day(ms)));
        let announced = if card.from_ms().is_some_and(|from| from > at_ms) {
            " (announced)"
        } else {
            ""
        };
        let during = card
            .during()
            .map_or_else(String::new, |during| format!(" {during} UTC"));
        let condition = card.condition().unwrap_or("plain");
        writeln!(out, "  {condition}{since}{during}{announced}")?;
        rates(out, "", card.rates())?;
        for tier in card.tiers() {
            let sign = if tier.inclusive { "from" } else { "above" };
            rates(
                out,
                &format!("{sign} {} input tokens: ", tier.tokens),
                tier.rates(),
            )?;
        }
        writeln!(
            out,
            "    stated by {}, checked {}",
            card.sources().join(" and "),
            card.checked()
        )?;
    }
    for (modifiers, times) in model.factors(at_ms) {
        writeln!(
            out,
            "  tokens x{times} under {}",
            words(modifiers).join(" or ")
        )?;
    }
    Ok(())
}

fn words(modifiers: &[(&str, &str)]) -> Vec<String> {
    modifiers
        .iter()
        .map(|(modifier, value)| format!("{modifier}={value}"))
        .collect()
}

fn rates(
    out: &mut impl Write,
    when: &str,
    rates: impl Iterator<Item = (Bucket, Rate)>,
) -> std::io::Result<()> {
    for (bucket, rate) in rates {
        let (per, unit) = (bucket.per(), bucket.unit());
        let plural = if per == 1 {
            unit.to_owned()
        } else {
            format!("{per} {unit}s")
        };
        writeln!(
            out,
            "    {when}{:<22} ${} for {plural}",
            bucket.id(),
            rate.usd_for(per)
        )?;
    }
    Ok(())
}

fn day(ms: i64) -> String {
    let text = timestamp::format_ms(ms.div_euclid(DAY_MS) * DAY_MS);
    text.get(..10).map(str::to_owned).unwrap_or(text)
}

fn as_json(found: &ModelMatch, at_ms: i64) -> Value {
    let model = &found.model;
    let cards = model
        .cards()
        .filter(|card| !is_past(card, found, at_ms))
        .map(|card| {
            json!({
                "priceId": PriceId::of(model, &card),
                "from": card.from_ms().map(day),
                "when": card.condition(),
                "during": card.during(),
                "usd": usd(card.rates()),
                "tiers": card.tiers().map(|tier| json!({
                    "inputTokens": tier.tokens,
                    "inclusive": tier.inclusive,
                    "usd": usd(tier.rates()),
                })).collect::<Vec<_>>(),
                "sources": card.sources(),
                "checked": card.checked(),
            })
        });
    json!({
        "provider": model.provider,
        "model": model.id,
        "matched": found.kind.as_str(),
        "decoration": found.decoration,
        "modifier": found.modifier.map(|(modifier, value)| format!("{modifier}={value}")),
        "page": model.page,
        "prices": cards.collect::<Vec<_>>(),
        "factors": model.factors(at_ms).map(|(modifiers, times)| json!({
            "anyOf": words(modifiers),
            "times": times,
        })).collect::<Vec<_>>(),
    })
}

/// Dollars by bucket, with the number of units they are for.
fn usd(rates: impl Iterator<Item = (Bucket, Rate)>) -> Map<String, Value> {
    let entry = |(bucket, rate): (Bucket, Rate)| {
        let value = json!({ "usd": rate.usd_for(bucket.per()), "per": bucket.per(), "unit": bucket.unit() });
        (bucket.id().to_owned(), value)
    };
    rates.map(entry).collect()
}
