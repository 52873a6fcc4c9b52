//! What is summed, whatever it is grouped by.

use crate::sql::{SqlError, SqlErrorKind};

/// The sums of a group of events, in the order of their columns.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) events: i64,
    pub(crate) unpriced: i64,
    pub(crate) estimated: i64,
    /// Nano-dollars; so are the bounds.
    pub(crate) cost: i64,
    pub(crate) low: i64,
    pub(crate) high: i64,
    pub(crate) input: i64,
    pub(crate) output: i64,
    /// Whole units.
    pub(crate) quantity: i64,
    /// Millionths beyond them.
    pub(crate) quantity_micros: i64,
}

impl Sums {
    /// Adds, or says that 64 bits do not hold a sum, after which none of them means anything.
    pub(crate) fn add(&mut self, other: &Self) -> Result<(), SqlError> {
        // Asked once: every event is added to half a dozen of these.
        let mut is_beyond = false;
        let mut add = |sum: &mut i64, more: i64| {
            let (added, passes) = sum.overflowing_add(more);
            *sum = added;
            is_beyond |= passes;
        };
        add(&mut self.events, other.events);
        add(&mut self.unpriced, other.unpriced);
        add(&mut self.estimated, other.estimated);
        add(&mut self.cost, other.cost);
        add(&mut self.low, other.low);
        add(&mut self.high, other.high);
        add(&mut self.input, other.input);
        add(&mut self.output, other.output);
        add(&mut self.quantity, other.quantity);
        add(&mut self.quantity_micros, other.quantity_micros);
        if is_beyond { Err(beyond()) } else { Ok(()) }
    }

    /// The ten numbers in the order of their columns.
    pub(super) const fn numbers(&self) -> [i64; 10] {
        [
            self.events,
            self.unpriced,
            self.estimated,
            self.cost,
            self.low,
            self.high,
            self.input,
            self.output,
            self.quantity,
            self.quantity_micros,
        ]
    }
}

/// Adds, or says that 64 bits do not hold the sum.
pub(super) fn add_to(sum: &mut i64, more: i64) -> Result<(), SqlError> {
    *sum = sum.checked_add(more).ok_or_else(beyond)?;
    Ok(())
}

fn beyond() -> SqlError {
    SqlError {
        kind: SqlErrorKind::Constraint,
        message: "a sum passes 64 bits".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each_once(number: i64) -> Vec<Sums> {
        let of = |place: usize| {
            let at = |n: usize| if n == place { number } else { 0 };
            Sums {
                events: at(0),
                unpriced: at(1),
                estimated: at(2),
                cost: at(3),
                low: at(4),
                high: at(5),
                input: at(6),
                output: at(7),
                quantity: at(8),
                quantity_micros: at(9),
            }
        };
        (0..10).map(of).collect()
    }

    #[test]
    fn each_number_is_added_and_none_passes_64_bits() {
        let all_but_full = each_once(i64::MAX - 1);
        for (mut sums, one) in all_but_full.into_iter().zip(each_once(1)) {
            sums.add(&one).unwrap();
            assert_eq!(sums.numbers().iter().sum::<i64>(), i64::MAX);
            for other in each_once(1) {
                let mut sums = sums;
                assert_eq!(sums.add(&other).is_ok(), one != other, "{one:?} {other:?}");
            }
        }
        let mut least = Sums {
            cost: i64::MIN,
            ..Sums::default()
        };
        let less = Sums {
            cost: -1,
            ..Sums::default()
        };
        assert!(least.add(&less).is_err());
    }
}
