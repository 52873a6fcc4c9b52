//! Usage times rates, exactly, rounded once.

use super::catalogue::{Model, RateCard, find_model};
use super::cost::{Basis, Cost, CostLine};
use crate::bucket::{BUCKETS, Bucket, BucketIndex};
use crate::money::{ExactPico, MAX_EVENT_NANOS, Nanos, Rate};
use crate::quantity::Quantity;
use crate::usage::{Usage, Warning};

/// Modifier values that mean the plain price.
const PLAIN: [&str; 6] = [
    "default",
    "standard",
    "auto",
    "on_demand",
    "global",
    "not_available",
];

/// What is to be priced.
#[derive(Debug, Clone, Copy)]
pub struct PriceRequest<'a> {
    /// Disjoint buckets.
    pub usage: &'a Usage,
    /// Who charges.
    pub provider: &'a str,
    /// For which model.
    pub model: &'a str,
    /// What changes the price: `("service_tier", "flex")`, …
    pub modifiers: &'a [(&'a str, &'a str)],
    /// When the call was made, in milliseconds since 1970.
    pub at_ms: i64,
}

/// A cost that the provider or the caller stated.
pub fn price_reported(amount: Nanos) -> Cost {
    Cost {
        amount: Some(amount),
        basis: Basis::Reported,
        low: None,
        high: None,
        price_id: None,
        lines: Vec::new(),
        warnings: Vec::new(),
    }
}

/// Prices usage by the catalogue as it stood at the time of the call.
pub fn price(request: &PriceRequest<'_>) -> Cost {
    let PriceRequest {
        usage,
        provider,
        model: name,
        modifiers,
        at_ms,
    } = *request;
    let Some(model) = find_model(provider, name) else {
        return Cost::unpriced(
            "unknown_model",
            format!("no price is known for {provider} {name:?}"),
        );
    };
    let Some(base) = model.base_card(at_ms) else {
        return Cost::unpriced(
            "no_price_then",
            format!("no price of {} is known for that day", model.id),
        );
    };
    let mut pricing = Pricing {
        base,
        variant: None,
        exact: true,
        bounded: true,
        warnings: Vec::new(),
    };
    for (modifier, value) in modifiers {
        pricing.apply(model, modifier, value, at_ms);
    }
    pricing.total(usage)
}

struct Pricing {
    base: &'static RateCard,
    variant: Option<(&'static RateCard, String)>,
    exact: bool,
    /// False once something unknown may have moved the whole amount either way.
    bounded: bool,
    warnings: Vec<Warning>,
}

impl Pricing {
    fn apply(&mut self, model: &Model, modifier: &str, value: &str, at_ms: i64) {
        if PLAIN.contains(&value) {
            return;
        }
        let card = model.variant(at_ms, modifier, value).or_else(|| {
            // Anthropic states a batch in the field where OpenAI states its tiers.
            (modifier == "service_tier")
                .then(|| model.variant(at_ms, "processing", value))
                .flatten()
        });
        let label = format!("{modifier}={value}");
        match card {
            Some(card) if self.variant.is_none() => self.variant = Some((card, label)),
            Some(_) => self.doubt(format!(
                "{label} is not combined with another modifier's price"
            )),
            None => self.doubt(format!(
                "no price of {} is known for {label}; its plain price was used",
                model.id
            )),
        }
    }

    fn doubt(&mut self, message: String) {
        self.exact = false;
        self.bounded = false;
        self.warnings
            .push(Warning::new("modifier_not_priced", message));
    }

    fn total(mut self, usage: &Usage) -> Cost {
        let input_tokens = usage.total(crate::bucket::Side::Input).whole_units();
        let mut parts: Vec<(CostLine, ExactPico)> = Vec::new();
        let mut certain = ExactPico::ZERO;
        let mut sum = ExactPico::ZERO;
        for (bucket, quantity) in usage.iter() {
            let Some(found) = self.rate(bucket, input_tokens) else {
                let message = format!("{} has no rate for {bucket}", self.base.id);
                return Cost::unpriced("no_rate", message);
            };
            let part = ExactPico::of(quantity.micros(), found.rate);
            let Some((part, total)) = part.and_then(|part| Some((part, sum.plus(part)?))) else {
                return too_large();
            };
            sum = total;
            if found.own_price {
                certain = certain.plus(part).unwrap_or(certain);
            } else {
                self.exact = false;
                let message = format!("{bucket} was priced like the bucket it belongs to");
                self.warnings.push(Warning::new("rate_assumed", message));
            }
            let line = CostLine {
                bucket: bucket.id().to_owned(),
                quantity: *quantity,
                rate: found.rate,
                modifiers: found.modifiers,
                amount_nanos: 0,
            };
            parts.push((line, part));
        }
        let Some(amount) = sum.round().filter(|amount| amount.get() <= MAX_EVENT_NANOS) else {
            return too_large();
        };
        // What had no rate of its own may have been free or as dear as assumed.
        let (low, high) = if self.exact || !self.bounded {
            (None, None)
        } else {
            (certain.round(), Some(amount))
        };
        Cost {
            amount: Some(amount),
            basis: if self.exact {
                Basis::Exact
            } else {
                Basis::Estimated
            },
            low,
            high,
            price_id: Some(
                self.variant
                    .as_ref()
                    .map_or(self.base.id, |(card, _)| card.id),
            ),
            lines: share_out(parts, amount),
            warnings: self.warnings,
        }
    }

