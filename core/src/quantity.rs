//! How much of something was used, exact to a millionth of a unit.

use crate::decimal::{self, DecimalError};
use serde::{Serialize, Serializer};
use std::fmt;

/// Millionths in a unit.
pub const MICROS: u64 = 1_000_000;

/// The largest quantity one event may carry, in whole units. A thousand of these still add up in 64 bits.
pub const MAX_QUANTITY: u64 = 1_000_000_000_000;

/// A quantity of tokens, calls, seconds, … in millionths of a unit. Never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(u64);

/// Why a number is not a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuantityError {
    /// Below zero.
    Negative,
    /// Above [`MAX_QUANTITY`].
    TooLarge,
    /// Not a finite number.
    NotANumber,
}

impl Quantity {
    /// None of it.
    pub const ZERO: Self = Self(0);

    /// One of it.
    pub const ONE: Self = Self(MICROS);

    /// `units` whole units.
    pub fn whole(units: u64) -> Result<Self, QuantityError> {
        if units > MAX_QUANTITY {
            return Err(QuantityError::TooLarge);
        }
        Ok(Self(units * MICROS))
    }

    /// `micros` millionths of a unit.
    pub fn from_micros(micros: u64) -> Result<Self, QuantityError> {
        if micros > MAX_QUANTITY * MICROS {
            return Err(QuantityError::TooLarge);
        }
        Ok(Self(micros))
    }

    /// Reads decimal text, rounding half to even below a millionth.
    pub fn from_text(text: &str) -> Result<Self, QuantityError> {
        // Nearly every one is a whole number, far below the largest.
        if text.len() <= 12
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && let Ok(whole) = text.parse::<u64>()
        {
            return Ok(Self(whole * MICROS));
        }
        let micros = decimal::scaled(text, 6).map_err(|error| match error {
            DecimalError::Malformed => QuantityError::NotANumber,
            DecimalError::OutOfRange if text.starts_with('-') => QuantityError::Negative,
            DecimalError::OutOfRange => QuantityError::TooLarge,
        })?;
        if text.starts_with('-') && micros != 0 {
            return Err(QuantityError::Negative);
        }
        match u64::try_from(micros) {
            Ok(micros) if micros <= MAX_QUANTITY * MICROS => Ok(Self(micros)),
            _ => Err(QuantityError::TooLarge),
        }
    }

    /// The quantity in millionths of a unit.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// Whole units and the millionths beyond them.
    pub const fn split(self) -> (u64, u64) {
        (self.0 / MICROS, self.0 % MICROS)
    }

    /// The whole units, a fraction dropped.
    pub const fn whole_units(self) -> u64 {
        self.0 / MICROS
    }

    /// True when there is none.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// What is left after `other`, or `None` when `other` is more.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The sum, stopping at the largest number of 64 bits.
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal::format(i128::from(self.0), 6))
    }
}

impl Serialize for Quantity {
    /// A JSON number: an integer when the quantity is whole.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (whole, part) = self.split();
        if part == 0 {
            serializer.serialize_u64(whole)
        } else {
            serializer.serialize_f64(self.to_f64())
        }
    }
}

impl Quantity {
    /// The quantity as a JSON number, exact up to 2^53 millionths. For display only.
    #[expect(
        clippy::float_arithmetic,
        clippy::cast_precision_loss,
        reason = "a public JSON number; not money"
    )]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_never_negative_or_beyond_the_limit() {
        assert_eq!(Quantity::from_text("-1"), Err(QuantityError::Negative));
        assert_eq!(Quantity::from_text("-0.0"), Ok(Quantity::ZERO));
        assert_eq!(Quantity::from_text("1e13"), Err(QuantityError::TooLarge));
        assert_eq!(Quantity::from_text("1e400"), Err(QuantityError::TooLarge));
        assert_eq!(Quantity::from_text("NaN"), Err(QuantityError::NotANumber));
    }

    #[test]
    fn whole_quantities_print_as_integers() {
        assert_eq!(
            serde_json::to_string(&Quantity::whole(1500).unwrap()).unwrap(),
            "1500"
        );
        assert_eq!(
            serde_json::to_string(&Quantity::from_text("12.5").unwrap()).unwrap(),
            "12.5"
        );
    }
}
