//! The second catalogue, litellm, and the third, tokencost, which is an old copy of it: today's prices, per unit.

use super::decimal;
use super::facts::{Offer, Price, Usd};
use super::litellm_field::{Place, place};
use super::litellm_hours::busy_hours;
use super::units::Units;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const NAME: &str = "litellm";
pub(super) const OLD_COPY: &str = "tokencost";

#[derive(Deserialize)]
pub(super) struct Entry {
    key: String,
    provider: String,
    name: String,
    mode: Option<String>,
    fields: Map<String, Value>,
    genai: Option<Matched>,
}

#[derive(Deserialize)]
struct Matched {
    model: String,
    literal: bool,
}

/// Every model with a price. Entries that are no model (size classes, commitments by the month) are left out.
pub(super) fn offers(entries: &[Entry], source: &str, units: &Units) -> Result<Vec<Offer>, String> {
    let mut offers: Vec<Offer> = Vec::new();
    for entry in entries {
        if is_no_model(&entry.key) {
            continue;
        }
        let (name, when) = decorations(&entry.name.to_lowercase());
        let prices = prices(entry, &name, &when, source, units)
            .map_err(|e| format!("{source}: {}: {e}", entry.key))?;
        if prices.is_empty() {
            continue;
        }
        let same_as = entry
            .genai
            .as_ref()
            .map(|matched| (matched.model.to_lowercase(), matched.literal));
        let factors = factors(entry);
        offers.push(Offer {
            provider: entry.provider.clone(),
            id: name,
            prices,
            same_as,
            factors,
            ..Offer::default()
        });
    }
    Ok(offers)
}

fn is_no_model(key: &str) -> bool {
    key.contains("commitment/")
        || key.contains('*')
        || key.starts_with("together-ai-")
        || key.starts_with("fireworks-ai-")
}

/// Groups of models that one factor concerns.
fn factors(entry: &Entry) -> BTreeSet<String> {
    let mut groups = BTreeSet::new();
    let own = entry.fields.get("provider_specific_entry");
    if own.and_then(|own| own.get("us")).and_then(Value::as_str) == Some("1.1") {
        groups.insert("us_inference".to_owned());
    }
    let uplift = |field: &str| entry.fields.get(field).and_then(Value::as_str) == Some("1.1");
    if uplift("regional_processing_uplift_multiplier_eu")
        && uplift("regional_processing_uplift_multiplier_us")
    {
        groups.insert("regional_processing".to_owned());
    }
    if uplift("regional_endpoint_uplift_multiplier") {
        groups.insert("regional_endpoint".to_owned());
    }
    groups
}

/// Regions whose prices are a vendor's plain ones.
const HOME_REGIONS: [&str; 3] = ["us-east-1", "us-east-2", "us-west-2"];

/// Qualities, sizes, steps, regions and data zones that stand before a name.
fn decorations(name: &str) -> (String, BTreeMap<String, String>) {
    let mut when = BTreeMap::new();
    let mut rest = name;
    while let Some((first, after)) = rest.split_once('/') {
        let (modifier, value) = if [
            "low", "medium", "high", "xhigh", "max", "standard", "hd", "auto",
        ]
        .contains(&first)
        {
            ("quality", first.to_owned())
        } else if is_size(first) {
            ("size", first.replace("-x-", "x"))
        } else if let Some(steps) = first.strip_suffix("-steps") {
            ("steps", steps.to_owned())
        } else if is_region(first) && !HOME_REGIONS.contains(&first) {
            ("region", first.to_owned())
        } else if ["us", "eu", "apac", "us-gov"].contains(&first) {
            ("data_zone", first.to_owned())
        } else if first == "streaming" {
            ("mode", first.to_owned())
        } else if first == "bedrock" || HOME_REGIONS.contains(&first) {
            rest = after;
            continue;
        } else {
            break;
        };
        when.insert(modifier.to_owned(), value);
        rest = after;
    }
    (rest.to_owned(), when)
}

fn is_size(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text == "max-x-max"
        || text
            .split_once("-x-")
            .is_some_and(|(width, height)| digits(width) && digits(height))
}

