//! What the catalogues state about one provider's models, brought together: where two agree that is the price, where
//! they do not the first has its way and a person is told, where only one speaks it is said who.

use super::facts::{Condition, Offer, Price, Usd};
use super::names::Names;
use super::report::{Disagreement, Report};
use super::{bedrock, decimal, genai};
use std::collections::{BTreeMap, BTreeSet};

/// Where litellm has its way for a provider, and why.
pub(super) type Preferences = BTreeMap<String, String>;

pub(super) struct Merge<'a> {
    pub(super) today: &'a str,
    pub(super) preferences: &'a Preferences,
    pub(super) report: &'a mut Report,
}

impl Merge<'_> {
    /// One provider's models by id.
    pub(super) fn provider(
        &mut self,
        first: Vec<Offer>,
        second: Vec<Offer>,
        old: Vec<Offer>,
    ) -> BTreeMap<String, Offer> {
        let mut models: BTreeMap<String, Offer> = BTreeMap::new();
        for offer in first {
            models.entry(offer.id.clone()).or_insert(offer);
        }
        let mut names = Names::of(&models);
        for offer in one_by_name(second) {
            self.take_in(&mut models, &mut names, offer);
        }
        for offer in one_by_name(old) {
            // The old copy is asked only about models that have since gone elsewhere.
            let known = names.model_of(&offer.id).is_some() || offer.same_as.is_some();
            if !known {
                names.insert(&offer.id, &offer.id);
                models.insert(offer.id.clone(), offer);
            }
        }
        models.retain(|_, model| !model.prices.is_empty());
        drop_listed_snapshots(&mut models);
        for model in models.values_mut() {
            model.aliases = names.aliases_of(&model.id);
        }
        models
    }

    fn take_in(&mut self, models: &mut BTreeMap<String, Offer>, names: &mut Names, offer: Offer) {
        let literal = names.model_of(&offer.id).map(str::to_owned);
        let by_rule = offer
            .same_as
            .as_ref()
            .filter(|(id, _)| models.contains_key(id))
            .cloned();
        let (target, is_literal) = match (literal, by_rule) {
            (Some(id), _) => (id, true),
            (None, Some((id, is_literal))) => (id, is_literal),
            (None, None) => {
                names.insert(&offer.id, &offer.id);
                models.insert(offer.id.clone(), offer);
                return;
            }
        };
        let Some(model) = models.get_mut(&target) else {
            return;
        };
        if !is_literal && !is_alike(model, &offer, self.today) {
            // Only a pattern says that the two are one, and their prices say that they are not.
            self.report.kept_apart(&offer.provider, &offer.id, &target);
            names.insert(&offer.id, &offer.id);
            models.insert(offer.id.clone(), offer);
            return;
        }
        self.unite(model, &offer);
        names.insert(&offer.id, &target);
    }

    fn unite(&mut self, model: &mut Offer, offer: &Offer) {
        self.unite_factors(model, offer);
        let begin = model
            .current(&(None, None), self.today)
            .and_then(|price| price.from.clone());
        for stated in &offer.prices {
            let condition = stated.condition();
            let current = model
                .current(&condition, self.today)
                .map(|price| price.from.clone());
            let Some(from) = current else {
                // An undated price under a condition is today's: it begins with today's plain price.
                model.prices.push(Price {
                    from: begin.clone(),
                    ..stated.clone()
                });
                continue;
            };
            let future: Vec<usize> =
                positions(&model.prices, &condition, |day| day > from.as_deref());
            for at in positions(&model.prices, &condition, |day| day == from.as_deref()) {
                let Some(price) = model.prices.get_mut(at) else {
                    continue;
                };
                let id = (offer.provider.as_str(), model.id.as_str());
                let added = compare(self.report, self.preferences, id, price, stated);
                for later in &future {
                    let Some(price) = model.prices.get_mut(*later) else {
                        continue;
                    };
                    for (bucket, usd) in added.iter().filter(|(bucket, _)| is_fee(bucket)) {
                        price
                            .usd
                            .entry(bucket.clone())
                            .or_insert_with(|| usd.clone());
                    }
                }
            }
        }
    }
}

impl Merge<'_> {
    /// Two groups never answer the same modifier: of two accounts of Bedrock's own regions the first one's stands.
    fn unite_factors(&mut self, model: &mut Offer, offer: &Offer) {
        model.factors.extend(offer.factors.iter().cloned());
        if model.factors.contains(bedrock::REGIONAL) && model.factors.remove(bedrock::CROSS_REGION)
        {
            let id = (offer.provider.as_str(), model.id.as_str());
            let row = Disagreement::new(
                id,
                &Price::default(),
                "in its own region",
                ("x1.1", "x1"),
                None,
            );
            self.report.disagrees(row);
        }
    }
}

