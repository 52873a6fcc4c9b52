//! Exact US dollars: integer pico-dollar rates, integer nano-dollar amounts, rational values in between.

use crate::decimal::{self, DecimalError};
use serde::{Serialize, Serializer};
use std::fmt;

/// Pico-dollars in a nano-dollar.
const PICO_PER_NANO: i128 = 1_000;

/// The largest amount one event may carry, 9 million dollars: the last whole million whose nano-dollars a
/// JavaScript number holds exactly.
pub const MAX_EVENT_NANOS: i64 = 9_000_000 * 1_000_000_000;

/// An amount of money in nano-dollars (10^-9 USD).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Nanos(i64);

impl Nanos {
    /// Nothing: what a free call costs. An unknown cost is `None`, never this.
    pub const ZERO: Self = Self(0);

    /// An amount of `nanos` nano-dollars.
    pub const fn new(nanos: i64) -> Self {
        Self(nanos)
    }

    /// The amount in nano-dollars.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Reads decimal US dollars such as `4.50` or `1e-7`, rounding half to even below a nano-dollar.
    pub fn from_usd_text(text: &str) -> Result<Self, DecimalError> {
        let nanos = decimal::scaled(text, 9)?;
        i64::try_from(nanos)
            .map(Self)
            .map_err(|_| DecimalError::OutOfRange)
    }

    /// Reads a decimal number of 10^-scale US dollars, rounding half to even below a nano-dollar.
    pub(crate) fn from_scaled_text(text: &str, scale: i32) -> Result<Self, DecimalError> {
        let nanos = decimal::scaled(text, 9 - scale)?;
        i64::try_from(nanos)
            .map(Self)
            .map_err(|_| DecimalError::OutOfRange)
    }

    /// The amount as a JSON number of dollars. For display only: nothing is computed from it.
    #[expect(
        clippy::float_arithmetic,
        clippy::cast_precision_loss,
        reason = "the one place a public JSON number is made; below 2^53 nano-dollars the division rounds to the nearest double, which prints as the exact decimal"
    )]
    pub fn to_usd_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl fmt::Display for Nanos {
    /// Decimal US dollars, exact, without trailing zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal::format(i128::from(self.0), 9))
    }
}

impl Serialize for Nanos {
    /// A JSON number of dollars.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.to_usd_f64())
    }
}

/// A price: `pico` pico-dollars (10^-12 USD) for every `per` units. `per` is 1 unless the vendor's unit does
/// not divide (an hour of audio billed by the second).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    /// Pico-dollars.
    pub pico: u64,
    /// For how many units; never 0.
    pub per: u32,
}

impl Rate {
    /// `pico` pico-dollars for `per` units, in lowest terms where that is a whole number a unit.
    pub(crate) const fn of(pico: u64, per: u32) -> Self {
        let units = if per == 0 { 1 } else { per as u64 };
        if pico.is_multiple_of(units) {
            Self {
                pico: pico / units,
                per: 1,
            }
        } else {
            Self { pico, per }
        }
    }

    /// The rate times a fraction, exactly; `None` when it passes the numbers a rate can hold.
    pub(crate) fn times(self, factor: Times) -> Option<Self> {
        let pico = u128::from(self.pico) * u128::from(factor.numerator);
        let per = u128::from(self.per) * u128::from(factor.denominator.max(1));
        let divisor = gcd(pico, per).max(1);
        Some(Self {
            pico: u64::try_from(pico / divisor).ok()?,
            per: u32::try_from(per / divisor).ok()?,
        })
    }

    /// Decimal US dollars for `units` units, cut at 10^-18 where that does not divide.
    pub fn usd_for(self, units: u32) -> String {
        let atto =
            i128::from(self.pico) * i128::from(units) * 1_000_000 / i128::from(self.per.max(1));
        decimal::format(atto, 18)
    }

    /// Decimal US dollars for one unit, cut at 10^-18 where `per` does not divide.
    pub fn usd_per_unit(self) -> String {
        let atto = i128::from(self.pico) * 1_000_000 / i128::from(self.per.max(1));
        decimal::format(atto, 18)
    }
}

/// An exact factor on a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) numerator: u64,
    pub(crate) denominator: u64,
}

/// An exact sum of pico-dollars as a reduced fraction, so that rounding happens once, at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExactPico {
    numerator: i128,
    denominator: i128,
}

impl ExactPico {
    pub(crate) const ZERO: Self = Self {
        numerator: 0,
        denominator: 1,
    };

    /// So many pico-dollars.
    pub(crate) fn whole_number(pico: u64) -> Self {
        Self {
            numerator: i128::from(pico),
            denominator: 1,
        }
    }

