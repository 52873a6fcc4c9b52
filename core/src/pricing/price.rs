//! Usage times rates, exactly, rounded once.

use super::catalogue::{ModelMatch, find_model};
use super::cost::{Basis, Cost, CostLine, RateModifier};
use super::rates::{Choice, Found};
use super::tenant::TenantPrices;
use crate::bucket::{Bucket, INPUT, OUTPUT, Relation, Side};
use crate::money::{ExactPico, MAX_EVENT_NANOS, Nanos};
use crate::quantity::Quantity;
use crate::usage::{Usage, Warning};

/// What is to be priced: one call.
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

/// Prices a call by the catalogue as it stood at the time of the call.
pub fn price(request: &PriceRequest<'_>) -> Cost {
    choose_and_total(request, None)
}

/// Prices a call by an organisation's own prices, and by the catalogue where they say nothing.
pub fn price_by(request: &PriceRequest<'_>, own: &TenantPrices) -> Cost {
    choose_and_total(request, Some(own))
}

fn choose_and_total(request: &PriceRequest<'_>, own: Option<&TenantPrices>) -> Cost {
    let found: Option<ModelMatch> = find_model(request.provider, request.model);
    match Choice::of(request, found, own) {
        Ok(choice) => total(request.usage, choice),
        Err(reason) => Cost::unpriced_because(reason),
    }
}

/// What the sum is known to lie between.
struct Sums {
    amount: ExactPico,
    low: ExactPico,
    /// False once something may have cost more than was assumed.
    has_high: bool,
}

impl Sums {
    fn add(&mut self, part: ExactPico, relation: Relation) -> Option<()> {
        self.amount = self.amount.plus(part)?;
        // A borrowed rate that may be too dear may hide a price of nothing.
        if matches!(relation, Relation::Same | Relation::Cheaper) {
            self.low = self.low.plus(part)?;
        }
        self.has_high &= matches!(relation, Relation::Same | Relation::Dearer);
        Some(())
    }
}

fn total(usage: &Usage, mut choice: Choice<'_>) -> Cost {
    choice.set_input_tokens(usage.total(Side::Input).whole_units());
    let mut lines: Vec<CostLine> = Vec::with_capacity(usage.len());
    let mut sums = Sums {
        amount: ExactPico::ZERO,
        low: ExactPico::ZERO,
        has_high: true,
    };
    let mut is_missing = false;
    let call = choice.fee_of_the_call(usage);
    for (bucket, quantity) in usage.iter().chain(call.as_ref()) {
        let Some(found) = choice.rate(bucket) else {
            let message = format!("{} has no rate for {bucket}", choice.name());
            // Tokens are most of a cost: without them a number would mislead. A tool's fee is left out and said so.
            if bucket.side() != Side::Other {
                if choice.bills_no_tokens(usage) {
                    continue;
                }
                return Cost::unpriced("no_rate", message);
            }
            is_missing = true;
            choice.warnings.push(Warning::new("no_rate", message));
            continue;
        };
        let Found {
            rate,
            mut modifiers,
            relation,
        } = found;
        let billed = choice.billed(bucket, *quantity);
        if billed != *quantity {
            modifiers.push(RateModifier::OnceACall);
        }
        let Some(part) = ExactPico::of(billed.micros(), rate) else {
            return too_large();
        };
        if sums.add(part, relation).is_none() {
            return too_large();
        }
        if relation != Relation::Same {
            choice.exact = false;
            let unstated = match bucket {
                Bucket::Known(index) => choice.unstated(*index),
                Bucket::Custom(_) => None,
            };
            let message = match unstated {
                Some((modifier, _)) => {
                    format!("the price of {bucket} depends on {modifier}, which is not stated")
                }
                None => format!("{bucket} was priced like the bucket it belongs to"),
            };
            choice.warnings.push(Warning::new("rate_assumed", message));
        }
        let bucket = bucket.clone();
        lines.push(CostLine {
            bucket,
            quantity: billed,
            rate,
            modifiers,
            amount_nanos: 0,
        });
    }
    if is_missing && lines.is_empty() {
        let message = choice
            .warnings
            .pop()
            .map(|warning| warning.message.into_owned())
            .unwrap_or_default();
        return Cost::unpriced("no_rate", message);
    }
    let exact = choice.exact && !is_missing;
    let Some(amount) = sums
        .amount
        .round()
        .filter(|amount| amount.get() <= MAX_EVENT_NANOS)
    else {
        return too_large();
    };
    let is_bounded = !exact && choice.bounded;
    share_out(&mut lines, amount);
    Cost {
        amount: Some(amount),
        basis: if exact {
            Basis::Exact
        } else {
            Basis::Estimated
        },
        low: if is_bounded { sums.low.round() } else { None },
        high: (is_bounded && sums.has_high && !is_missing).then_some(amount),
        price_id: Some(choice.price_id()),
        lines,
        warnings: choice.warnings,
    }
}

/// Gives each line its whole nano-dollars and hands the rest, one by one, to the largest remainders.
pub(super) fn share_out(lines: &mut [CostLine], amount: Nanos) {
    let mut few = [0; 8];
    let mut many = Vec::new();
    let remainders = if let Some(few) = few.get_mut(..lines.len()) {
        few
    } else {
        many.resize(lines.len(), 0);
        &mut many
    };
    let mut missing = amount.get();
    for (line, remainder) in lines.iter_mut().zip(&mut *remainders) {
        let exact = ExactPico::of(line.quantity.micros(), line.rate);
        (line.amount_nanos, *remainder) = exact.and_then(ExactPico::floor).unwrap_or_default();
        missing = missing.saturating_sub(line.amount_nanos);
    }
    while missing > 0 {
        let mut largest: Option<(&mut CostLine, &mut u64)> = None;
        for (line, remainder) in lines.iter_mut().zip(&mut *remainders) {
            if *remainder > largest.as_ref().map_or(0, |(_, so_far)| **so_far) {
                largest = Some((line, remainder));
            }
        }
        let Some((line, remainder)) = largest else {
            return;
        };
        line.amount_nanos += 1;
        *remainder = 0;
        missing -= 1;
    }
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
pub(crate) fn price_unsplit(
    request: &PriceRequest<'_>,
    own: Option<&TenantPrices>,
    tokens: Quantity,
) -> Cost {
    let (input, output) = (Bucket::Known(INPUT), Bucket::Known(OUTPUT));
    let priced = |input_part: Quantity| {
        let mut usage = Usage::default();
        usage.add(input.clone(), input_part);
        if let Some(rest) = tokens.checked_sub(input_part) {
            usage.add(output.clone(), rest);
        }
        choose_and_total(
            &PriceRequest {
                usage: &usage,
                ..*request
            },
            own,
        )
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