/// A tool's or a call's fee, which an announced price of tokens does not restate.
fn is_fee(bucket: &str) -> bool {
    bucket.ends_with("_search") || bucket.ends_with("_session") || bucket == "request"
}

fn positions(
    prices: &[Price],
    condition: &Condition,
    day: impl Fn(Option<&str>) -> bool,
) -> Vec<usize> {
    let matches = |(at, price): (usize, &Price)| {
        (price.condition() == *condition && day(price.from.as_deref())).then_some(at)
    };
    prices.iter().enumerate().filter_map(matches).collect()
}

/// Compares what is stated now with what is held, adds what is missing, and returns what was added.
fn compare(
    report: &mut Report,
    preferences: &Preferences,
    id: (&str, &str),
    held: &mut Price,
    stated: &Price,
) -> Usd {
    let mut added = Usd::new();
    let mut agrees = false;
    let preferred = preferences.get(id.0);
    for (bucket, usd) in &stated.usd {
        match held.usd.get(bucket) {
            Some(ours) if ours == usd || decimal::is_rounding(ours, usd) => agrees = true,
            Some(ours) => {
                report.disagrees(Disagreement::new(id, held, bucket, (ours, usd), preferred));
                if preferred.is_some() {
                    held.usd.insert(bucket.clone(), usd.clone());
                    agrees = true;
                }
            }
            None => {
                added.insert(bucket.clone(), usd.clone());
                held.usd.insert(bucket.clone(), usd.clone());
            }
        }
    }
    for ((tokens, _), usd) in &stated.tiers {
        let held_tier = [false, true]
            .into_iter()
            .find(|inclusive| held.tiers.contains_key(&(*tokens, *inclusive)));
        let Some(inclusive) = held_tier else {
            let theirs = usd
                .iter()
                .map(|(bucket, usd)| format!("{bucket} {usd}"))
                .collect::<Vec<_>>()
                .join(", ");
            let unit = format!("above {tokens} tokens");
            report.disagrees(Disagreement::new(
                id,
                held,
                &unit,
                ("no such tier", &theirs),
                preferred,
            ));
            continue;
        };
        let tier = held.tiers.entry((*tokens, inclusive)).or_default();
        let mut differing = Vec::new();
        for (bucket, usd) in usd {
            match tier.get(bucket) {
                Some(ours) if ours == usd || decimal::is_rounding(ours, usd) => {}
                Some(ours) => differing.push((
                    format!("{bucket} above {tokens} tokens"),
                    ours.clone(),
                    usd.clone(),
                )),
                None => {
                    tier.insert(bucket.clone(), usd.clone());
                }
            }
        }
        for (unit, ours, theirs) in differing {
            report.disagrees(Disagreement::new(
                id,
                held,
                &unit,
                (&ours, &theirs),
                preferred,
            ));
        }
    }
    if agrees || !added.is_empty() {
        held.sources.extend(stated.sources.iter().cloned());
    }
    report.compared(&held.sources);
    added
}

/// Whether the plain prices of tokens are the same.
fn is_alike(model: &Offer, offer: &Offer, today: &str) -> bool {
    let plain = (None, None);
    let (Some(ours), Some(theirs)) = (model.current(&plain, today), offer.current(&plain, today))
    else {
        return false;
    };
    let same = |bucket: &str| ours.usd.get(bucket) == theirs.usd.get(bucket);
    let shares_something = ours
        .usd
        .keys()
        .any(|bucket| theirs.usd.contains_key(bucket));
    shares_something && same("input") && (same("output") || !theirs.usd.contains_key("output"))
}

/// Entries of one name are one offer; the first to state a condition has it.
pub(super) fn one_by_name(offers: Vec<Offer>) -> Vec<Offer> {
    let mut by_name: Vec<Offer> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for offer in offers {
        let Some(present) = places.get(&offer.id).and_then(|at| by_name.get_mut(*at)) else {
            places.insert(offer.id.clone(), by_name.len());
            by_name.push(offer);
            continue;
        };
        let known: BTreeSet<Condition> = present.conditions();
        present.prices.extend(
            offer
                .prices
                .into_iter()
                .filter(|price| !known.contains(&price.condition())),
        );
        present.factors.extend(offer.factors);
        present.same_as = present.same_as.take().or(offer.same_as);
    }
    by_name
}

/// A snapshot whose price is that of its model needs no entry: its name is enough.
fn drop_listed_snapshots(models: &mut BTreeMap<String, Offer>) {
    let redundant: Vec<String> = models
        .values()
        .filter(|model| {
            let base =
                super::model_name::without_snapshot(&model.id).and_then(|base| models.get(base));
            base.is_some_and(|base| base.prices == model.prices && base.factors == model.factors)
                && model
                    .prices
                    .iter()
                    .all(|price| !price.sources.contains(genai::NAME))
        })
        .map(|model| model.id.clone())
        .collect();
    for id in redundant {
        models.remove(&id);
    }
}
