//! Decimal text to a scaled integer, exactly: the one way numbers with a fraction enter the core.

/// Why a text is not a number this system can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecimalError {
    /// Not a plain or scientific decimal number.
    Malformed,
    /// A number, but too large to hold exactly.
    OutOfRange,
}

/// Reads `text` as a multiple of `10^-scale`, rounding half to even what lies below.
///
/// `scaled("1.25", 3)` is 1250. Accepts what JSON accepts: a sign, digits, a fraction, an exponent.
pub(crate) fn scaled(text: &str, scale: i32) -> Result<i128, DecimalError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (number, exponent) = match digits.split_once(['e', 'E']) {
        Some((number, exponent)) => {
            let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
            (
                number,
                exponent
                    .parse::<i32>()
                    .map_err(|_| DecimalError::Malformed)?,
            )
        }
        None => (digits, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || (number.contains('.') && fraction.is_empty()) {
        return Err(DecimalError::Malformed);
    }
    let mut mantissa: i128 = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        if !byte.is_ascii_digit() {
            return Err(DecimalError::Malformed);
        }
        mantissa = mantissa
            .checked_mul(10)
            .and_then(|m| m.checked_add(i128::from(byte - b'0')))
            .ok_or(DecimalError::OutOfRange)?;
    }
    let fraction_digits = i32::try_from(fraction.len()).map_err(|_| DecimalError::OutOfRange)?;
    let shift = exponent
        .checked_add(scale)
        .and_then(|s| s.checked_sub(fraction_digits))
        .ok_or(DecimalError::OutOfRange)?;
    let value = if mantissa == 0 {
        0
    } else if shift >= 0 {
        power_of_ten(shift)
            .and_then(|p| mantissa.checked_mul(p))
            .ok_or(DecimalError::OutOfRange)?
    } else {
        // Below 10^-38 of a unit everything rounds to zero.
        power_of_ten(-shift).map_or(0, |p| divide_half_even(mantissa, p))
    };
    Ok(if negative { -value } else { value })
}

/// The shortest decimal text that stands for a float alone; whole ones have no fraction. JSON's way of writing them is
/// used and not that of `format!`, so that a page need not load both.
pub(crate) fn of_float(value: f64) -> String {
    let text = serde_json::Number::from_f64(value).map_or_else(String::new, |n| n.to_string());
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// A number as plain digits without an exponent: `1e-6` is `0.000001`. What lies below 10^-24 rounds away.
pub fn plain(text: &str) -> Result<String, DecimalError> {
    scaled(text, 24).map(|value| format(value, 24))
}

fn power_of_ten(exponent: i32) -> Option<i128> {
    10_i128.checked_pow(u32::try_from(exponent).ok()?)
}

/// `numerator / denominator` rounded to the nearest integer, ties to the even one. `denominator` is positive.
pub(crate) fn divide_half_even(numerator: i128, denominator: i128) -> i128 {
    let quotient = numerator.div_euclid(denominator);
    let remainder = numerator.rem_euclid(denominator);
    match (remainder).cmp(&(denominator - remainder)) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Greater => quotient + 1,
        std::cmp::Ordering::Equal => quotient + (quotient & 1),
    }
}

/// Writes `value * 10^-scale` without trailing zeros: `format(1250, 3)` is `1.25`.
pub(crate) fn format(value: i128, scale: usize) -> String {
    let digits = value.unsigned_abs().to_string();
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    let fraction = fraction.trim_end_matches('0');
    let sign = if value < 0 { "-" } else { "" };
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_the_exact_multiple() {
        assert_eq!(scaled("1.25", 3), Ok(1250));
        assert_eq!(scaled("1e-7", 9), Ok(100));
        assert_eq!(scaled("4.5E+2", 0), Ok(450));
        assert_eq!(scaled("-0.001", 3), Ok(-1));
        assert_eq!(scaled("0e999", 3), Ok(0));
        assert_eq!(scaled("1e-60", 9), Ok(0));
    }

    #[test]
    fn a_float_is_written_as_what_reads_back() {
        for (float, text) in [(2.0, "2"), (-0.5, "-0.5"), (0.1, "0.1"), (1e-7, "1e-7")] {
            assert_eq!(of_float(float), text);
        }
        assert_eq!(scaled(&of_float(1e20), 0), Ok(10_i128.pow(20)));
        assert_eq!(scaled(&of_float(0.000_012_5), 9), Ok(12_500));
    }

    #[test]
    fn what_lies_below_the_scale_rounds_half_to_even() {
        assert_eq!(scaled("0.5", 0), Ok(0));
        assert_eq!(scaled("1.5", 0), Ok(2));
        assert_eq!(scaled("2.5", 0), Ok(2));
        assert_eq!(scaled("2.51", 0), Ok(3));
        assert_eq!(scaled("-2.5", 0), Ok(-2));
        assert_eq!(scaled("-1.5", 0), Ok(-2));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", "-", ".5", "1.", "NaN", "inf", "1e", "0x1", "1 ", "+1", "1e1.5",
        ] {
            assert_eq!(scaled(text, 3), Err(DecimalError::Malformed), "{text:?}");
        }
        assert_eq!(scaled("1e400", 3), Err(DecimalError::OutOfRange));
    }

    #[test]
    fn formatting_drops_only_trailing_zeros() {
        assert_eq!(format(1250, 3), "1.25");
        assert_eq!(format(100_000, 3), "100");
        assert_eq!(format(-1, 9), "-0.000000001");
        assert_eq!(format(0, 9), "0");
    }
}
