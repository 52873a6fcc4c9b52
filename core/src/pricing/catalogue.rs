//! Which model a name means at a provider, and which of its cards holds.

use super::card::{Cards, RateCard};
use super::model_name;
use super::packed::{self, Entry, Seller};
use super::rules;
use std::borrow::Cow;

/// A model with its dated prices.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    /// Who charges these prices.
    pub provider: &'static str,
    /// The catalogue's name for it.
    pub id: &'static str,
    /// The vendor's own page, for a person who doubts.
    pub page: &'static str,
    body: &'static [u8],
    source: usize,
}

/// How a name led to a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchKind {
    /// The name is the model's id.
    Exact,
    /// The name is another one of the model's.
    Alias,
    /// The name without the date of its snapshot, which vendors bill like the model it is a snapshot of unless the
    /// catalogue lists it.
    Snapshot,
    /// The provider bills every model alike.
    EveryModel,
}

impl MatchKind {
    /// `exact`, `alias`, `snapshot` or `every_model`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Alias => "alias",
            Self::Snapshot => "snapshot",
            Self::EveryModel => "every_model",
        }
    }
}

/// A model and how its name led to it.
#[derive(Debug, Clone, Copy)]
pub struct ModelMatch {
    /// The model.
    pub model: Model,
    /// By what.
    pub kind: MatchKind,
    /// The decoration that was taken off the name first, such as `us.` or `models/`.
    pub decoration: Option<&'static str>,
    /// What the decoration says about the price: `("profile", "us")`.
    pub modifier: Option<(&'static str, &'static str)>,
}

/// The model that `provider` sells under `name`, whatever its case. Nothing is guessed: a name that is not
/// listed, once its decorations are off, is no model.
pub fn find_model(provider: &str, name: &str) -> Option<ModelMatch> {
    let seller = packed::seller(provider)?;
    let name = name.trim();
    let name = if name.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    };
    plain(seller, &name, None)
        .or_else(|| decorated(seller, &name))
        .or_else(|| every_model(seller, &name))
}

fn plain(
    seller: &'static Seller,
    name: &str,
    rule: Option<&'static rules::NameRule>,
) -> Option<ModelMatch> {
    let (entry, kind) = match seller.find(name) {
        Some(entry) => (
            entry,
            if entry.by_alias {
                MatchKind::Alias
            } else {
                MatchKind::Exact
            },
        ),
        None => (
            seller.find(model_name::without_snapshot(name)?)?,
            MatchKind::Snapshot,
        ),
    };
    if entry.id == rules::EVERY_MODEL {
        return None;
    }
    let modifier = rule
        .and_then(|rule| rule.means)
        .or_else(|| rules::undecorated(seller, name));
    Some(ModelMatch {
        model: model(seller, entry),
        kind,
        decoration: rule.map(rules::NameRule::decoration),
        modifier,
    })
}

/// Takes one decoration off after the other, at most three: an ARN around a region around a name.
fn decorated(seller: &'static Seller, name: &str) -> Option<ModelMatch> {
    let mut name = name;
    let mut meaning = None;
    for _ in 0..3 {
        let (rule, rest) = rules::strip(seller, name)?;
        if rule.means.is_some() || meaning.is_none() {
            meaning = Some(rule);
        }
        if let Some(found) = plain(seller, rest, meaning) {
            return Some(found);
        }
        name = rest;
    }
    None
}

fn every_model(seller: &'static Seller, name: &str) -> Option<ModelMatch> {
    let entry = seller.find(rules::EVERY_MODEL)?;
    if name.is_empty() || rules::is_hosted_elsewhere(seller, name) {
        return None;
    }
    Some(ModelMatch {
        model: model(seller, entry),
        kind: MatchKind::EveryModel,
        decoration: None,
        modifier: None,
    })
}

fn model(seller: &'static Seller, entry: Entry) -> Model {
    Model {
        provider: seller.id,
        id: entry.id,
        page: seller.page,
        body: entry.body,
        source: seller.source,
    }
}

/// Everyone who sells a model under `name`, in order of provider.
pub fn providers_selling(name: &str) -> Vec<ModelMatch> {
    packed::sellers()
        .filter_map(|seller| find_model(seller.id, name))
        .filter(|found| found.kind != MatchKind::EveryModel)
        .collect()
}

/// Every provider with prices.
pub fn providers() -> impl Iterator<Item = &'static str> {
    packed::sellers().map(|seller| seller.id)
}

/// Every model of a provider.
pub fn models(provider: &str) -> impl Iterator<Item = Model> + use<> {
    packed::seller(provider)
        .into_iter()
        .flat_map(|seller| seller.entries().map(|entry| model(seller, entry)))
}

impl Model {
    /// Its cards, past and announced.
    pub fn cards(&self) -> impl Iterator<Item = RateCard> + Clone + use<> {
        Cards::of(self.body, self.source)
    }

