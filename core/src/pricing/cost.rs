//! A cost with the reasons for it.

use super::price_id::PriceId;
use crate::bucket::Bucket;
use crate::money::{Nanos, Rate};
use crate::quantity::Quantity;
use crate::usage::Warning;
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};
use std::fmt;

/// How well a cost is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The provider or the caller stated the amount.
    Reported,
    /// Every bucket had a rate of its own.
    Exact,
    /// Some rate or quantity was assumed; `low` and `high` bound it.
    Estimated,
    /// No price is known. The amount is absent, never zero.
    Unpriced,
}

impl Basis {
    /// The lower-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Exact => "exact",
            Self::Estimated => "estimated",
            Self::Unpriced => "unpriced",
        }
    }
}

/// What changed a rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RateModifier {
    /// A card of its own, by its condition: `service_tier=flex`.
    Condition(&'static str),
    /// A long prompt: `input_tokens>272000`, or `>=` where the boundary belongs to the tier.
    LongInput {
        /// The threshold.
        tokens: u64,
        /// Whether exactly so many tokens belong to the tier.
        inclusive: bool,
    },
    /// A factor on the card's rate: `inference_geo=us x1.1`.
    Factor {
        /// What it answers.
        modifier: &'static str,
        /// The modifier's value.
        value: &'static str,
        /// The factor, decimal.
        times: &'static str,
    },
    /// The fee is for the call, however often it used the tool.
    OnceACall,
    /// Another model than the call's own, which it used for a part.
    OtherModel(Box<str>),
    /// The organisation's own rate or discount: `own rate`, `discount x0.85`.
    Own(Box<str>),
}

impl fmt::Display for RateModifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Condition(text) => f.write_str(text),
            Self::LongInput {
                tokens,
                inclusive: false,
            } => write!(f, "input_tokens>{tokens}"),
            Self::LongInput {
                tokens,
                inclusive: true,
            } => write!(f, "input_tokens>={tokens}"),
            Self::Factor {
                modifier,
                value,
                times,
            } => write!(f, "{modifier}={value} x{times}"),
            Self::OnceACall => f.write_str("once a call"),
            Self::OtherModel(model) => write!(f, "model={model}"),
            Self::Own(text) => f.write_str(text),
        }
    }
}

impl Serialize for RateModifier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One bucket's part of a cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostLine {
    /// The bucket.
    pub bucket: Bucket,
    /// How much of it.
    pub quantity: Quantity,
    /// Its rate, modifiers included.
    pub rate: Rate,
    /// What changed the rate.
    pub modifiers: Vec<RateModifier>,
    /// Its part of the amount, in nano-dollars. The lines add up to the amount exactly.
    pub amount_nanos: i64,
}

impl Serialize for CostLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut line = serializer.serialize_struct("CostLine", 5)?;
        line.serialize_field("bucket", self.bucket.id())?;
        line.serialize_field("quantity", &self.quantity)?;
        // Decimal text: the rate of one token has more digits than a reader should trust to a double.
        line.serialize_field("rate", &self.rate.usd_per_unit())?;
        line.serialize_field("modifiers", &self.modifiers)?;
        line.serialize_field("amountNanos", &self.amount_nanos)?;
        line.end()
    }
}

/// What a call cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// The amount; `None` when unpriced.
    pub amount: Option<Nanos>,
    /// How well it is known.
    pub basis: Basis,
    /// The least it can be, when estimated; absent when nothing bounds it.
    pub low: Option<Nanos>,
    /// The most it can be, when estimated; absent when nothing bounds it.
    pub high: Option<Nanos>,
    /// The rate card it was computed from.
    pub price_id: Option<PriceId>,
    /// The reasons, one line a bucket.
    pub lines: Vec<CostLine>,
    /// Why it is not exact.
    pub warnings: Vec<Warning>,
}

impl Cost {
    /// The same amount, no longer exact: what it was computed from is in doubt.
    pub(crate) fn doubted(&mut self) {
        if matches!(self.basis, Basis::Exact | Basis::Estimated) {
            self.basis = Basis::Estimated;
            // Bounds spoke of the rates; the quantities may be off by any amount.
            self.low = None;
            self.high = None;
        }
    }

    /// The same amount, to which something is to be added that nobody counted.
    pub(crate) fn is_a_floor(&mut self) {
        if self.basis == Basis::Exact {
            self.basis = Basis::Estimated;
            self.low = self.amount;
        }
        self.high = None;
    }

