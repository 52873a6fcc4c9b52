//! Middles and spreads that a few wild days do not move.

use crate::order;

/// The mean; 0 of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    values.iter().sum::<f64>() / values.len() as f64
}

/// The median; 0 of nothing.
pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    order::by(&mut sorted, f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.get(middle.wrapping_sub(1)), sorted.get(middle)) {
        (Some(below), Some(above)) if sorted.len().is_multiple_of(2) => {
            f64::midpoint(*below, *above)
        }
        (_, Some(value)) => *value,
        _ => 0.0,
    }
}

/// The mean without the highest and the lowest fifth.
pub(super) fn trimmed_mean(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    order::by(&mut sorted, f64::total_cmp);
    let cut = sorted.len() / 5;
    mean(sorted.get(cut..sorted.len() - cut).unwrap_or_default())
}

/// The mean of squared differences to `middle`; 0 of nothing.
pub(super) fn variance_around(values: &[f64], middle: f64) -> f64 {
    let squares: Vec<f64> = values.iter().map(|v| (v - middle) * (v - middle)).collect();
    mean(&squares)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wild_value_moves_no_middle() {
        assert!((median(&[1.0, 2.0, 900.0]) - 2.0).abs() < 1e-12);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-12);
        assert!((trimmed_mean(&[1.0, 2.0, 3.0, 2.0, 900.0]) - 7.0 / 3.0).abs() < 1e-12);
        assert!(median(&[]).abs() < 1e-12);
    }
}