    /// `micros` millionths of a unit at `rate`. `None` when it passes 128 bits.
    pub(crate) fn of(micros: u64, rate: Rate) -> Option<Self> {
        let per = i128::from(rate.per.max(1));
        let whole = 1_000_000;
        // Whole units at a per-unit rate are nearly every line: no fraction to reduce.
        if micros.is_multiple_of(whole) && per == 1 {
            let numerator = i128::from(micros / whole).checked_mul(i128::from(rate.pico))?;
            return Some(Self {
                numerator,
                denominator: 1,
            });
        }
        let numerator = i128::from(micros).checked_mul(i128::from(rate.pico))?;
        Some(
            Self {
                numerator,
                denominator: per.checked_mul(i128::from(whole))?,
            }
            .reduced(),
        )
    }

    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        if self.denominator == other.denominator {
            let numerator = self.numerator.checked_add(other.numerator)?;
            return Some(Self { numerator, ..self });
        }
        let left = self.numerator.checked_mul(other.denominator)?;
        let right = other.numerator.checked_mul(self.denominator)?;
        Some(
            Self {
                numerator: left.checked_add(right)?,
                denominator: self.denominator.checked_mul(other.denominator)?,
            }
            .reduced(),
        )
    }

    /// The one rounding: to whole nano-dollars, half to even.
    pub(crate) fn round(self) -> Option<Nanos> {
        // Whole pico-dollars of an ordinary call: a machine's own division suffices.
        if let Some(pico) = self.whole() {
            let (nanos, rest) = (pico / 1_000, pico % 1_000);
            let up = rest > 500 || rest == 500 && nanos % 2 == 1;
            return i64::try_from(nanos + u64::from(up)).ok().map(Nanos);
        }
        let denominator = self.denominator.checked_mul(PICO_PER_NANO)?;
        let nanos = decimal::divide_half_even(self.numerator, denominator);
        i64::try_from(nanos).ok().map(Nanos)
    }

    /// The whole nano-dollars below the exact value, and what is left, in parts of 2^32 of a nano-dollar.
    pub(crate) fn floor(self) -> Option<(i64, u64)> {
        if let Some(pico) = self.whole() {
            return Some((
                i64::try_from(pico / 1_000).ok()?,
                ((pico % 1_000) << 32) / 1_000,
            ));
        }
        let denominator = self.denominator.checked_mul(PICO_PER_NANO)?;
        let floor = i64::try_from(self.numerator.div_euclid(denominator)).ok()?;
        let rest = self.numerator.rem_euclid(denominator);
        let part = rest.checked_mul(1 << 32).map_or(0, |r| r / denominator);
        Some((floor, u64::try_from(part).ok()?))
    }

    fn whole(self) -> Option<u64> {
        if self.denominator == 1 {
            u64::try_from(self.numerator).ok()
        } else {
            None
        }
    }

    fn reduced(self) -> Self {
        let divisor = gcd(
            self.numerator.unsigned_abs(),
            self.denominator.unsigned_abs(),
        );
        match i128::try_from(divisor) {
            Ok(divisor) if divisor > 1 => Self {
                numerator: self.numerator / divisor,
                denominator: self.denominator / divisor,
            },
            _ => self,
        }
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_below_a_nano_dollar_stays_exact() {
        // $0.0075 for a million tokens is 7,500 pico-dollars a token.
        let rate = Rate {
            pico: 7_500,
            per: 1,
        };
        let cost = ExactPico::of(3_000_000, rate).unwrap();
        assert_eq!(cost.round(), Some(Nanos::new(22))); // 22.5, ties to even
        assert_eq!(rate.usd_per_unit(), "0.0000000075");
    }

    #[test]
    fn an_hourly_rate_is_exact_by_the_second() {
        // $1.02 an hour does not divide by 3,600.
        let rate = Rate {
            pico: 1_020_000_000_000,
            per: 3_600,
        };
        let second = ExactPico::of(1_000_000, rate).unwrap();
        let mut hour = ExactPico::ZERO;
        for _ in 0..3_600 {
            hour = hour.plus(second).unwrap();
        }
        assert_eq!(hour.round(), Some(Nanos::new(1_020_000_000)));
    }

    #[test]
    fn rounding_happens_after_the_sum() {
        let half_nano = ExactPico::of(1_000_000, Rate { pico: 500, per: 1 }).unwrap();
        assert_eq!(half_nano.round(), Some(Nanos::ZERO));
        assert_eq!(
            half_nano.plus(half_nano).unwrap().round(),
            Some(Nanos::new(1))
        );
    }

    #[test]
    fn the_short_way_rounds_like_the_long_one() {
        for pico in [
            0,
            499,
            500,
            501,
            999,
            1_000,
            1_500,
            2_499,
            2_500,
            2_501,
            3_500,
            123_456_789_500,
        ] {
            let short = ExactPico {
                numerator: pico,
                denominator: 1,
            };
            let long = ExactPico {
                numerator: pico * 3,
                denominator: 3,
            };
            assert_eq!(short.round(), long.round(), "{pico}");
            assert_eq!(short.floor(), long.floor(), "{pico}");
        }
    }

    #[test]
    fn dollars_print_exactly() {
        assert_eq!(Nanos::new(468_000).to_string(), "0.000468");
        assert_eq!(
            serde_json::to_string(&Nanos::new(468_000)).unwrap(),
            "0.000468"
        );
        assert_eq!(
            serde_json::to_string(&Nanos::new(1_234_560_000_000)).unwrap(),
            "1234.56"
        );
        assert_eq!(Nanos::from_usd_text("4.5"), Ok(Nanos::new(4_500_000_000)));
    }
}