/// `eu-west-2`, `us-gov-east-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let last_is_number = parts.last().is_some_and(|last| last.parse::<u8>().is_ok());
    (3..=4).contains(&parts.len())
        && last_is_number
        && parts
            .iter()
            .rev()
            .skip(1)
            .all(|part| part.bytes().all(|b| b.is_ascii_lowercase()))
}

fn prices(
    entry: &Entry,
    name: &str,
    when: &BTreeMap<String, String>,
    source: &str,
    units: &Units,
) -> Result<Vec<Price>, String> {
    let mut found: BTreeMap<BTreeMap<String, String>, Price> = BTreeMap::new();
    let mut put = |place: Place, text: &str| -> Result<(), String> {
        let mut condition = when.clone();
        condition.extend(place.when.iter().cloned());
        let price = found.entry(condition).or_default();
        let usd = match place.tier {
            None => &mut price.usd,
            Some(threshold) => price.tiers.entry(threshold).or_default(),
        };
        let number = decimal::times(text, units.per(place.bucket)?)
            .ok_or_else(|| format!("{}: {text:?}", place.bucket))?;
        usd.entry(place.bucket.to_owned()).or_insert(number);
        Ok(())
    };
    let mode = entry.mode.as_deref().unwrap_or("chat");
    for (field, value) in &entry.fields {
        for (place, text) in place(field, value, mode, when.get("size").map(String::as_str)) {
            put(place, &text)?;
        }
    }
    if found.values().all(|price| {
        price
            .usd
            .values()
            .chain(price.tiers.values().flat_map(BTreeMap::values))
            .all(|usd| usd == "0")
    }) {
        // Nothing at all is as often unknown as free: the first catalogue decides who is free.
        return Ok(Vec::new());
    }
    let quiet = quiet_price(entry, units)?;
    let mut prices: Vec<Price> = Vec::new();
    for (condition, mut price) in found {
        tidy(&mut price, name);
        if price.usd.is_empty() {
            continue;
        }
        let when: Vec<String> = condition
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        price.when = (!when.is_empty()).then(|| when.join(","));
        price.sources = BTreeSet::from([source.to_owned()]);
        if let (None, Some((hours, quiet))) = (&price.when, &quiet) {
            prices.push(Price {
                usd: quiet.clone(),
                ..price.clone()
            });
            price.during = Some(hours.clone());
        }
        prices.push(price);
    }
    Ok(prices)
}

/// The price of quiet hours, and the hours that are not.
fn quiet_price(entry: &Entry, units: &Units) -> Result<Option<(String, Usd)>, String> {
    let Some(off_peak) = entry
        .fields
        .get("off_peak_pricing")
        .and_then(Value::as_object)
    else {
        return Ok(None);
    };
    let hours = busy_hours(off_peak).ok_or("off_peak_pricing: hours of another form")?;
    let mut usd = Usd::new();
    for (field, value) in off_peak {
        for (place, text) in place(field, value, "chat", None) {
            let number = decimal::times(&text, units.per(place.bucket)?);
            usd.insert(
                place.bucket.to_owned(),
                number.ok_or_else(|| format!("{field}: {text:?}"))?,
            );
        }
    }
    Ok(Some((hours, usd)))
}

/// Zeros that say nothing, and what is only another way to put the price of tokens.
fn tidy(price: &mut Price, name: &str) {
    let has_tokens = price.usd.get("input").is_some_and(|usd| usd != "0");
    if has_tokens && !name.contains("embed") {
        for bucket in [
            "input_images",
            "images",
            "audio_seconds",
            "input_video_seconds",
            "characters",
        ] {
            price.usd.remove(bucket);
        }
    }
    if price.usd.contains_key("images") && price.usd.get("images") == price.usd.get("input_images")
    {
        // One price of a picture made, under both names.
        price.usd.remove("input_images");
    }
    let counts_else = price
        .usd
        .iter()
        .any(|(bucket, usd)| usd != "0" && bucket != "input" && bucket != "output");
    price.usd.retain(|bucket, usd| {
        usd != "0" || counts_else && !has_tokens && matches!(bucket.as_str(), "input" | "output")
    });
    for usd in price.tiers.values_mut() {
        usd.retain(|bucket, usd| usd != "0" && price.usd.contains_key(bucket));
    }
    price.tiers.retain(|_, usd| !usd.is_empty());
}