    /// The rate of a bucket: the variant's, else the base card's, else that of the bucket it is priced as.
    fn rate(&self, bucket: &Bucket, input_tokens: u64) -> Option<Found> {
        let Bucket::Known(index) = bucket else {
            return None;
        };
        let mut index = *index;
        let mut own_price = true;
        loop {
            if let Some((card, label)) = &self.variant
                && let Some(mut found) = look_up(card, index, input_tokens)
            {
                found.modifiers.push(label.clone());
                return Some(Found { own_price, ..found });
            }
            if let Some(found) = look_up(self.base, index, input_tokens) {
                return Some(Found { own_price, ..found });
            }
            let fallback = BUCKETS.get(index.get())?.fallback?;
            own_price &= fallback.same_price;
            index = BucketIndex::new(fallback.bucket);
        }
    }
}

struct Found {
    rate: Rate,
    modifiers: Vec<String>,
    own_price: bool,
}

fn look_up(card: &RateCard, index: BucketIndex, input_tokens: u64) -> Option<Found> {
    let find = |rates: &[(u8, Rate)]| {
        rates
            .iter()
            .find(|(bucket, _)| usize::from(*bucket) == index.get())
            .map(|(_, rate)| *rate)
    };
    let (rates, tier) = card.rates_for(input_tokens);
    if let Some(tokens) = tier
        && let Some(rate) = find(rates)
    {
        return Some(Found {
            rate,
            modifiers: vec![format!("input_tokens>{tokens}")],
            own_price: true,
        });
    }
    // A tier restates only what it changes; a call costs the same however long the prompt.
    find(card.rates).map(|rate| Found {
        rate,
        modifiers: Vec::new(),
        own_price: true,
    })
}

/// Gives each line its whole nano-dollars and hands the rest, one by one, to the largest remainders.
fn share_out(parts: Vec<(CostLine, ExactPico)>, amount: Nanos) -> Vec<CostLine> {
    let mut lines = Vec::with_capacity(parts.len());
    let mut remainders = Vec::with_capacity(parts.len());
    let mut given = 0_i64;
    for (position, (mut line, part)) in parts.into_iter().enumerate() {
        let (floor, rest) = part.floor().unwrap_or_default();
        line.amount_nanos = floor;
        given = given.saturating_add(floor);
        remainders.push((rest, position));
        lines.push(line);
    }
    remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let missing = usize::try_from(amount.get().saturating_sub(given)).unwrap_or_default();
    for (_, position) in remainders.into_iter().take(missing) {
        if let Some(line) = lines.get_mut(position) {
            line.amount_nanos += 1;
        }
    }
    lines
}

fn too_large() -> Cost {
    let limit = Nanos::new(MAX_EVENT_NANOS);
    Cost::unpriced(
        "amount_out_of_range",
        format!("one call cannot cost more than {limit} USD"),
    )
}

/// A bare number of tokens of unknown class, taken as three of input to one of output, between all input and
/// all output.
pub(crate) fn price_unsplit(request: &PriceRequest<'_>, tokens: Quantity) -> Cost {
    let (input, output) = (Bucket::named("input"), Bucket::named("output"));
    let priced = |input_part: Quantity| {
        let mut usage = Usage::default();
        usage.add(input.clone(), input_part);
        if let Some(rest) = tokens.checked_sub(input_part) {
            usage.add(output.clone(), rest);
        }
        price(&PriceRequest {
            usage: &usage,
            ..*request
        })
    };
    let three_quarters =
        Quantity::from_micros(tokens.micros() / 4 * 3 + tokens.micros() % 4 * 3 / 4);
    let mut cost = priced(three_quarters.unwrap_or(tokens));
    if cost.amount.is_none() {
        return cost;
    }
    let bounds = [priced(tokens).amount, priced(Quantity::ZERO).amount];
    cost.basis = Basis::Estimated;
    cost.low = bounds.into_iter().flatten().min();
    cost.high = bounds.into_iter().flatten().max();
    cost.warnings.push(Warning::new(
        "split_assumed",
        "the tokens were taken as 3 of input to 1 of output",
    ));
    cost
}
