//! The tables compiled from `catalog/prices/`, and the look-up of a model by name.

use super::model_name;
use crate::money::Rate;

/// A model with its dated prices.
#[derive(Debug)]
pub struct Model {
    /// Who charges these prices.
    pub provider: &'static str,
    /// The catalogue's name for it.
    pub id: &'static str,
    /// The page the prices come from.
    pub source: &'static str,
    /// The day they were last compared with it.
    pub checked: &'static str,
    pub(crate) cards: &'static [RateCard],
}

/// The rates that hold from a day on, until a later card of the same condition.
#[derive(Debug)]
pub struct RateCard {
    /// `provider/model@from?condition`, the id a cost refers to.
    pub id: &'static str,
    /// Midnight UTC of the first day, in milliseconds since 1970; the smallest number when unknown.
    pub(crate) from_ms: i64,
    /// The modifier and its value that this card is for; the plain card has none.
    pub(crate) when: Option<(&'static str, &'static str)>,
    pub(crate) rates: &'static [(u8, Rate)],
    pub(crate) tiers: &'static [Tier],
}

/// Rates for requests whose input is long.
#[derive(Debug)]
pub(crate) struct Tier {
    /// Input tokens, all classes together.
    pub(crate) tokens: u64,
    /// Whether exactly `tokens` belongs here; vendors differ.
    pub(crate) inclusive: bool,
    pub(crate) rates: &'static [(u8, Rate)],
}

mod compiled {
    #![expect(
        clippy::unreadable_literal,
        reason = "written by the build script for the compiler"
    )]
    use super::{Model, Rate, RateCard, Tier};
    include!(concat!(env!("OUT_DIR"), "/prices.rs"));
}
use compiled::{MODELS, NAMES};

/// The model that `provider` sells under `name`.
///
/// Exact names and aliases first; then the name without the date of its snapshot, which vendors bill like
/// the model it is a snapshot of unless the catalogue lists it. Nothing is guessed beyond that.
pub fn find_model(provider: &str, name: &str) -> Option<&'static Model> {
    let name = name.trim().to_ascii_lowercase();
    exact(provider, &name).or_else(|| exact(provider, model_name::without_snapshot(&name)?))
}

fn exact(provider: &str, name: &str) -> Option<&'static Model> {
    let at = NAMES
        .binary_search_by(|(p, n, _)| (*p, *n).cmp(&(provider, name)))
        .ok()?;
    let (_, _, model) = NAMES.get(at)?;
    MODELS.get(usize::from(*model))
}

impl Model {
    /// The card without a condition that holds at `at_ms`.
    pub(crate) fn base_card(&self, at_ms: i64) -> Option<&'static RateCard> {
        self.latest(at_ms, None)
    }

    /// The card for `modifier` = `value` that holds at `at_ms`.
    pub(crate) fn variant(
        &self,
        at_ms: i64,
        modifier: &str,
        value: &str,
    ) -> Option<&'static RateCard> {
        self.latest(at_ms, Some((modifier, value)))
    }

    fn latest(&self, at_ms: i64, when: Option<(&str, &str)>) -> Option<&'static RateCard> {
        self.cards
            .iter()
            .filter(|c| c.when == when && c.from_ms <= at_ms)
            .max_by_key(|c| c.from_ms)
    }
}

impl RateCard {
    /// The rates for a request of `input_tokens`, and the tier's threshold when one applies.
    pub(crate) fn rates_for(&self, input_tokens: u64) -> (&'static [(u8, Rate)], Option<u64>) {
        let reached = |t: &&Tier| {
            if t.inclusive {
                input_tokens >= t.tokens
            } else {
                input_tokens > t.tokens
            }
        };
        self.tiers
            .iter()
            .filter(reached)
            .max_by_key(|t| t.tokens)
            .map_or((self.rates, None), |t| (t.rates, Some(t.tokens)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_has_a_price_and_every_price_an_input_or_a_call_rate() {
        for model in &MODELS {
            assert!(
                model.cards.iter().any(|c| c.when.is_none()),
                "{} has no plain price",
                model.id
            );
            for card in model.cards {
                assert!(!card.rates.is_empty(), "{} is empty", card.id);
                assert!(
                    card.rates.is_sorted_by_key(|(bucket, _)| *bucket),
                    "{}",
                    card.id
                );
            }
        }
    }

    #[test]
    fn a_snapshot_is_its_model_unless_it_is_listed() {
        let id = |name| find_model("openai", name).map(|m| m.id);
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
        assert_eq!(find_model("anthropic", "gpt-4o").map(|m| m.id), None);
    }
}
