//! One model held against the question.

use super::quality::capable_models;
use super::quality::{Capable, Class};
use super::tokens::TokenEstimate;
use crate::bucket::{Bucket, INPUT, OUTPUT};
use crate::forecast::usd;
use crate::pricing::{Prepared, PriceRequest, TenantPrices, price_by};
use crate::quantity::Quantity;
use crate::usage::Usage;
use jiff::civil::Date;

/// What is asked for.
#[derive(Debug)]
pub(super) struct Need<'a> {
    pub(super) input: TokenEstimate,
    pub(super) output: u64,
    /// What the prompt holds beside text.
    pub(super) modalities: Vec<&'a str>,
    pub(super) least_class: Class,
    pub(super) max_latency_ms: Option<u64>,
    pub(super) max_cost_nanos: Option<i64>,
    pub(super) at_ms: i64,
    pub(super) day: Date,
    pub(super) own_prices: &'a TenantPrices,
}

/// What a call would cost, in nano-dollars, over the range of its tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CallCost {
    pub(super) low: i64,
    pub(super) likely: i64,
    pub(super) high: i64,
}

/// A model and how it fares.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) model: &'static Capable,
    pub(super) cost: Option<CallCost>,
    /// The asker's own, measured.
    pub(super) latency_ms: Option<u64>,
    /// Why it will not do; empty when it will.
    pub(super) rejected: Vec<String>,
}

impl Candidate {
    pub(super) fn of(
        model: &'static Capable,
        latency_ms: Option<u64>,
        need: &Need<'_>,
        ready: Option<&mut Prepared>,
    ) -> Self {
        let cost = ready
            .and_then(|ready| over_tokens(need, |usage| ready.amount(usage)))
            .or_else(|| cost(model.provider, model.id, need));
        let mut rejected = Vec::new();
        if model.is_retired(need.day) {
            rejected.push(format!("retired on {}", model.until().unwrap_or_default()));
        }
        if cost.is_none() {
            rejected.push("no price is known".to_owned());
        }
        for modality in &need.modalities {
            if !model.input.contains(modality) {
                rejected.push(format!("does not read {modality}"));
            }
        }
        if need.input.high > model.context {
            rejected.push(format!(
                "its context of {} tokens may not hold the prompt of up to {}",
                model.context, need.input.high
            ));
        }
        if need.output > model.output {
            rejected.push(format!(
                "writes at most {} tokens, {} are expected",
                model.output, need.output
            ));
        }
        if model.class < need.least_class {
            rejected.push(format!(
                "quality {} is below {}",
                model.class.as_str(),
                need.least_class.as_str()
            ));
        }
        if let (Some(latency), Some(most)) = (latency_ms, need.max_latency_ms)
            && latency > most
        {
            rejected.push(format!("measured latency {latency} ms is above {most} ms"));
        }
        if let (Some(cost), Some(most)) = (cost, need.max_cost_nanos)
            && cost.likely > most
        {
            rejected.push(format!("costs {}, above {}", usd(cost.likely), usd(most)));
        }
        Self {
            model,
            cost,
            latency_ms,
            rejected,
        }
    }

    /// Whether it is known to keep the latency asked for; true where none is asked.
    pub(super) fn keeps_latency(&self, need: &Need<'_>) -> bool {
        need.max_latency_ms
            .is_none_or(|most| self.latency_ms.is_some_and(|latency| latency <= most))
    }
}

/// What the call would cost at `provider` with `model`; `None` without a price.
pub(super) fn cost(provider: &str, model: &str, need: &Need<'_>) -> Option<CallCost> {
    over_tokens(need, |usage| {
        let request = PriceRequest {
            usage,
            provider,
            model,
            modifiers: &[],
            at_ms: need.at_ms,
        };
        Some(price_by(&request, need.own_prices).amount?.get())
    })
}

/// What `price` says of the call at its likely tokens and at their bounds.
fn over_tokens(need: &Need<'_>, mut price: impl FnMut(&Usage) -> Option<i64>) -> Option<CallCost> {
    let mut of = |tokens: u64| {
        let mut usage = Usage::default();
        usage.add(Bucket::Known(INPUT), Quantity::whole(tokens).ok()?);
        usage.add(Bucket::Known(OUTPUT), Quantity::whole(need.output).ok()?);
        price(&usage)
    };
    let likely = of(need.input.likely)?;
    if need.input.low == need.input.high {
        return Some(CallCost {
            low: likely,
            likely,
            high: likely,
        });
    }
    Some(CallCost {
        low: of(need.input.low)?,
        likely,
        high: of(need.input.high)?,
    })
}

/// The catalogue's prices of the models to choose from, made ready for the questions of one minute.
#[derive(Debug, Default)]
pub struct Prices(Vec<Prepared>);

impl Prices {
    /// The price of the `position`th model at the question's time; nothing where the asker has prices of its own.
    pub(super) fn ready(&mut self, position: usize, need: &Need<'_>) -> Option<&mut Prepared> {
        if !need.own_prices.is_empty() {
            return None;
        }
        let holds = |known: &Prepared| known.holds_at(need.at_ms);
        if !self.0.first().is_some_and(holds) {
            let usage = Usage::default();
            let of = |row: &Capable| {
                Prepared::of(&PriceRequest {
                    usage: &usage,
                    provider: row.provider,
                    model: row.id,
                    modifiers: &[],
                    at_ms: need.at_ms,
                })
            };
            self.0 = capable_models().iter().map(of).collect();
        }
        self.0.get_mut(position)
    }
}