    /// The cost of several models' parts together: as well known as the least known of them. The lines of a
    /// part with a model of its own say so.
    pub fn sum<'a>(parts: impl Iterator<Item = (Option<&'a str>, Self)>) -> Self {
        let mut total: Option<Self> = None;
        for (model, mut part) in parts {
            if let Some(model) = model {
                for line in &mut part.lines {
                    line.modifiers.push(RateModifier::OtherModel(model.into()));
                }
            }
            total = Some(match total {
                None => part,
                Some(total) => total.plus(part),
            });
        }
        total.unwrap_or_else(|| Self::unpriced("no_usage", "nothing was used".to_owned()))
    }

    fn plus(mut self, mut other: Self) -> Self {
        self.warnings.append(&mut other.warnings);
        let (Some(a), Some(b)) = (self.amount, other.amount) else {
            let warnings = self.warnings;
            return Self {
                warnings,
                ..Self::unpriced(
                    "part_unpriced",
                    "a part of the call has no price".to_owned(),
                )
            };
        };
        let add = |x: Nanos, y: Nanos| Nanos::new(x.get().saturating_add(y.get()));
        // An exact part is its own bound; an estimate without one leaves the sum without.
        let of = |cost: &Self, bound: Option<Nanos>| match cost.basis {
            Basis::Estimated => bound,
            _ => cost.amount,
        };
        let low = of(&self, self.low).zip(of(&other, other.low));
        let high = of(&self, self.high).zip(of(&other, other.high));
        let is_estimate = self.basis == Basis::Estimated || other.basis == Basis::Estimated;
        self.low = low.filter(|_| is_estimate).map(|(x, y)| add(x, y));
        self.high = high.filter(|_| is_estimate).map(|(x, y)| add(x, y));
        self.amount = Some(Nanos::new(a.get().saturating_add(b.get())));
        if is_estimate {
            self.basis = Basis::Estimated;
        }
        self.lines.append(&mut other.lines);
        self
    }

    /// An unknown cost and why.
    pub fn unpriced(code: &'static str, message: String) -> Self {
        Self::unpriced_because(Warning::new(code, message))
    }

    pub(crate) fn unpriced_because(reason: Warning) -> Self {
        Self {
            amount: None,
            basis: Basis::Unpriced,
            low: None,
            high: None,
            price_id: None,
            lines: Vec::new(),
            warnings: vec![reason],
        }
    }
}

impl Serialize for Cost {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut cost = serializer.serialize_struct("Cost", 8)?;
        cost.serialize_field("amount", &self.amount)?;
        cost.serialize_field("amountNanos", &self.amount.map(Nanos::get))?;
        cost.serialize_field("currency", "USD")?;
        cost.serialize_field("basis", &self.basis)?;
        cost.serialize_field("low", &self.low)?;
        cost.serialize_field("high", &self.high)?;
        cost.serialize_field("priceId", &self.price_id)?;
        cost.serialize_field("lines", &self.lines)?;
        cost.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(amount: i64, low: Option<i64>, high: Option<i64>) -> Cost {
        Cost {
            amount: Some(Nanos::new(amount)),
            basis: Basis::Estimated,
            low: low.map(Nanos::new),
            high: high.map(Nanos::new),
            price_id: None,
            lines: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn exact(amount: i64) -> Cost {
        Cost {
            basis: Basis::Exact,
            ..estimate(amount, None, None)
        }
    }

    #[test]
    fn a_sum_claims_no_bound_that_a_part_lacks() {
        let sum = |a: Cost, b: Cost| Cost::sum([(None, a), (None, b)].into_iter());
        let bounds = |cost: &Cost| (cost.low.map(Nanos::get), cost.high.map(Nanos::get));
        let bounded = sum(estimate(10, Some(5), Some(20)), exact(100));
        assert_eq!(bounds(&bounded), (Some(105), Some(120)));
        let open = sum(estimate(10, Some(5), Some(20)), estimate(7, None, None));
        assert_eq!(bounds(&open), (None, None));
        let plain = sum(exact(1), exact(2));
        assert_eq!((plain.basis, bounds(&plain)), (Basis::Exact, (None, None)));
    }

    #[test]
    fn doubt_about_quantities_takes_the_bounds_away() {
        let mut cost = estimate(10, Some(5), Some(20));
        cost.doubted();
        assert_eq!((cost.low, cost.high), (None, None));
    }
}
