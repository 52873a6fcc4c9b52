//! What pins a price: a short hash of everything that it is, so that an edit of the past shows.

use super::price_file::{Card, PriceFile};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The pins of a provider's prices whose day had come on `as_of`, in order. A source or a check is not part of one.
pub(crate) fn pins(file: &PriceFile, as_of: &str) -> Vec<String> {
    let mut pins = Vec::new();
    for model in &file.model {
        for card in model
            .price
            .iter()
            .filter(|card| card.from.as_deref().is_none_or(|from| from <= as_of))
        {
            pins.push(pin(&file.provider, &model.id, card));
        }
    }
    pins.sort();
    pins
}

fn pin(provider: &str, model: &str, card: &Card) -> String {
    let mut text = format!(
        "{provider}\n{model}\n{:?}\n{:?}\n{:?}\n{:?}\n",
        card.from, card.when, card.during, card.usd
    );
    for tier in &card.tier {
        let _ = writeln!(
            text,
            "{:?} {:?} {:?}",
            tier.above, tier.from_tokens, tier.usd
        );
    }
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().take(5).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
