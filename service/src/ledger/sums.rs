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
