//! Sums as they are shown.

/// Nano-dollars as a JSON number of dollars, for display.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a public JSON number; the exact amount stands beside it as text"
)]
pub(crate) fn dollars(nanos: i128) -> f64 {
    nanos as f64 / 1e9
}

/// `part` of `whole` in percent, to two decimals; 0 of nothing.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a ratio for display, computed in integers up to its last digit"
)]
pub(crate) fn percent(part: i128, whole: i128) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    let hundredths = part * 10_000;
    let rounded = (hundredths.abs() * 2 + whole.abs()) / (whole.abs() * 2);
    let sign = if (part < 0) == (whole < 0) { 1 } else { -1 };
    (sign * rounded) as f64 / 100.0
}

/// The mean of a sum of nano-dollars in dollars; `None` of nothing.
pub(crate) fn mean(nanos: i128, count: i128) -> Option<f64> {
    (count > 0).then(|| dollars((nanos + count / 2).div_euclid(count)))
}

/// A count as JSON carries it.
pub(crate) fn count(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Millionths as a JSON number.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a public JSON number; no money"
)]
pub(crate) fn units(micros: i128) -> f64 {
    micros as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_have_two_decimals() {
        assert_eq!(percent(1, 3).to_string(), "33.33");
        assert_eq!(percent(2, 3).to_string(), "66.67");
        assert_eq!(percent(-1, 8).to_string(), "-12.5");
        assert_eq!(percent(0, 0).to_string(), "0");
        assert_eq!(percent(5, 0).to_string(), "0");
    }

    #[test]
    fn a_mean_of_nothing_is_unknown() {
        assert_eq!(mean(0, 0), None);
        assert_eq!(mean(5, 2), Some(3e-9));
        assert_eq!(mean(1_000_000_000, 4), Some(0.25));
    }
}
