//! Bedrock's inference profiles: one model under many prefixes, dearer by a tenth where the vendor says so.

use super::decimal::is_ratio;
use super::facts::{Offer, Price, Usd};
use super::merge::one_by_name;
use std::collections::{BTreeMap, BTreeSet};

/// The group whose profiles and own region cost a tenth more than `global.`.
pub(super) const REGIONAL: &str = "regional_profiles";
/// The group whose profiles cost a tenth more, its own region not.
pub(super) const CROSS_REGION: &str = "cross_region_profiles";

const PREFIXES: [&str; 10] = [
    "global", "regional", "us-gov", "us", "eu", "apac", "jp", "au", "in", "ca",
];

/// A name's profile and the name itself.
pub(super) fn split(name: &str) -> (&str, &str) {
    match name.split_once('.') {
        Some((prefix, rest)) if PREFIXES.contains(&prefix) => (prefix, rest),
        _ => ("", name),
    }
}

/// Makes one offer of a model's profiles.
pub(super) fn fold(offers: Vec<Offer>) -> Vec<Offer> {
    let mut groups: BTreeMap<String, Vec<(String, Offer)>> = BTreeMap::new();
    for offer in one_by_name(offers) {
        let (profile, name) = split(&offer.id);
        groups
            .entry(name.to_owned())
            .or_default()
            .push((profile.to_owned(), offer.clone()));
    }
    groups
        .into_iter()
        .map(|(name, profiles)| one(name, profiles))
        .collect()
}

fn one(name: String, mut profiles: Vec<(String, Offer)>) -> Offer {
    let order = |profile: &str| {
        ["global", "", "regional"]
            .iter()
            .position(|p| *p == profile)
            .unwrap_or(3)
    };
    profiles.sort_by(|a, b| order(&a.0).cmp(&order(&b.0)).then(a.0.cmp(&b.0)));
    let names: BTreeSet<String> = profiles
        .iter()
        .flat_map(|(_, offer)| offer.names())
        .map(|name| split(name).1.to_owned())
        .collect();
    let mut profiles = profiles.into_iter();
    let Some((base_profile, mut base)) = profiles.next() else {
        return Offer::default();
    };
    let mut dearer = BTreeSet::new();
    let mut equal = BTreeSet::from([base_profile.clone()]);
    for (profile, offer) in profiles {
        base.factors.extend(offer.factors.iter().cloned());
        let known = base.conditions();
        let by_region = |price: &&Price| {
            price
                .when
                .as_ref()
                .is_some_and(|when| when.contains("region="))
                && !known.contains(&price.condition())
        };
        let regions: Vec<Price> = offer.prices.iter().filter(by_region).cloned().collect();
        base.prices.extend(regions);
        if is_times(&offer.prices, &base.prices, (11, 10)) {
            dearer.insert(profile);
        } else if is_times(&offer.prices, &base.prices, (1, 1)) {
            equal.insert(profile);
        } else if profile.is_empty() || profile == "regional" {
            // A base without a tenth between is another price of its own region.
            base.prices.extend(under(&offer.prices, "region"));
        } else {
            base.prices.extend(under(&offer.prices, &profile));
        }
    }
    if dearer.contains("regional") || dearer.contains("") {
        base.factors.insert(REGIONAL.to_owned());
    } else if !dearer.is_empty() {
        base.factors.insert(CROSS_REGION.to_owned());
        // Those that are not dearer say so with a card of their own.
        for profile in equal
            .iter()
            .filter(|profile| !["", "global", "regional"].contains(&profile.as_str()))
        {
            let prices = under(&base.prices, profile);
            base.prices.extend(prices);
        }
    }
    if base.prices.iter().any(|price| {
        price
            .when
            .as_deref()
            .is_some_and(|when| when.starts_with("profile="))
    }) {
        // Once some profiles have prices of their own, those that cost what the base does are named.
        let equal = equal
            .iter()
            .map(String::as_str)
            .filter(|profile| *profile != "global");
        let profiles = equal.map(|profile| {
            if profile.is_empty() || profile == "regional" {
                "region"
            } else {
                profile
            }
        });
        base.factors
            .extend(profiles.map(|profile| format!("plain_profile_{profile}")));
    }
    base.aliases = names.into_iter().filter(|alias| *alias != name).collect();
    base.same_as = base
        .same_as
        .map(|(id, literal)| (split(&id).1.to_owned(), literal));
    base.id = name;
    base
}

fn under(prices: &[Price], profile: &str) -> Vec<Price> {
    prices
        .iter()
        .filter(|price| price.when.is_none())
        .map(|price| Price {
            when: Some(format!("profile={profile}")),
            ..price.clone()
        })
        .collect()
}

fn is_times(large: &[Price], small: &[Price], (numerator, denominator): (u64, u64)) -> bool {
    let usd = |large: &Usd, small: &Usd| {
        // Calls of tools cost the same everywhere; a bucket that only one names says nothing.
        large
            .iter()
            .filter(|(bucket, _)| !bucket.ends_with("_search"))
            .all(|(bucket, usd)| {
                small
                    .get(bucket)
                    .is_none_or(|other| is_ratio(usd, other, numerator, denominator))
            })
    };
    let plain = |prices: &[Price]| {
        prices
            .iter()
            .filter(|price| price.when.is_none())
            .cloned()
            .collect::<Vec<_>>()
    };
    let (large, small) = (plain(large), plain(small));
    large.len() == small.len()
        && large.iter().zip(&small).all(|(large, small)| {
            usd(&large.usd, &small.usd)
                && large.tiers.iter().all(|(threshold, rates)| {
                    small
                        .tiers
                        .get(threshold)
                        .is_none_or(|other| usd(rates, other))
                })
        })
}
