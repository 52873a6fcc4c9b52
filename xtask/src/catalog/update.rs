//! Brings a price file up to date without touching its past.

use super::bedrock::{CROSS_REGION, REGIONAL};
use super::facts::{Offer, Price};
use super::price_file::{Card, ModelEntry, PriceFile};
use std::collections::{BTreeMap, BTreeSet};

/// Adds to a file what is new; returns what was done, in words.
pub(super) fn apply(
    file: &mut PriceFile,
    models: &BTreeMap<String, Offer>,
    today: &str,
) -> Vec<String> {
    let mut changes = Vec::new();
    let present: BTreeMap<String, usize> = file
        .model
        .iter()
        .enumerate()
        .map(|(at, m)| (m.id.clone(), at))
        .collect();
    // A name keeps its model; only a name that is nobody's yet can be given.
    let mut taken: BTreeSet<String> = file
        .model
        .iter()
        .flat_map(|model| std::iter::once(&model.id).chain(&model.aliases))
        .cloned()
        .collect();
    for (id, offer) in models {
        let place = format!("{}/{id}", file.provider);
        if let Some(model) = present.get(id).and_then(|at| file.model.get_mut(*at)) {
            let before = model.clone();
            extend(model, offer, (&file.sources, &file.checked), today);
            for alias in &offer.aliases {
                if taken.insert(alias.clone()) {
                    model.aliases.push(alias.clone());
                }
            }
            model.aliases.sort();
            let factors: BTreeSet<String> = model
                .factors
                .iter()
                .chain(offer.factors.iter().filter(|new| is_free(model, new)))
                .cloned()
                .collect();
            model.factors = factors.into_iter().collect();
            tell(&mut changes, &place, &before, model, today);
        } else if taken.insert(id.clone()) {
            let aliases = offer
                .aliases
                .iter()
                .filter(|alias| taken.insert((*alias).clone()))
                .cloned()
                .collect();
            let mut price: Vec<Card> = offer
                .prices
                .iter()
                .map(|price| price.card(&file.sources, &file.checked, today))
                .collect();
            price.sort_by(in_order);
            let factors = offer.factors.iter().cloned().collect();
            file.model.push(ModelEntry {
                id: id.clone(),
                aliases,
                factors,
                price,
            });
            changes.push(format!("{place}: new"));
        }
    }
    file.model.sort_by(|a, b| a.id.cmp(&b.id));
    changes
}

/// Whether a factor answers what none of the model's does. Factors have no day: what was true of the past stays.
fn is_free(model: &ModelEntry, factor: &str) -> bool {
    let other = match factor {
        REGIONAL => CROSS_REGION,
        CROSS_REGION => REGIONAL,
        _ => return true,
    };
    !model.factors.iter().any(|held| held == other)
}

/// Plain prices first, then by condition, each by day.
fn in_order(a: &Card, b: &Card) -> std::cmp::Ordering {
    (&a.when, &a.during, &a.from).cmp(&(&b.when, &b.during, &b.from))
}

fn extend(model: &mut ModelEntry, offer: &Offer, defaults: (&[String], &str), today: &str) {
    let is_future = |from: Option<&str>| from.is_some_and(|from| from > today);
    // An announcement is not a price yet: it goes when nobody states it any more.
    let is_stated = |card: &Card| {
        let mut stated = offer
            .prices
            .iter()
            .filter(|price| is_for_the_same(card, price) && card.from == price.from);
        stated.any(|price| is_same(card, price))
    };
    model
        .price
        .retain(|card| !is_future(card.from.as_deref()) || is_stated(card));
    for price in &offer.prices {
        let from = price.from.as_deref();
        let latest = latest_of(model, price, today);
        let is_known = latest.is_some_and(|card| is_same(card, price));
        if is_future(from) {
            if !model
                .price
                .iter()
                .any(|card| is_for_the_same(card, price) && card.from == price.from)
            {
                model.price.push(price.card(defaults.0, defaults.1, today));
            }
            continue;
        }
        let is_current = offer.current(&price.condition(), today) == Some(price);
        if !is_current || is_known {
            continue;
        }
        // Of what has been in force the file speaks; a change that nobody dated counts from today.
        let begin = match (latest, from) {
            (Some(latest), Some(from)) if Some(from) > latest.from.as_deref() => from,
            _ => today,
        };
        let mut price = price.clone();
        price.from = latest.map(|_| begin.to_owned()).or(price.from);
        let same_day = |card: &Card| {
            card.from == price.from && card.when == price.when && card.during == price.during
        };
        if !model.price.iter().any(same_day) {
            model.price.push(price.card(defaults.0, defaults.1, today));
        }
    }
    model.price.sort_by(in_order);
}

/// The last card of a price's condition whose day has come.
fn latest_of<'a>(model: &'a ModelEntry, price: &Price, today: &str) -> Option<&'a Card> {
    let has_begun = |card: &&Card| card.from.as_deref().is_none_or(|from| from <= today);
    model
        .price
        .iter()
        .filter(|card| is_for_the_same(card, price))
        .filter(has_begun)
        .max_by(|a, b| a.from.cmp(&b.from))
}

fn is_for_the_same(card: &Card, price: &Price) -> bool {
    card.when == price.when && card.during == price.during
}

