//! Prices as the catalogues write them, decimal or in floating point, brought to plain decimal text.

/// More digits than any vendor states; beyond them stands the noise of binary fractions.
const DIGITS: usize = 12;

/// `number` times `units`, to twelve digits and to a pico-dollar, without zeros at its end. `None` for anything that
/// is not a number of at least zero.
pub(super) fn times(number: &str, units: u64) -> Option<String> {
    let (number, exponent) = match number.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
        None => (number, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mantissa = digits
        .parse::<u128>()
        .ok()?
        .checked_mul(u128::from(units))?;
    let decimals = i32::try_from(fraction.len()).ok()? - exponent;
    Some(plain(mantissa, decimals))
}

/// `mantissa` divided by ten `decimals` times.
fn plain(mut mantissa: u128, mut decimals: i32) -> String {
    let surplus = mantissa.to_string().len().saturating_sub(DIGITS);
    let too_fine = usize::try_from(decimals - 12).unwrap_or_default();
    for _ in 0..surplus.max(too_fine) {
        let last = mantissa % 10;
        mantissa /= 10;
        // Rounded once, at the last digit that goes; those before it are noise or nothing.
        mantissa += u128::from(last >= 5);
        decimals -= 1;
    }
    while decimals > 0 && mantissa.is_multiple_of(10) {
        (mantissa, decimals) = (mantissa / 10, decimals - 1);
    }
    if decimals <= 0 {
        let zeros = usize::try_from(-decimals).unwrap_or_default();
        return if mantissa == 0 {
            "0".into()
        } else {
            format!("{mantissa}{}", "0".repeat(zeros))
        };
    }
    let width = usize::try_from(decimals).unwrap_or_default() + 1;
    let digits = format!("{mantissa:0>width$}");
    let (whole, fraction) = digits.split_at(digits.len() + 1 - width);
    format!("{whole}.{fraction}")
}

/// Whether two prices differ by less than a thousandth: one of them was rounded, often by way of another unit.
pub(super) fn is_rounding(one: &str, other: &str) -> bool {
    let pico =
        |text: &str| times(text, 1_000_000_000_000).and_then(|text| text.parse::<u128>().ok());
    match (pico(one), pico(other)) {
        (Some(one), Some(other)) => one.abs_diff(other) * 1_000 < one.min(other),
        _ => false,
    }
}

/// Whether `large` is `small` times `numerator` / `denominator`, exactly.
pub(super) fn is_ratio(large: &str, small: &str, numerator: u64, denominator: u64) -> bool {
    let left = times(large, denominator);
    left.is_some() && left == times(small, numerator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floating_point_noise_is_not_a_price() {
        assert_eq!(
            times("3.0000000000000004e-07", 1_000_000).as_deref(),
            Some("0.3")
        );
        assert_eq!(
            times("0.0002833333333333333", 3_600).as_deref(),
            Some("1.02")
        );
        assert_eq!(times("1e-08", 1_000_000).as_deref(), Some("0.01"));
        assert_eq!(times("2", 1_000).as_deref(), Some("2000"));
        assert_eq!(times("0.0", 1_000).as_deref(), Some("0"));
        assert_eq!(
            times("3.3333333333333335e-05", 1).as_deref(),
            Some("0.000033333333")
        );
        assert_eq!(times("-1", 1), None);
        assert_eq!(times("free", 1), None);
    }

    #[test]
    fn a_ratio_is_exact() {
        assert!(is_ratio("1.375", "1.25", 11, 10));
        assert!(!is_ratio("1.38", "1.25", 11, 10));
        assert!(is_rounding("0.15", "0.15001"));
        assert!(!is_rounding("0.049", "0.0485"));
        assert!(!is_rounding("0", "0.1"));
    }
}
