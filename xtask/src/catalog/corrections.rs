//! `core/catalog/corrections.toml`: what a person knows better than the catalogues. It wins, and says why.

use super::facts::{Offer, Price};
use super::merge::Preferences;
use super::price_file::{Tier, decimal};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Corrections {
    /// Pages of providers that the catalogues name none for.
    page: Vec<Page>,
    prefer_litellm: Vec<Preference>,
    price: Vec<Correction>,
    name: Vec<Name>,
    boundary: Vec<Boundary>,
    drop: Vec<Dropped>,
    hours: Vec<Hours>,
    settled: Vec<Settled>,
}

/// A default that a person looked at, and why it is right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settled {
    provider: String,
    /// All models when absent.
    models: Option<Vec<String>>,
    /// All units when absent.
    unit: Option<String>,
    pub(super) why: String,
}

impl Settled {
    pub(super) fn concerns(&self, provider: &str, model: &str, unit: &str) -> bool {
        let is_model = |models: &Vec<String>| models.iter().any(|one| one == model);
        self.provider == provider
            && self.models.as_ref().is_none_or(is_model)
            && self.unit.as_ref().is_none_or(|one| one == unit)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hours {
    provider: String,
    stated: String,
    instead: String,
    #[expect(dead_code, reason = "for the reader of the file")]
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    provider: String,
    url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Preference {
    provider: String,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Correction {
    provider: String,
    model: String,
    from: Option<String>,
    when: Option<String>,
    during: Option<String>,
    usd: BTreeMap<String, String>,
    #[serde(default)]
    tier: Vec<Tier>,
    /// Takes the place of every price of the condition, not only of the same day's.
    #[serde(default)]
    instead_of_all: bool,
    source: String,
    #[expect(dead_code, reason = "for the reader of the file")]
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    provider: String,
    name: String,
    model: String,
    #[expect(dead_code, reason = "for the reader of the file")]
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Boundary {
    provider: String,
    tokens: u64,
    #[expect(dead_code, reason = "for the reader of the file")]
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dropped {
    provider: String,
    model: String,
    /// Only the prices under this condition.
    when: Option<String>,
    #[expect(dead_code, reason = "for the reader of the file")]
    why: String,
}

impl Corrections {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|e| format!("corrections.toml: {e}"))
    }

    pub(super) fn preferences(&self) -> Preferences {
        self.prefer_litellm
            .iter()
            .map(|p| (p.provider.clone(), p.why.clone()))
            .collect()
    }

    pub(super) fn take_settled(&mut self) -> Vec<Settled> {
        std::mem::take(&mut self.settled)
    }

    pub(super) fn pages(&self) -> impl Iterator<Item = (&str, &str)> {
        self.page
            .iter()
            .map(|page| (page.provider.as_str(), page.url.as_str()))
    }

    /// Provider and model of every corrected price.
    pub(super) fn corrected(&self) -> BTreeSet<(String, String)> {
        self.price
            .iter()
            .map(|price| (price.provider.clone(), price.model.clone()))
            .collect()
    }

    pub(super) fn providers(&self) -> BTreeSet<&str> {
        self.price
            .iter()
            .map(|price| price.provider.as_str())
            .collect()
    }

    /// Corrects what was stated before it is compared.
    pub(super) fn prepare(&self, offers: &mut [Offer]) {
        for offer in offers {
            for price in &mut offer.prices {
                let hours = self.hours.iter().find(|hours| {
                    hours.provider == offer.provider && price.during.as_ref() == Some(&hours.stated)
                });
                if let Some(hours) = hours {
                    price.during = Some(hours.instead.clone());
                }
            }
        }
    }

    /// Corrects one provider's models.
    pub(super) fn apply(
        &self,
        provider: &str,
        models: &mut BTreeMap<String, Offer>,
    ) -> Result<(), String> {
        for dropped in self
            .drop
            .iter()
            .filter(|dropped| dropped.provider == provider)
        {
            match &dropped.when {
                None => drop(models.remove(&dropped.model)),
                when => {
                    if let Some(model) = models.get_mut(&dropped.model) {
                        model.prices.retain(|price| price.when != *when);
                    }
                }
            }
        }
        for boundary in self
            .boundary
            .iter()
            .filter(|boundary| boundary.provider == provider)
        {
            for price in models.values_mut().flat_map(|model| &mut model.prices) {
                if let Some(usd) = price.tiers.remove(&(boundary.tokens, false)) {
                    price.tiers.insert((boundary.tokens, true), usd);
                }
            }
        }
        for correction in self.price.iter().filter(|price| price.provider == provider) {
            let price = correction.price()?;
            let model = models
                .entry(correction.model.clone())
                .or_insert_with(|| Offer {
                    provider: provider.to_owned(),
                    id: correction.model.clone(),
                    ..Offer::default()
                });
            model.prices.retain(|other| {
                other.condition() != price.condition()
                    || !correction.instead_of_all && other.from != price.from
                    || correction.instead_of_all && other.sources == price.sources
            });
            model.prices.push(price);
        }
        for name in self.name.iter().filter(|name| name.provider == provider) {
            for model in models.values_mut() {
                model.aliases.remove(&name.name);
            }
            let model = models
                .get_mut(&name.model)
                .ok_or_else(|| format!("corrections.toml: no model {}", name.model))?;
            model.aliases.insert(name.name.clone());
        }
        Ok(())
    }
}

impl Correction {
    fn price(&self) -> Result<Price, String> {
        for usd in self.usd.values() {
            decimal(usd).map_err(|e| format!("corrections.toml: {}: {e}", self.model))?;
        }
        let mut tiers = BTreeMap::new();
        for tier in &self.tier {
            tiers.insert(tier.threshold()?, tier.usd.clone());
        }
        Ok(Price {
            from: self.from.clone(),
            when: self.when.clone(),
            during: self.during.clone(),
            usd: self.usd.clone(),
            tiers,
            sources: BTreeSet::from([self.source.clone()]),
        })
    }
}
