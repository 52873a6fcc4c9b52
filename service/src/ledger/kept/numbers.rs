//! Measurements of one slot in memory, their bins where they can be added up at once.

use crate::ledger::Measured;
use crate::ledger::bins::Bins;
use crate::ledger::measured::COLUMNS;
use crate::sql::{SqlError, Value};
use std::rc::Rc;

/// The most bins that stand side by side, the empty ones between them, too: a millionth and a million are 1,400 apart.
const MAX_SPAN: usize = 2048;

/// What the values of a slot came to.
#[derive(Debug, Default)]
pub(crate) struct KeptNumbers {
    /// Without its bins.
    pub(crate) measured: Measured,
    bins: Spread,
}

#[derive(Debug)]
enum Spread {
    Dense(Dense),
    /// Bins far apart, such as those of negative values and positive ones.
    Wide(Bins),
}

/// Bins side by side. Zeros, whose bin is far from all others, stand apart.
#[derive(Debug, Default)]
struct Dense {
    zeros: i64,
    /// The bin that `events` begin with.
    first: i64,
    events: Vec<i64>,
}

impl Default for Spread {
    fn default() -> Self {
        Self::Dense(Dense::default())
    }
}

/// By key, grain and slots.
pub(super) fn read() -> String {
    format!(
        "SELECT slot, {COLUMNS} FROM numeric_sum WHERE key = ? AND grain = ? AND slot >= ? AND slot < ?"
    )
}

impl KeptNumbers {
    /// What [`read`] answers, after its slot.
    pub(super) fn of(row: &[Value]) -> Result<Self, SqlError> {
        let mut bins = Bins::default();
        let measured = Measured::read(row, &mut bins)?;
        Ok(Self {
            measured,
            bins: Spread::of(bins),
        })
    }

    pub(super) fn weight(&self) -> usize {
        let bins = match &self.bins {
            Spread::Dense(dense) => dense.events.len(),
            Spread::Wide(bins) => bins.iter().count() * 2,
        };
        bins + 16
    }

    /// The bins of several slots together.
    pub(crate) fn bins(all: &[Rc<Self>]) -> Bins {
        if let Some(sum) = Dense::sum(all) {
            return sum.bins();
        }
        let mut sum = Bins::default();
        for kept in all {
            match &kept.bins {
                Spread::Dense(dense) => sum.add(&dense.bins()),
                Spread::Wide(bins) => sum.add(bins),
            }
        }
        sum
    }
}

impl Spread {
    fn of(bins: Bins) -> Self {
        match Dense::of(&bins) {
            Some(dense) => Self::Dense(dense),
            None => Self::Wide(bins),
        }
    }
}

impl Dense {
    /// The same bins, unless they are too far apart.
    fn of(bins: &Bins) -> Option<Self> {
        let others = || bins.iter().filter(|(bin, _)| *bin != 0);
        let zeros = bins.iter().find(|(bin, _)| *bin == 0);
        let (first, last) = match (others().next(), others().last()) {
            (Some((first, _)), Some((last, _))) => (first, last),
            _ => (1, 0),
        };
        let mut dense = Self::empty(first, last)?;
        dense.zeros = zeros.map_or(0, |(_, events)| events);
        for (bin, events) in others() {
            *dense.events.get_mut(usize::try_from(bin - first).ok()?)? = events;
        }
        Some(dense)
    }

    fn empty(first: i64, last: i64) -> Option<Self> {
        let length = usize::try_from(last - first + 1).ok()?;
        (length <= MAX_SPAN).then(|| Self {
            zeros: 0,
            first,
            events: vec![0; length],
        })
    }

    /// The sum, if all stand side by side and so does it.
    fn sum(all: &[Rc<KeptNumbers>]) -> Option<Self> {
        let (mut first, mut last) = (i64::MAX, i64::MIN);
        let mut parts = Vec::with_capacity(all.len());
        for kept in all {
            let Spread::Dense(part) = &kept.bins else {
                return None;
            };
            if !part.events.is_empty() {
                first = first.min(part.first);
                last = last.max(part.first + i64::try_from(part.events.len()).ok()? - 1);
            }
            parts.push(part);
        }
        if first > last {
            (first, last) = (1, 0);
        }
        let mut sum = Self::empty(first, last)?;
        for part in parts {
            sum.zeros += part.zeros;
            let place = usize::try_from(part.first - first).unwrap_or(0);
            for (sum, more) in sum.events.get_mut(place..)?.iter_mut().zip(&part.events) {
                *sum += more;
            }
        }
        Some(sum)
    }

    fn bins(&self) -> Bins {
        let others = (self.first..).zip(self.events.iter().copied());
        let is_negative = self.first < 0;
        let zeros = std::iter::once((0, self.zeros));
        let (before, after) = if is_negative {
            (None, Some(zeros))
        } else {
            (Some(zeros), None)
        };
        before
            .into_iter()
            .flatten()
            .chain(others)
            .chain(after.into_iter().flatten())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Rc<KeptNumbers> {
        let mut measured = Measured::default();
        for value in values {
            measured.count(*value);
        }
        let bins = Spread::of(std::mem::take(&mut measured.bins));
        Rc::new(KeptNumbers { measured, bins })
    }

    #[test]
    fn bins_of_slots_add_up_side_by_side_and_far_apart() {
        for slots in [
            vec![vec![1.0, 2.0, 2.0], vec![], vec![900.0, 2.0]],
            vec![vec![0.0, 1.0], vec![0.0, 7.0], vec![0.0]],
            vec![vec![0.0, -1.0], vec![-8.0], vec![0.0]],
            vec![vec![1.0], vec![-1.0, 0.0, 0.0]],
            vec![vec![1e-9], vec![1e9, 1e-9]],
            vec![vec![1e-9, 1e30], vec![3.0]],
            vec![vec![], vec![]],
            vec![],
        ] {
            let mut expected = Bins::default();
            for value in slots.iter().flatten() {
                expected.count(*value);
            }
            let kept: Vec<_> = slots.iter().map(|values| of(values)).collect();
            assert_eq!(KeptNumbers::bins(&kept), expected, "{slots:?}");
        }
    }
}
