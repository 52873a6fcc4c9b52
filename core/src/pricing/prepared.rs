//! A price made ready: what a second call of the same kind need not find out again.

use super::cost::{Basis, Cost, CostLine, RateModifier};
use super::price::{PriceRequest, share_out};
use super::rates::Choice;
use crate::bucket::{Bucket, BucketIndex, Side};
use crate::money::{ExactPico, MAX_EVENT_NANOS, Rate};
use crate::usage::Usage;

/// How finely prices depend on time: they change with the day and, for some, with the minute of the day.
const STEP_MS: i64 = 60_000;

/// The stretch of time around `at_ms` in which no price changes.
pub(crate) const fn step_of(at_ms: i64) -> i64 {
    at_ms.div_euclid(STEP_MS)
}

/// What the catalogue says of one provider, model and set of modifiers in one minute.
///
/// It prices only what leaves no doubt: whole tokens, each with a rate of its own or of a bucket billed like it.
/// Anything else is for [`price`](super::price()), which says the same where both answer.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// `None` where something about it is in doubt.
    choice: Option<Choice<'static>>,
    step: i64,
    rates: Vec<Ready>,
}

/// A bucket's rate in one tier.
#[derive(Debug)]
struct Ready {
    bucket: BucketIndex,
    tier: [u64; 2],
    rate: Rate,
    modifiers: Vec<RateModifier>,
}

impl Prepared {
    /// Makes the price of calls like `request` ready.
    #[cold]
    pub(crate) fn of(request: &PriceRequest<'_>) -> Self {
        Self {
            choice: Choice::of_catalogue(request).ok().and_then(Choice::settled),
            step: step_of(request.at_ms),
            rates: Vec::new(),
        }
    }

    /// Whether it holds at `at_ms`.
    pub(crate) fn holds_at(&self, at_ms: i64) -> bool {
        self.step == step_of(at_ms)
    }

    /// What `usage` costs; `None` where that takes more than multiplying.
    pub(crate) fn cost(&mut self, usage: &Usage) -> Option<Cost> {
        let tier = self.choice.as_mut()?.tier_of(usage)?;
        let mut lines = Vec::with_capacity(usage.len());
        let mut pico = 0_u64;
        for (bucket, quantity) in usage.iter() {
            let Bucket::Known(index) = bucket else {
                return None;
            };
            let ready = self.ready(*index, tier)?;
            let (units, 0) = quantity.split() else {
                return None;
            };
            pico = pico.checked_add(units.checked_mul(ready.rate.pico)?)?;
            lines.push(CostLine {
                bucket: Bucket::Known(*index),
                quantity: *quantity,
                rate: ready.rate,
                modifiers: ready.modifiers.clone(),
                amount_nanos: 0,
            });
        }
        let amount = ExactPico::whole_number(pico)
            .round()
            .filter(|amount| amount.get() <= MAX_EVENT_NANOS)?;
        share_out(&mut lines, amount);
        Some(Cost {
            amount: Some(amount),
            basis: Basis::Exact,
            low: None,
            high: None,
            price_id: Some(self.choice.as_ref()?.price_id()),
            lines,
            warnings: Vec::new(),
        })
    }

    /// The amount of [`Self::cost`] alone.
    pub(crate) fn amount(&mut self, usage: &Usage) -> Option<i64> {
        let tier = self.choice.as_mut()?.tier_of(usage)?;
        let mut pico = 0_u64;
        for (bucket, quantity) in usage.iter() {
            let (Bucket::Known(index), (units, 0)) = (bucket, quantity.split()) else {
                return None;
            };
            let rate = self.ready(*index, tier)?.rate;
            pico = pico.checked_add(units.checked_mul(rate.pico)?)?;
        }
        let amount = ExactPico::whole_number(pico).round()?.get();
        (amount <= MAX_EVENT_NANOS).then_some(amount)
    }

    fn ready(&mut self, bucket: BucketIndex, tier: [u64; 2]) -> Option<&Ready> {
        let known = self
            .rates
            .iter()
            .position(|ready| ready.bucket == bucket && ready.tier == tier);
        let place = match known {
            Some(place) => place,
            None => self.find(bucket, tier)?,
        };
        self.rates.get(place)
    }

    #[cold]
    fn find(&mut self, bucket: BucketIndex, tier: [u64; 2]) -> Option<usize> {
        if bucket.info()?.side == Side::Other {
            return None;
        }
        let found = self.choice.as_ref()?.rate(&Bucket::Known(bucket))?;
        if !found.is_certain() || found.rate.per != 1 {
            return None;
        }
        self.rates.push(Ready {
            bucket,
            tier,
            rate: found.rate,
            modifiers: found.modifiers,
        });
        Some(self.rates.len() - 1)
    }
}
