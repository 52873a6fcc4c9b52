//! Reads and prices calls of a kind it has seen before without finding out again how.

use super::{CallCost, modifiers_of};
use crate::pricing::{Cost, Prepared, PriceRequest};
use crate::provider::{ExtractError, Extraction, Hints, Recipe, extract, telling_keys};
use crate::response::{KeySet, Tape, outline_hash};

/// How many kinds of call are remembered. A program makes few: some models, with and without a cache or tools.
const KINDS: usize = 16;

/// How many outlines are remembered that were met and not learnt.
const MET: usize = 64;

/// An outline is learnt when it is met again, and not at once anew when that was in vain.
const PATIENCE: u32 = 8;

/// Answers what [`cost_of`](super::cost_of) answers, and remembers the kinds of call it answered for: responses of one outline, with
/// the same model, whose numbers alone differ. They take a fraction of the time.
///
/// It is a matter of speed alone: the answers are the same whatever it has seen before.
#[derive(Debug, Default)]
pub struct Meter {
    /// Which values decide how a response is read. Made when it is first needed.
    telling: Option<KeySet>,
    /// The latest used first.
    kinds: Vec<Kind>,
    met: Vec<Met>,
    next_met: usize,
}

/// An outline that no recipe was there for.
#[derive(Debug)]
struct Met {
    hash: u64,
    /// How often it is read at length before it is looked at again.
    wait: u32,
    next_wait: u32,
}

/// Responses that are read and priced alike.
#[derive(Debug)]
struct Kind {
    url: Option<Box<str>>,
    provider: Option<Box<str>>,
    model: Option<Box<str>>,
    recipe: Recipe,
    /// As of the minute in which it was last needed.
    price: Option<Prepared>,
}

impl Meter {
    /// A meter that has seen nothing.
    pub const fn new() -> Self {
        Self {
            telling: None,
            kinds: Vec::new(),
            met: Vec::new(),
            next_met: 0,
        }
    }

    /// Reads a response's usage and prices it as of `at_ms`.
    pub fn cost_of(
        &mut self,
        tape: &Tape<'_>,
        hints: &Hints<'_>,
        at_ms: i64,
    ) -> Result<CallCost, ExtractError> {
        for place in 0..self.kinds.len() {
            let Some(kind) = self.kinds.get_mut(place) else {
                break;
            };
            if let Some(extraction) = kind.read(tape, hints) {
                let answer = kind.priced(extraction, at_ms);
                if place > 0 {
                    self.kinds.swap(place, place - 1);
                }
                return Ok(answer);
            }
        }
        let extraction = extract(tape, hints)?;
        if let Some(place) = self.due(tape) {
            let is_learnt = self.learn(tape, hints, &extraction);
            if let Some(met) = self.met.get_mut(place) {
                met.next_wait = if is_learnt {
                    PATIENCE
                } else {
                    met.next_wait.saturating_mul(2)
                };
                met.wait = met.next_wait;
            }
        }
        Ok(super::read(extraction, at_ms))
    }

    /// Where the tape's outline stands among those met, when it is to be learnt now.
    fn due(&mut self, tape: &Tape<'_>) -> Option<usize> {
        let hash = outline_hash(tape);
        if let Some(place) = self.met.iter().position(|met| met.hash == hash) {
            let met = self.met.get_mut(place)?;
            let is_due = met.wait == 0;
            met.wait = met.wait.saturating_sub(1);
            return is_due.then_some(place);
        }
        let met = Met {
            hash,
            wait: 0,
            next_wait: PATIENCE,
        };
        if self.met.len() < MET {
            self.met.push(met);
        } else if let Some(oldest) = self.met.get_mut(self.next_met) {
            *oldest = met;
            self.next_met = (self.next_met + 1) % MET;
        }
        None
    }

    #[cold]
    fn learn(&mut self, tape: &Tape<'_>, hints: &Hints<'_>, read: &Extraction) -> bool {
        let telling = self.telling.get_or_insert_with(telling_keys);
        let Some(recipe) = Recipe::of(tape, hints, read, telling) else {
            return false;
        };
        let owned = |hint: Option<&str>| hint.map(Box::from);
        self.kinds.truncate(KINDS - 1);
        self.kinds.push(Kind {
            url: owned(hints.url),
            provider: owned(hints.provider),
            model: owned(hints.model),
            recipe,
            price: None,
        });
        true
    }
}

impl Kind {
    #[inline]
    fn read(&self, tape: &Tape<'_>, hints: &Hints<'_>) -> Option<Extraction> {
        let are_same = self.url.as_deref() == hints.url
            && self.provider.as_deref() == hints.provider
            && self.model.as_deref() == hints.model;
        if are_same {
            self.recipe.follow(tape)
        } else {
            None
        }
    }

    fn priced(&mut self, extraction: Extraction, at_ms: i64) -> CallCost {
        match self.cost(&extraction, at_ms) {
            Some(cost) => CallCost::of(extraction, cost, None, false),
            None => super::priced(extraction, false, at_ms),
        }
    }

    #[inline]
    fn cost(&mut self, extraction: &Extraction, at_ms: i64) -> Option<Cost> {
        if self
            .price
            .as_ref()
            .is_none_or(|price| !price.holds_at(at_ms))
        {
            self.price = modifiers_of(extraction, |modifiers| {
                Some(Prepared::of(&PriceRequest {
                    usage: &extraction.usage,
                    provider: &extraction.detection.provider,
                    model: extraction.model.as_deref()?,
                    modifiers,
                    at_ms,
                }))
            });
        }
        self.price.as_mut()?.cost(&extraction.usage)
    }
}

#[cfg(test)]
mod tests;
