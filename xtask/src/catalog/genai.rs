//! The first catalogue, genai-prices: dated prices, per million tokens or thousand calls.

use super::decimal;
use super::facts::{Offer, Price};
use super::sources::Sources;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const NAME: &str = "genai-prices";

#[derive(Deserialize)]
pub(super) struct Provider {
    id: String,
    pub(super) page: String,
    models: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    id: String,
    names: Vec<(String, String)>,
    cards: Vec<Card>,
}

#[derive(Deserialize)]
struct Card {
    from: Option<String>,
    during: Option<String>,
    when: BTreeMap<String, String>,
    usd: BTreeMap<String, Rate>,
}

#[derive(Deserialize)]
struct Rate {
    base: String,
    tiers: Vec<(u64, String)>,
}

/// Their keys, ours, and what theirs is per over what ours is per.
const KEYS: [(&str, &str); 25] = [
    ("input_mtok", "input"),
    ("output_mtok", "output"),
    ("cache_read_mtok", "cache_read"),
    ("cache_write_mtok", "cache_write"),
    ("cache_write_1h_mtok", "cache_write_1h"),
    ("input_audio_mtok", "input_audio"),
    ("input_image_mtok", "input_image"),
    ("input_video_mtok", "input_video"),
    ("cache_audio_read_mtok", "cache_read_audio"),
    ("cache_image_read_mtok", "cache_read_image"),
    ("output_audio_mtok", "output_audio"),
    ("output_image_mtok", "output_image"),
    ("output_video_mtok", "output_video"),
    ("output_reasoning_mtok", "output_reasoning"),
    ("output_citation_mtok", "output_citation"),
    ("web_searches_kcount", "web_search"),
    ("storage_searches_kcount", "file_search"),
    ("requests_kcount", "request"),
    ("input_text_messages_kcount", "text_message"),
    ("audio_hours", "audio_seconds"),
    ("input_audio_hours", "audio_seconds"),
    ("input_document_kpages", "pages"),
    ("input_annotated_document_kpages", "annotated_pages"),
    ("input_mchars", "characters"),
    ("cache_write_5m_mtok", "cache_write_5m"),
];

/// Every model, and the pages the prices are from by our provider.
pub(super) fn offers(
    providers: &[Provider],
    sources: &Sources,
) -> Result<(Vec<Offer>, BTreeMap<String, String>), String> {
    let mut offers = Vec::new();
    let mut pages = BTreeMap::new();
    for provider in providers {
        for ours in sources.of_genai(&provider.id) {
            pages
                .entry(ours.clone())
                .or_insert_with(|| provider.page.clone());
            for model in provider
                .models
                .iter()
                .filter(|model| sources.sells(ours, &model.id))
            {
                let place = |e: String| format!("{NAME}: {}/{}: {e}", provider.id, model.id);
                offers.push(offer(ours, model).map_err(place)?);
            }
        }
    }
    Ok((offers, pages))
}

fn offer(provider: &str, model: &Model) -> Result<Offer, String> {
    let id = model.id.to_lowercase();
    let names = model.names.iter().filter_map(|(how, text)| name(how, text));
    let aliases = names.filter(|name| *name != id).collect();
    let mut prices: Vec<Price> = Vec::new();
    for card in &model.cards {
        let when: Vec<String> = card
            .when
            .iter()
            .map(|(name, value)| format!("{name}={value}").to_lowercase())
            .collect();
        if card.usd.is_empty() {
            continue;
        }
        let mut price = Price {
            from: card.from.clone(),
            when: (!when.is_empty()).then(|| when.join(",")),
            during: card.during.clone(),
            sources: BTreeSet::from([NAME.to_owned()]),
            ..Price::default()
        };
        for (key, rate) in &card.usd {
            let (_, bucket) = KEYS
                .iter()
                .find(|(theirs, _)| theirs == key)
                .ok_or_else(|| format!("unknown unit {key}"))?;
            let usd =
                |text: &str| decimal::times(text, 1).ok_or_else(|| format!("{key}: {text:?}"));
            price.usd.insert((*bucket).to_owned(), usd(&rate.base)?);
            for (start, text) in &rate.tiers {
                // One token short of a round number is a vendor whose boundary belongs to the dearer side.
                let threshold = if start % 1_000 == 999 {
                    (start + 1, true)
                } else {
                    (*start, false)
                };
                price
                    .tiers
                    .entry(threshold)
                    .or_default()
                    .insert((*bucket).to_owned(), usd(text)?);
            }
        }
        prices.push(price);
    }
    // Of two that hold at the same time the later one counts there: hours belong to the last dated price.
    let mut last = None;
    for price in &mut prices {
        match (&price.during, &price.from) {
            (Some(_), None) => price.from.clone_from(&last),
            (None, from) if price.when.is_none() => last.clone_from(from),
            _ => {}
        }
    }
    merge_hours(&mut prices);
    Ok(Offer {
        provider: provider.to_owned(),
        id,
        aliases,
        prices,
        ..Offer::default()
    })
}

/// Two windows of one price are one card.
fn merge_hours(prices: &mut Vec<Price>) {
    let mut merged: Vec<Price> = Vec::new();
    for price in prices.drain(..) {
        let twin = merged.iter_mut().find(|other| {
            other.during.is_some()
                && price.during.is_some()
                && other.from == price.from
                && other.is_same_price(&price)
        });
        match (twin, &price.during) {
            (
                Some(Price {
                    during: Some(hours),
                    ..
                }),
                Some(more),
            ) => {
                hours.push_str(", ");
                hours.push_str(more);
            }
            _ => merged.push(price),
        }
    }
    *prices = merged;
}

/// A literal of a match rule, if it can be a whole name. The start of a name is one of its forms; a date that the
/// rule was cut off in is not.
fn name(how: &str, text: &str) -> Option<String> {
    let name = text.to_lowercase();
    let name = name.trim_end_matches('@');
    let is_cut = name.ends_with(['-', '_', '.', '/', ':'])
        || name.ends_with("-20")
        || name.ends_with("-2024")
        || name.ends_with("-2025");
    let is_whole = how == "equals" || !is_cut && name.len() > 3;
    (is_whole && name.trim() == name && !name.is_empty()).then(|| name.to_owned())
}
