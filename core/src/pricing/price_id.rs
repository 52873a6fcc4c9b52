//! The name of a price: `provider/model@2026-08-21?service_tier=flex`. Composed when it is written, never stored.

use super::card::RateCard;
use super::catalogue::{Model, find_model};
use crate::timestamp;
use serde::{Serialize, Serializer};
use std::fmt;

/// Which price a cost was computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PriceId {
    /// A card of the catalogue's.
    Card {
        /// Who charges it.
        provider: &'static str,
        /// For which model.
        model: &'static str,
        /// Its first day, at midnight UTC.
        from_ms: Option<i64>,
        /// The modifier it is for.
        condition: Option<&'static str>,
        /// The hours of the week it holds in.
        during: Option<&'static str>,
    },
    /// The organisation's own rates: `own/provider/model@2026-01-01`.
    Own(Box<str>),
}

impl PriceId {
    /// The name of a model's card.
    pub fn of(model: &Model, card: &RateCard) -> Self {
        Self::Card {
            provider: model.provider,
            model: model.id,
            from_ms: card.from_ms(),
            condition: card.condition(),
            during: card.during(),
        }
    }
}

impl fmt::Display for PriceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (provider, model, from_ms, condition, during) = match self {
            Self::Own(text) => return f.write_str(text),
            Self::Card {
                provider,
                model,
                from_ms,
                condition,
                during,
            } => (provider, model, from_ms, condition, during),
        };
        // Piece by piece: every event has one.
        let mut write = |pieces: [&str; 3]| pieces.into_iter().try_for_each(|one| f.write_str(one));
        write([provider, "/", model])?;
        if let Some(from_ms) = from_ms {
            let text = timestamp::format_ms(*from_ms);
            write(["@", text.get(..10).unwrap_or(&text), ""])?;
        }
        if let Some(condition) = condition {
            write(["?", condition, ""])?;
        }
        match during {
            Some(during) => write([" (", during, ")"]),
            None => Ok(()),
        }
    }
}

impl Serialize for PriceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The model and the card that a price's name stands for, with their source and dates.
pub fn explain_price(id: &str) -> Option<(Model, RateCard)> {
    let (provider, rest) = id.split_once('/')?;
    // A model's own name may hold any of the marks that follow it, so every card's name is compared whole.
    let end = |mark: &str| rest.find(mark).unwrap_or(rest.len());
    let shortest = end("@").min(end("?")).min(end(" ("));
    let ends = rest
        .char_indices()
        .map(|(at, _)| at)
        .chain([rest.len()])
        .filter(|at| *at >= shortest);
    ends.filter_map(|at| find_model(provider, rest.get(..at)?))
        .map(|found| found.model)
        .find_map(|model| {
            let card = model
                .cards()
                .find(|card| PriceId::of(&model, card).to_string() == id)?;
            Some((model, card))
        })
}
