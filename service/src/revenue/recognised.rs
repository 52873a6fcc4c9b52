//! How much of an amount belongs to a range of time.

use crate::report::Period;

/// The part of an amount that is recognised in a range: evenly over the amount's own period, in whole nano-dollars.
///
/// Up to an instant `t`, `floor(amount * (t - start) / length)` is recognised; a range holds the difference of its two
/// ends. So adjacent ranges add up to the range they make, and all of them to the amount, exactly.
pub(super) fn recognised(amount_nanos: i64, period: Period, range: Period) -> i128 {
    until(amount_nanos, period, range.end_ms) - until(amount_nanos, period, range.start_ms)
}

fn until(amount_nanos: i64, period: Period, at_ms: i64) -> i128 {
    let length = i128::from(period.end_ms) - i128::from(period.start_ms);
    let passed = (i128::from(at_ms) - i128::from(period.start_ms)).clamp(0, length.max(0));
    if length <= 0 {
        return 0;
    }
    (i128::from(amount_nanos) * passed).div_euclid(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(start_ms: i64, end_ms: i64) -> Period {
        Period { start_ms, end_ms }
    }

    #[test]
    fn adjacent_ranges_add_up_to_the_nano_dollar() {
        for amount in [1, 7, 99_990_000_000, -99_990_000_000, i64::MAX, i64::MIN] {
            let of = period(1_000, 1_000 + 2_678_400_000);
            let cuts: Vec<i64> = (0..=101).map(|n| n * 30_000_017).collect();
            let parts: i128 = cuts
                .windows(2)
                .map(|w| recognised(amount, of, period(w[0], w[1])))
                .sum();
            assert_eq!(parts, i128::from(amount), "{amount}");
        }
    }

    #[test]
    fn nothing_is_recognised_outside() {
        let of = period(100, 200);
        assert_eq!(recognised(1000, of, period(0, 100)), 0);
        assert_eq!(recognised(1000, of, period(200, 300)), 0);
        assert_eq!(recognised(1000, of, period(0, 150)), 500);
        assert_eq!(recognised(1000, of, period(150, 151)), 10);
        assert_eq!(recognised(-1000, of, period(0, 150)), -500);
    }
}