fn is_same(card: &Card, price: &Price) -> bool {
    let tiers: BTreeMap<(u64, bool), _> = card
        .tier
        .iter()
        .filter_map(|tier| Some((tier.threshold().ok()?, tier.usd.clone())))
        .collect();
    card.usd == price.usd && tiers == price.tiers
}

fn tell(
    changes: &mut Vec<String>,
    place: &str,
    before: &ModelEntry,
    after: &ModelEntry,
    today: &str,
) {
    for card in after
        .price
        .iter()
        .filter(|card| !before.price.contains(card))
    {
        let from = card.from.as_deref().unwrap_or("ever");
        let kind = match from.cmp(today) {
            _ if card.from.is_none() => "added",
            std::cmp::Ordering::Less => "back-dated",
            std::cmp::Ordering::Equal => "changed",
            std::cmp::Ordering::Greater => "announced",
        };
        changes.push(format!(
            "{place}: {kind} from {from} {}",
            card.when.as_deref().unwrap_or_default()
        ));
    }
    for card in before
        .price
        .iter()
        .filter(|card| !after.price.contains(card))
    {
        changes.push(format!(
            "{place}: no longer announced from {}",
            card.from.as_deref().unwrap_or_default()
        ));
    }
    for alias in after
        .aliases
        .iter()
        .filter(|alias| !before.aliases.contains(alias))
    {
        changes.push(format!("{place}: also called {alias}"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::digest;
    use super::*;

    fn price(from: Option<&str>, input: &str) -> Price {
        Price {
            from: from.map(str::to_owned),
            usd: BTreeMap::from([("input".to_owned(), input.to_owned())]),
            sources: BTreeSet::from(["a".to_owned()]),
            ..Price::default()
        }
    }

    fn models(prices: Vec<Price>) -> BTreeMap<String, Offer> {
        let offer = Offer {
            provider: "p".into(),
            id: "m".into(),
            prices,
            ..Offer::default()
        };
        BTreeMap::from([("m".to_owned(), offer)])
    }

    fn file(prices: Vec<Price>, today: &str) -> PriceFile {
        let mut file = PriceFile {
            provider: "p".into(),
            page: String::new(),
            checked: today.into(),
            sources: vec!["a".into()],
            model: Vec::new(),
        };
        apply(&mut file, &models(prices), today);
        file
    }

    fn inputs(file: &PriceFile) -> Vec<(Option<&str>, &str)> {
        file.model[0]
            .price
            .iter()
            .map(|card| (card.from.as_deref(), card.usd["input"].as_str()))
            .collect()
    }

    #[test]
    fn the_same_facts_change_nothing() {
        let facts = || {
            vec![
                price(None, "1"),
                price(Some("2026-02-01"), "2"),
                price(Some("2027-01-01"), "3"),
            ]
        };
        let mut file = file(facts(), "2026-11-20");
        let before = file.clone();
        assert!(apply(&mut file, &models(facts()), "2026-11-21").is_empty());
        assert_eq!(file, before);
    }

    #[test]
    fn a_change_that_nobody_dated_counts_from_today_and_leaves_the_past() {
        let mut file = file(vec![price(None, "1")], "2026-11-20");
        let changes = apply(&mut file, &models(vec![price(None, "2")]), "2026-12-05");
        assert_eq!(inputs(&file), [(None, "1"), (Some("2026-12-05"), "2")]);
        assert_eq!(changes, ["p/m: changed from 2026-12-05 "]);
        assert!(apply(&mut file, &models(vec![price(None, "2")]), "2026-12-06").is_empty());
    }

    #[test]
    fn a_change_with_a_day_has_its_day() {
        let mut file = file(vec![price(None, "1")], "2026-11-20");
        let changes = apply(
            &mut file,
            &models(vec![price(None, "1"), price(Some("2026-12-01"), "2")]),
            "2026-12-05",
        );
        assert_eq!(inputs(&file), [(None, "1"), (Some("2026-12-01"), "2")]);
        assert_eq!(changes, ["p/m: back-dated from 2026-12-01 "]);
    }

    #[test]
    fn what_is_announced_may_be_called_off() {
        let mut file = file(
            vec![price(None, "1"), price(Some("2027-01-01"), "2")],
            "2026-11-20",
        );
        let changes = apply(&mut file, &models(vec![price(None, "1")]), "2026-12-05");
        assert_eq!(inputs(&file), [(None, "1")]);
        assert_eq!(changes, ["p/m: no longer announced from 2027-01-01"]);
    }

    #[test]
    fn a_model_that_nobody_lists_any_more_stays() {
        let mut file = file(vec![price(None, "1")], "2026-11-20");
        assert!(apply(&mut file, &BTreeMap::new(), "2026-12-05").is_empty());
        assert_eq!(inputs(&file), [(None, "1")]);
    }

    #[test]
    fn the_digest_takes_additions_and_nothing_else() {
        let files = |prices| BTreeMap::from([("p".to_owned(), file(prices, "2026-11-20"))]);
        let first = digest::next(&files(vec![price(None, "1")]), "", "2026-11-20").unwrap();
        let added = files(vec![price(None, "1"), price(Some("2026-12-01"), "2")]);
        assert!(digest::next(&added, &first, "2026-12-05").is_ok());
        let edited = files(vec![price(None, "1.1")]);
        assert!(digest::next(&edited, &first, "2026-12-05").is_err());
        assert!(digest::next(&BTreeMap::new(), &first, "2026-12-05").is_err());
    }
}
