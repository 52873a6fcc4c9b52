//! A bounded memory of slots.

use crate::ledger::Grain;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::rc::Rc;

/// Of what, how long, when.
type Place = (i64, Grain, i64);

/// The most slots of one question.
const MAX_SLOTS: usize = 128;

/// What slots hold; those without anything stand there, too.
#[derive(Debug)]
pub(super) struct Memory<T> {
    by_place: FxHashMap<Place, Rc<T>>,
    weight: usize,
    /// Beyond it all is forgotten.
    max_weight: usize,
    weight_of: fn(&T) -> usize,
}

impl<T: Default> Memory<T> {
    pub(super) fn new(max_weight: usize, weight_of: fn(&T) -> usize) -> Self {
        Self {
            by_place: FxHashMap::default(),
            weight: 0,
            max_weight,
            weight_of,
        }
    }

    /// Whether a question is of few enough slots to be answered from here.
    pub(super) fn takes(slots: &Range<i64>) -> bool {
        slots.clone().nth(MAX_SLOTS).is_none()
    }

    /// All of the slots, if all are there.
    pub(super) fn find(&self, of: i64, grain: Grain, slots: Range<i64>) -> Option<Vec<Rc<T>>> {
        let of_slot = |slot| self.by_place.get(&(of, grain, slot)).cloned();
        slots.map(of_slot).collect()
    }

    /// Keeps what was read of the slots and hands it on, slot by slot.
    pub(super) fn keep(
        &mut self,
        of: i64,
        grain: Grain,
        slots: Range<i64>,
        mut read: FxHashMap<i64, T>,
    ) -> Vec<Rc<T>> {
        if self.weight > self.max_weight {
            self.by_place = FxHashMap::default();
            self.weight = 0;
        }
        slots
            .map(|slot| {
                let kept = Rc::new(read.remove(&slot).unwrap_or_default());
                self.forget(of, grain, slot);
                self.weight += (self.weight_of)(&kept);
                self.by_place.insert((of, grain, slot), Rc::clone(&kept));
                kept
            })
            .collect()
    }

    pub(super) fn forget(&mut self, of: i64, grain: Grain, slot: i64) {
        if let Some(before) = self.by_place.remove(&(of, grain, slot)) {
            self.weight -= (self.weight_of)(&before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_memory_is_emptied_and_answers_right() {
        let mut memory: Memory<Vec<i64>> = Memory::new(100, |numbers| numbers.len() + 1);
        for start in 0..200 {
            let slots = start..start + 10;
            let read = slots.clone().step_by(2).map(|slot| (slot, vec![slot; 3]));
            let found = memory.keep(1, Grain::Day, slots.clone(), read.collect());
            assert_eq!(found.len(), 10);
            assert_eq!(memory.find(1, Grain::Day, slots.clone()), Some(found));
            assert_eq!(memory.find(1, Grain::Month, slots), None);
            let weight: usize = memory.by_place.values().map(|kept| kept.len() + 1).sum();
            assert_eq!(memory.weight, weight);
            assert!(weight <= 100 + 40, "{weight}");
        }
        memory.forget(1, Grain::Day, 205);
        assert_eq!(memory.find(1, Grain::Day, 200..209), None);
        assert!(Memory::<Vec<i64>>::takes(&(5..133)));
        assert!(!Memory::<Vec<i64>>::takes(&(i64::MIN..i64::MAX)));
    }
}
