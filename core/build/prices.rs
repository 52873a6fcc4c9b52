//! `catalog/prices/*.toml`: dated rate cards, turned from decimal dollars into whole pico-dollars.

use crate::buckets::Buckets;
use crate::providers::Providers;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    provider: String,
    source: String,
    checked: String,
    model: Vec<Model>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    id: String,
    #[serde(default)]
    aliases: Vec<String>,
    price: Vec<Card>,
    #[serde(default)]
    variant: Vec<Card>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    when: Option<String>,
    from: Option<String>,
    usd: BTreeMap<String, String>,
    #[serde(default)]
    tier: Vec<Tier>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tier {
    /// Total input tokens beyond which the whole request is priced by this tier.
    above: Option<u64>,
    /// The same, for vendors whose boundary belongs to the higher tier.
    from_tokens: Option<u64>,
    usd: BTreeMap<String, String>,
}

pub(crate) fn load(
    folder: &Path,
    buckets: &Buckets,
    providers: &Providers,
) -> Result<String, String> {
    let mut entries = String::new();
    let mut names: BTreeSet<(String, String)> = BTreeSet::new();
    let mut index: Vec<(String, String, usize)> = Vec::new();
    let mut count = 0;
    for path in crate::files(folder)? {
        let file: File = crate::read(&path)?;
        let at = |e: String| format!("{}: {e}", path.display());
        if !providers.knows(&file.provider) {
            return Err(at(format!(
                "no provider {:?} in providers.toml",
                file.provider
            )));
        }
        day(&file.checked).map_err(at)?;
        for model in &file.model {
            for name in std::iter::once(&model.id).chain(&model.aliases) {
                if *name != name.to_ascii_lowercase() {
                    return Err(at(format!("{name}: names are in lower case")));
                }
                if !names.insert((file.provider.clone(), name.clone())) {
                    return Err(at(format!("{name} names two models")));
                }
                index.push((file.provider.clone(), name.clone(), count));
            }
            let entry =
                compile(&file, model, buckets).map_err(|e| at(format!("{}: {e}", model.id)))?;
            let _ = writeln!(entries, "    {entry},");
            count += 1;
        }
    }
    index.sort();
    let mut text = format!("pub(crate) static MODELS: [Model; {count}] = [\n{entries}];\n");
    let _ = writeln!(
        text,
        "pub(crate) static NAMES: [(&str, &str, u16); {}] = [",
        index.len()
    );
    for (provider, name, model) in index {
        let _ = writeln!(text, "    ({provider:?}, {name:?}, {model}),");
    }
    text.push_str("];\n");
    Ok(text)
}

fn compile(file: &File, model: &Model, buckets: &Buckets) -> Result<String, String> {
    let mut cards = String::from("&[");
    let mut seen = BTreeSet::new();
    for card in model.price.iter().chain(&model.variant) {
        let from = card.from.as_deref().map_or(Ok(i64::MIN), day)?;
        if !seen.insert((card.when.clone(), from)) {
            return Err("two cards begin on the same day".into());
        }
        let (when, suffix) = match &card.when {
            None => ("None".to_owned(), String::new()),
            Some(condition) => {
                let (name, value) = condition
                    .split_once('=')
                    .ok_or("when = \"modifier=value\"")?;
                (
                    format!("Some(({name:?}, {value:?}))"),
                    format!("?{condition}"),
                )
            }
        };
        let since = card
            .from
            .as_ref()
            .map_or_else(String::new, |from| format!("@{from}"));
        let mut tiers = String::from("&[");
        for tier in &card.tier {
            let (tokens, inclusive) = match (tier.above, tier.from_tokens) {
                (Some(tokens), None) => (tokens, false),
                (None, Some(tokens)) => (tokens, true),
                _ => return Err("a tier has either `above` or `from_tokens`".into()),
            };
            let _ = write!(
                tiers,
                "Tier {{ tokens: {tokens}, inclusive: {inclusive}, rates: {} }}, ",
                rates(&tier.usd, buckets)?
            );
        }
        tiers.push(']');
        let _ = write!(
            cards,
            "RateCard {{ id: \"{}/{}{since}{suffix}\", from_ms: {from}, when: {when}, rates: {}, tiers: {tiers} }}, ",
            file.provider,
            model.id,
            rates(&card.usd, buckets)?
        );
    }
    cards.push(']');
    Ok(format!(
        "Model {{ provider: {:?}, id: {:?}, source: {:?}, checked: {:?}, cards: {cards} }}",
        file.provider, model.id, file.source, file.checked
    ))
}

fn rates(usd: &BTreeMap<String, String>, buckets: &Buckets) -> Result<String, String> {
    let mut list: Vec<(usize, String)> = Vec::new();
    for (bucket, text) in usd {
        let index = buckets.index(bucket)?;
        let total = pico(text).map_err(|e| format!("{bucket}: {e}"))?;
        let per = buckets.per(index);
        let rate = if total % per == 0 {
            format!("Rate {{ pico: {}, per: 1 }}", total / per)
        } else {
            format!("Rate {{ pico: {total}, per: {per} }}")
        };
        list.push((index, rate));
    }
    list.sort();
    let items: Vec<_> = list
        .iter()
        .map(|(index, rate)| format!("({index}, {rate})"))
        .collect();
    Ok(format!("&[{}]", items.join(", ")))
}

/// Decimal dollars in pico-dollars; a price finer than that is a mistake in the data.
fn pico(text: &str) -> Result<u64, String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 12 {
        return Err(format!("{text:?} is finer than a pico-dollar"));
    }
    let digits = format!("{whole}{fraction:0<12}");
    digits
        .parse()
        .map_err(|_| format!("{text:?} is not decimal dollars"))
}

/// Midnight UTC of an ISO date, in milliseconds since 1970.
fn day(text: &str) -> Result<i64, String> {
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
    Ok((era_day + year_day - 719_468) * 86_400_000)
}