    /// What multiplies its token rates at a time: the modifiers, any one of which suffices, and the decimal factor.
    pub fn factors(
        &self,
        at_ms: i64,
    ) -> impl Iterator<Item = (&'static [(&'static str, &'static str)], &'static str)> {
        rules::factors(self.provider, self.factor_groups(), at_ms)
            .map(|factor| (factor.when, factor.text))
    }

    /// The groups of models that factors are for, as bits.
    pub(crate) fn factor_groups(&self) -> u32 {
        Cards::of(self.body, self.source).groups
    }

    /// The card without a condition that holds at `at_ms`.
    pub fn base_card(&self, at_ms: i64) -> Option<RateCard> {
        // Plain cards stand first.
        let plain = self.cards().take_while(|card| card.condition.is_none());
        latest(plain.filter(|card| card.holds_at(at_ms)))
    }

    /// The plain card of a day, given in days since 1970; the first there was when that is 0.
    pub(crate) fn plain_card_of(&self, day: i64) -> Option<RateCard> {
        let mut plain = self.cards().take_while(|card| card.condition.is_none());
        if day == 0 {
            return plain.min_by_key(|card| card.from_day);
        }
        latest(plain.by_ref().filter(|card| card.from_day <= day))
    }

    /// The card whose conditions are all among `modifiers`, the one with the most of them.
    pub(crate) fn variant(&self, at_ms: i64, modifiers: &[(&str, &str)]) -> Option<RateCard> {
        let applies = |card: &RateCard| {
            let Some(condition) = card.condition else {
                return false;
            };
            condition
                .pairs
                .iter()
                .all(|known| modifiers.iter().any(|given| rules::is_same(given, known)))
                && card.holds_at(at_ms)
        };
        let mut best: Option<RateCard> = None;
        for card in self.cards().filter(applies) {
            let conditions =
                |card: &RateCard| card.condition.map_or(0, |condition| condition.pairs.len());
            let rank = |card: &RateCard| (conditions(card), card.from_day, card.hours.is_some());
            if best.as_ref().is_none_or(|best| rank(&card) > rank(best)) {
                best = Some(card);
            }
        }
        best
    }

    /// Whether any card depends on this modifier.
    pub(crate) fn depends_on(&self, modifier: &str) -> bool {
        self.cards().any(|card| {
            card.condition
                .is_some_and(|condition| condition.pairs.iter().any(|(name, _)| *name == modifier))
        })
    }
}

/// The card of the latest day; of one day, the one for these hours.
fn latest(cards: impl Iterator<Item = RateCard>) -> Option<RateCard> {
    cards.reduce(|best, next| {
        let rank = |card: &RateCard| (card.from_day, card.hours.is_some());
        if rank(&next) > rank(&best) {
            next
        } else {
            best
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_can_be_found_and_has_a_price() {
        let mut count = 0;
        for provider in providers() {
            for model in models(provider) {
                count += 1;
                assert!(model.cards().next().is_some(), "{} has no price", model.id);
                for card in model.cards() {
                    assert!(
                        card.rates().next().is_some(),
                        "{}/{} is empty",
                        provider,
                        model.id
                    );
                    assert!(
                        !card.sources().is_empty() && !card.checked().is_empty(),
                        "{}",
                        model.id
                    );
                }
                let found = find_model(provider, &model.id.to_ascii_uppercase())
                    .map(|found| found.model.id);
                assert_eq!(found, Some(model.id), "{provider}");
            }
        }
        assert_eq!(count, packed::MODEL_COUNT);
    }

    #[test]
    fn every_alias_leads_to_its_model() {
        for seller in packed::sellers() {
            let names: Vec<_> = seller.names().collect();
            for (name, place) in &names {
                let Some(place) = place else { continue };
                let id = names.get(*place).map(|(id, _)| *id);
                assert_eq!(
                    find_model(seller.id, name).map(|found| found.model.id),
                    id,
                    "{} {name}",
                    seller.id
                );
            }
        }
    }

    #[test]
    fn a_snapshot_is_its_model_unless_it_is_listed() {
        let id = |name| find_model("openai", name).map(|found| found.model.id);
        assert_eq!(id("gpt-4o"), Some("gpt-4o"));
        assert_eq!(id("gpt-4o-2024-08-06"), Some("gpt-4o"));
        assert_ne!(
            id("gpt-4o-2024-05-13"),
            Some("gpt-4o"),
            "that snapshot has a price of its own"
        );
        assert_eq!(id("gpt-4o-mini-2024-07-18"), Some("gpt-4o-mini"));
        assert_eq!(id("gpt-4o-something-else"), None);
        assert_eq!(id(""), None);
        assert!(find_model("anthropic", "gpt-4o").is_none());
    }
}
