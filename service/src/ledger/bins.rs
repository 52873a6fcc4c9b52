//! Bins whose width grows with their values, so that any percentile is known to one part in a hundred.

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

/// How many values lie in which bin, in the order of the bins. A list and no tree: a report adds up as many as days are
/// long, nearly all of the same bins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Bins(Vec<(i64, i64)>);

impl Bins {
    /// The bins that have values, from the lowest on.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, i64)> {
        self.0.iter().copied()
    }

    /// Counts one value in.
    pub(crate) fn count(&mut self, value: f64) {
        let bin = bin_of(value);
        match self.0.binary_search_by_key(&bin, |(bin, _)| *bin) {
            Ok(place) => {
                if let Some((_, events)) = self.0.get_mut(place) {
                    *events += 1;
                }
            }
            Err(place) => self.0.insert(place, (bin, 1)),
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        let mut sum = Adding::to(self);
        for (bin, events) in other.iter() {
            sum.add(bin, events);
        }
        sum.end();
    }

    /// As they are stored: by twos how far one is from the one before, and how many values.
    pub(super) fn pack(&self) -> String {
        let mut list = Vec::with_capacity(self.0.len() * 2);
        let mut before = 0;
        for (bin, events) in self.iter() {
            list.extend([bin - before, events]);
            before = bin;
        }
        serde_json::to_string(&list).unwrap_or_default()
    }

    /// Adds what is stored; `None`, with a part added, when it is no such list.
    pub(crate) fn add_packed(&mut self, packed: &str) -> Option<()> {
        let list = packed.strip_prefix('[')?.strip_suffix(']')?;
        if list.is_empty() {
            return Some(());
        }
        let mut sum = Adding::to(self);
        let mut rest = Some(list.as_bytes());
        let mut bin = 0_i64;
        while rest.is_some() {
            bin = bin.checked_add(next_number(&mut rest)?)?;
            let events = next_number(&mut rest)?;
            sum.add(bin, events);
        }
        sum.end();
        Some(())
    }
}

impl FromIterator<(i64, i64)> for Bins {
    /// Of bins in their order, those without values left out.
    fn from_iter<I: IntoIterator<Item = (i64, i64)>>(bins: I) -> Self {
        Self(
            bins.into_iter()
                .filter(|(_, events)| *events != 0)
                .collect(),
        )
    }
}

/// An addition under way: bins come in their order, so that one walk over the sum finds all of them.
struct Adding<'a> {
    sum: &'a mut Vec<(i64, i64)>,
    place: usize,
    /// Those that the sum lacks.
    new: Vec<(i64, i64)>,
}

impl<'a> Adding<'a> {
    fn to(sum: &'a mut Bins) -> Self {
        Self {
            sum: &mut sum.0,
            place: 0,
            new: Vec::new(),
        }
    }

    fn add(&mut self, bin: i64, events: i64) {
        while let Some((known, sum)) = self.sum.get_mut(self.place) {
            if *known < bin {
                self.place += 1;
                continue;
            }
            if *known == bin {
                *sum += events;
                return;
            }
            break;
        }
        self.new.push((bin, events));
    }

    fn end(self) {
        if self.new.is_empty() {
            return;
        }
        self.sum.extend(self.new);
        // Two runs in order are what it is quick at.
        self.sum.sort_by_key(|(bin, _)| *bin);
    }
}

/// The number that a list goes on with; `None` where there is none. What follows its comma is left, if there is one.
fn next_number(rest: &mut Option<&[u8]>) -> Option<i64> {
    let text = (*rest)?;
    let (is_negative, digits) = match text.split_first() {
        Some((b'-', digits)) => (true, digits),
        _ => (false, text),
    };
    let mut number = 0_i64;
    let mut length = 0;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = number.checked_mul(10)?.checked_add(i64::from(digit))?;
        length += 1;
    }
    *rest = match digits.get(length..)?.split_first() {
        None => None,
        Some((b',', after)) => Some(after),
        Some(_) => return None,
    };
    (length > 0).then_some(if is_negative { -number } else { number })
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
        let list = [-100_500, -100_499, 0, 99_000, 100_001, 135_000];
        let bins = Bins(list.into_iter().zip(1..).collect());
        let mut found = Bins::default();
        assert_eq!(found.add_packed(&bins.pack()), Some(()));
        assert_eq!(found, bins);
        assert_eq!(found.add_packed(&bins.pack()), Some(()));
        found.add(&bins);
        assert!(
            found
                .iter()
                .eq(bins.iter().map(|(bin, events)| (bin, events * 3)))
        );
        assert_eq!(found.add_packed(&Bins::default().pack()), Some(()));
        for broken in [
            "",
            "[1]",
            "{}",
            "[1,2,]",
            "[1,2,3]",
            "[,1]",
            "[1;2]",
            "[1, 2]",
            "[-,1]",
            "[1,99999999999999999999]",
        ] {
            assert_eq!(Bins::default().add_packed(broken), None, "{broken}");
        }
    }

    #[test]
    fn any_order_of_adding_counts_the_same() {
        let mut one_by_one = Bins::default();
        let mut by_parts = Bins::default();
        let mut value = 1_u32;
        for _ in 0..50 {
            let mut part = Bins::default();
            for _ in 0..20 {
                value = value.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let number = f64::from(value % 2000) - 500.0;
                one_by_one.count(number);
                part.count(number);
            }
            by_parts.add_packed(&part.pack()).unwrap();
        }
        assert_eq!(by_parts, one_by_one);
        assert!(by_parts.iter().is_sorted());
        assert_eq!(by_parts.iter().map(|(_, events)| events).sum::<i64>(), 1000);
    }
}
