//! The prices that a batch of calls met, ready for the next call of their kind.

use super::cost::Cost;
use super::prepared::Prepared;
use super::price::{PriceRequest, price};

/// More kinds than this are found out anew each time: looking through many takes as long.
const MAX_KINDS: usize = 16;

/// Prices of the catalogue's that were met before. What they say is what [`price`] says.
#[derive(Debug, Default)]
pub struct KnownPrices(Vec<Kind>);

/// Calls of one model without modifiers.
#[derive(Debug)]
struct Kind {
    provider: Box<str>,
    model: Box<str>,
    prepared: Option<Prepared>,
    /// When the last call was that `prepared` does not hold for. One call alone is not worth preparing anything.
    met_ms: i64,
}

impl KnownPrices {
    /// The same as [`price`], sooner where the call is like others before it.
    pub(crate) fn price(&mut self, request: &PriceRequest<'_>) -> Cost {
        let ready = self.ready(request);
        ready.unwrap_or_else(|| price(request))
    }

    fn ready(&mut self, request: &PriceRequest<'_>) -> Option<Cost> {
        if !request.modifiers.is_empty() {
            return None;
        }
        let is_of =
            |kind: &&mut Kind| *kind.model == *request.model && *kind.provider == *request.provider;
        let Some(kind) = self.0.iter_mut().find(is_of) else {
            if self.0.len() < MAX_KINDS {
                self.0.push(Kind {
                    provider: request.provider.into(),
                    model: request.model.into(),
                    prepared: None,
                    met_ms: request.at_ms,
                });
            }
            return None;
        };
        if let Some(prepared) = &mut kind.prepared
            && prepared.holds_at(request.at_ms)
        {
            return prepared.cost(request.usage);
        }
        if !Prepared::is_one_step(kind.met_ms, request.at_ms) {
            kind.met_ms = request.at_ms;
            return None;
        }
        let prepared = kind.prepared.insert(Prepared::of(request));
        prepared.cost(request.usage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bucket::Bucket;
    use crate::quantity::Quantity;
    use crate::usage::Usage;

    /// A price that changes with the day, one with the length of the prompt, one with the hour, one that is unknown.
    const MODELS: [(&str, &str); 7] = [
        ("openai", "gpt-4o"),
        ("OpenAI", "gpt-4o"),
        ("anthropic", "claude-sonnet-4-5"),
        ("google", "gemini-2.5-pro"),
        ("deepseek", "deepseek-chat"),
        ("perplexity", "sonar-pro"),
        ("nobody", "nothing"),
    ];

    const MODIFIERS: [&[(&str, &str)]; 2] = [&[], &[("service_tier", "flex")]];

    #[test]
    fn a_known_price_is_the_price() {
        let mut known = KnownPrices::default();
        let mut random = 1_u64;
        let mut below = |limit: u64| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % limit
        };
        let mut at_ms = 0;
        let mut were_ready = 0;
        for _ in 0..20_000 {
            let mut usage = Usage::default();
            for (bucket, most) in [
                ("input", 400_000),
                ("cache_read", 1000),
                ("output", 5000),
                ("web_search", 3),
                ("apples", 2),
            ] {
                if below(3) > 0 {
                    let micros = below(most) * if below(50) == 0 { 1500 } else { 1_000_000 };
                    usage.add(
                        Bucket::named(bucket),
                        Quantity::from_micros(micros).unwrap(),
                    );
                }
            }
            // Three minutes of a year, each for a while.
            if below(50) == 0 || at_ms == 0 {
                at_ms = 1_735_689_600_000 + i64::try_from(below(3)).unwrap() * 15_778_800_000;
            }
            let pick = |number: u64| usize::try_from(number).unwrap();
            let (provider, model) = MODELS[pick(below(7))];
            let request = PriceRequest {
                usage: &usage,
                provider,
                model,
                modifiers: MODIFIERS[pick(below(8) / 7)],
                at_ms,
            };
            if let Some(cost) = known.ready(&request) {
                were_ready += 1;
                assert_eq!(cost, price(&request), "{request:?}");
            }
        }
        assert!(were_ready > 2000, "{were_ready}");
    }
}
