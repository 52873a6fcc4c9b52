//! That prices on which the public catalogues agree are ours.

use super::facts::Offer;
use super::model_name::without_snapshot;
use super::price_file::{Card, ModelEntry, PriceFile};
use std::collections::BTreeMap;

/// Providers for which every agreed price must be ours.
pub(super) const PROVIDERS: [&str; 3] = ["openai", "anthropic", "gemini"];

/// How many prices both state alike for a provider, and those of them that are not ours.
pub(super) fn agreed(
    provider: &str,
    first: &[Offer],
    second: &[Offer],
    file: &PriceFile,
    today: &str,
) -> (usize, Vec<String>) {
    let by_id: BTreeMap<&str, &Offer> = first
        .iter()
        .filter(|o| o.provider == provider)
        .map(|o| (o.id.as_str(), o))
        .collect();
    let mut count = 0;
    let mut wrong = Vec::new();
    for theirs in second.iter().filter(|offer| offer.provider == provider) {
        let Some(ours) = theirs
            .same_as
            .as_ref()
            .and_then(|(id, _)| by_id.get(id.as_str()))
        else {
            continue;
        };
        let plain = (None, None);
        let (Some(one), Some(other)) = (ours.current(&plain, today), theirs.current(&plain, today))
        else {
            continue;
        };
        // A name that only a pattern leads to may be another model; the same prices of input and output say it is not.
        if one.usd.get("input") != other.usd.get("input")
            || one.usd.get("output") != other.usd.get("output")
        {
            continue;
        }
        for (bucket, usd) in other
            .usd
            .iter()
            .filter(|(bucket, usd)| one.usd.get(*bucket) == Some(usd))
        {
            count += 1;
            let held = model(file, &theirs.id)
                .and_then(|model| current(model, today))
                .and_then(|card| card.usd.get(bucket));
            if held != Some(usd) {
                wrong.push(format!(
                    "{provider}/{} {bucket}: both say {usd}, we say {held:?}",
                    theirs.id
                ));
            }
        }
    }
    (count, wrong)
}

fn model<'a>(file: &'a PriceFile, name: &str) -> Option<&'a ModelEntry> {
    let exact = |name: &str| {
        file.model
            .iter()
            .find(|model| model.id == name || model.aliases.iter().any(|alias| alias == name))
    };
    exact(name).or_else(|| exact(without_snapshot(name)?))
}

fn current<'a>(model: &'a ModelEntry, today: &str) -> Option<&'a Card> {
    let in_force = |card: &&Card| {
        card.when.is_none()
            && card.during.is_none()
            && card.from.as_deref().is_none_or(|from| from <= today)
    };
    model
        .price
        .iter()
        .filter(in_force)
        .max_by(|a, b| a.from.cmp(&b.from))
}
