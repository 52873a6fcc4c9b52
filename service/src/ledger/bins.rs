//! Bins whose width grows with their values, so that any percentile is known to one part in a hundred.

use std::collections::BTreeMap;

/// Between the bounds of a bin: (1 + a) / (1 - a) for a relative accuracy a of 1 %.
const GROWTH: f64 = 1.01 / 0.99;

/// Added to a bin's index so that bins of positive values are positive: more than any double's index.
const ZERO: i64 = 100_000;

/// The bin of a finite value: 0 for zero, positive bins for positive values in their order, negative ones mirrored.
#[expect(
    clippy::cast_possible_truncation,
    clippy::float_arithmetic,
    reason = "an index below 36,000 of a measurement; not money"
)]
pub(crate) fn bin_of(value: f64) -> i64 {
    if value == 0.0 {
        return 0;
    }
    let index = (value.abs().ln() / GROWTH.ln()).ceil() as i64 + ZERO;
    if value > 0.0 { index } else { -index }
}

/// The value that stands for a bin: within 1 % of everything in it.
#[expect(
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "a measurement, not money"
)]
pub(crate) fn value_of_bin(bin: i64) -> f64 {
    if bin == 0 {
        return 0.0;
    }
    let index = (bin.abs() - ZERO) as f64;
    let value = 2.0 * (index * GROWTH.ln()).exp() / (GROWTH + 1.0);
    if bin > 0 { value } else { -value }
}

/// How many values lie in which bin.
pub(crate) type Bins = BTreeMap<i64, i64>;

/// The bins as they are stored: by twos how far one is from the one before, and how many values.
pub(super) fn pack(bins: &Bins) -> String {
    let mut list = Vec::with_capacity(bins.len() * 2);
    let mut before = 0;
    for (bin, events) in bins {
        list.extend([bin - before, *events]);
        before = *bin;
    }
    serde_json::to_string(&list).unwrap_or_default()
}

/// Adds what is stored to `bins`; `None` when it is no such list.
pub(crate) fn add_packed(bins: &mut Bins, packed: &str) -> Option<()> {
    let list: Vec<i64> = serde_json::from_str(packed).ok()?;
    let (pairs, rest) = list.as_chunks::<2>();
    let mut bin = 0;
    for [step, events] in pairs {
        bin += step;
        *bins.entry(bin).or_default() += events;
    }
    rest.is_empty().then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_stands_for_its_values_within_a_hundredth() {
        let mut value = 1e-12;
        let mut before = 0;
        while value < 1e15 {
            let bin = bin_of(value);
            assert!(bin >= before, "bins are in the order of their values");
            before = bin;
            let off = (value_of_bin(bin) - value).abs() / value;
            assert!(off <= 0.010_000_1, "{value} is off by {off}");
            assert_eq!(bin_of(-value), -bin);
            assert!((value_of_bin(-bin) + value_of_bin(bin)).abs() < f64::EPSILON * value.max(1.0));
            value *= 1.003_7;
        }
        assert_eq!(bin_of(0.0), 0);
        assert_eq!(bin_of(-0.0), 0);
    }

    #[test]
    fn bins_read_back_and_add_up() {
        let bins: Bins = [-100_500, -100_499, 0, 99_000, 100_001, 135_000]
            .into_iter()
            .zip(1..)
            .collect();
        let mut found = Bins::new();
        assert_eq!(add_packed(&mut found, &pack(&bins)), Some(()));
        assert_eq!(found, bins);
        assert_eq!(add_packed(&mut found, &pack(&bins)), Some(()));
        assert!(found.iter().all(|(bin, events)| *events == bins[bin] * 2));
        assert_eq!(add_packed(&mut found, &pack(&Bins::new())), Some(()));
        assert_eq!(add_packed(&mut found, "[1]"), None);
        assert_eq!(add_packed(&mut found, "{}"), None);
    }
}
