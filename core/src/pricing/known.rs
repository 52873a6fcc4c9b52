//! The prices that a batch of calls met, ready for the next call of their kind.

use super::cost::Cost;
use super::prepared::{Prepared, step_of};
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
    /// Of the last call that `prepared` did not hold for. One call alone is not worth preparing anything.
    step: i64,
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
        let step = step_of(request.at_ms);
        let is_of =
            |kind: &&mut Kind| *kind.model == *request.model && *kind.provider == *request.provider;
        let Some(kind) = self.0.iter_mut().find(is_of) else {
            if self.0.len() < MAX_KINDS {
                self.0.push(Kind {
                    provider: request.provider.into(),
                    model: request.model.into(),
                    prepared: None,
                    step,
                });
            }
            return None;
        };
        if let Some(prepared) = &mut kind.prepared
            && prepared.holds_at(request.at_ms)
        {
            return prepared.cost(request.usage);
        }
        if std::mem::replace(&mut kind.step, step) != step {
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
    use crate::pricing::{models, providers};
    use crate::quantity::Quantity;
    use crate::usage::Usage;

    const MODIFIERS: [&[(&str, &str)]; 4] = [&[], &[], &[], &[("service_tier", "flex")]];

    /// Numbers in no order, below a limit each.
    struct Random(u64);

    impl Random {
        fn below(&mut self, limit: u64) -> u64 {
            let Self(state) = self;
            *state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (*state >> 33) % limit
        }

        fn of<T: Copy>(&mut self, list: &[T]) -> T {
            let place = self.below(list.len() as u64);
            list[usize::try_from(place).unwrap()]
        }

        fn usage(&mut self) -> Usage {
            let mut usage = Usage::default();
            for (bucket, most) in [
                ("input", 400_000),
                ("cache_read", 1000),
                ("output", 5000),
                ("web_search", 3),
                ("apples", 2),
            ] {
                // Most calls are of tokens alone.
                let is_there = self.below(8) == 0 || (most > 10 && self.below(3) > 0);
                if is_there {
                    let unit = if self.below(50) == 0 { 1500 } else { 1_000_000 };
                    let amount = Quantity::from_micros(self.below(most) * unit).unwrap();
                    usage.add(Bucket::named(bucket), amount);
                }
            }
            usage
        }
    }

    #[test]
    fn a_known_price_is_the_price() {
        let mut all: Vec<(&str, &str)> = providers()
            .flat_map(|provider| models(provider).map(move |model| (provider, model.id)))
            .collect();
        all.extend([("OpenAI", "gpt-4o"), ("nobody", "nothing")]);
        let mut random = Random(1);
        let mut were_ready = 0;
        for _ in 0..2000 {
            let mut known = KnownPrices::default();
            let batch = [(); 5].map(|()| random.of(&all));
            // Two minutes of two years, each for a while.
            let minutes = [(); 2].map(|()| random.below(1_051_200));
            let mut minute = minutes[0];
            for _ in 0..60 {
                if random.below(20) == 0 {
                    minute = random.of(&minutes);
                }
                let (provider, model) = random.of(&batch);
                let request = PriceRequest {
                    usage: &random.usage(),
                    provider,
                    model,
                    modifiers: random.of(&MODIFIERS),
                    at_ms: 1_735_689_600_000 + i64::try_from(minute).unwrap() * 60_000,
                };
                if let Some(cost) = known.ready(&request) {
                    were_ready += 1;
                    assert_eq!(cost, price(&request), "{request:?}");
                }
            }
        }
        assert!(were_ready > 20_000, "{were_ready}");
    }
}
