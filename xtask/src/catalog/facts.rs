//! What one catalogue states about one model, in our own terms.

use super::price_file::{Card, Tier};
use std::collections::{BTreeMap, BTreeSet};

/// Dollars by bucket.
pub(super) type Usd = BTreeMap<String, String>;

/// A model as one catalogue knows it.
#[derive(Debug, Clone, Default)]
pub(super) struct Offer {
    pub(super) provider: String,
    pub(super) id: String,
    pub(super) aliases: BTreeSet<String>,
    pub(super) prices: Vec<Price>,
    /// Groups of models whose factors concern it.
    pub(super) factors: BTreeSet<String>,
    /// The model of the first catalogue that this one means, and whether its name stands there literally.
    pub(super) same_as: Option<(String, bool)>,
}

/// A dated price under a condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Price {
    pub(super) from: Option<String>,
    pub(super) when: Option<String>,
    pub(super) during: Option<String>,
    pub(super) usd: Usd,
    /// By threshold and whether it is inclusive.
    pub(super) tiers: BTreeMap<(u64, bool), Usd>,
    /// Who states it.
    pub(super) sources: BTreeSet<String>,
}

/// What a price holds under, apart from its day.
pub(super) type Condition = (Option<String>, Option<String>);

impl Price {
    pub(super) fn condition(&self) -> Condition {
        (self.when.clone(), self.during.clone())
    }

    pub(super) fn is_same_price(&self, other: &Self) -> bool {
        self.usd == other.usd && self.tiers == other.tiers
    }

    pub(super) fn card(
        &self,
        default_sources: &[String],
        default_checked: &str,
        today: &str,
    ) -> Card {
        let sources: Vec<String> = self.sources.iter().cloned().collect();
        let is_default = sources == default_sources && today == default_checked;
        Card {
            from: self.from.clone(),
            when: self.when.clone(),
            during: self.during.clone(),
            sources: (!is_default).then_some(sources),
            checked: (!is_default).then(|| today.to_owned()),
            usd: self.usd.clone(),
            tier: self
                .tiers
                .iter()
                .map(|((tokens, inclusive), usd)| Tier {
                    above: (!inclusive).then_some(*tokens),
                    from_tokens: inclusive.then_some(*tokens),
                    usd: usd.clone(),
                })
                .collect(),
        }
    }
}

impl Offer {
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.id).chain(&self.aliases)
    }

    /// The price that holds on a day under a condition.
    pub(super) fn current(&self, condition: &Condition, today: &str) -> Option<&Price> {
        self.prices
            .iter()
            .filter(|price| {
                price.condition() == *condition
                    && price.from.as_deref().is_none_or(|from| from <= today)
            })
            .max_by(|a, b| a.from.cmp(&b.from))
    }

    pub(super) fn conditions(&self) -> BTreeSet<Condition> {
        self.prices.iter().map(Price::condition).collect()
    }
}
