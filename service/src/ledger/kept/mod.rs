//! Sums of days and months that reports asked for, in memory: most of what is asked has not changed since it was asked
//! before.

mod memory;
mod numbers;
mod rows;

pub(crate) use numbers::KeptNumbers;
pub(crate) use rows::KeptRow;

use super::delta::{Grain, Key, Kind};
use crate::sql::{Param, Sql, SqlError, SqlErrorKind, Value};
use memory::Memory;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

/// What is asked most; the other kinds have more rows than a memory should hold.
const KINDS: [Kind; 2] = [Kind::Total, Kind::Model];

/// The most rows in memory, of 64 bytes.
const MAX_ROWS: usize = 10_000;

/// The most numbers of bins in memory, of eight bytes.
const MAX_BINS: usize = 100_000;

/// What was read of the database and not written since.
#[derive(Debug)]
pub(crate) struct Kept {
    /// By kind.
    rows: RefCell<Memory<Vec<KeptRow>>>,
    /// By key.
    numbers: RefCell<Memory<KeptNumbers>>,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            rows: RefCell::new(Memory::new(MAX_ROWS, |rows| rows.len() + 1)),
            numbers: RefCell::new(Memory::new(MAX_BINS, KeptNumbers::weight)),
        }
    }
}

impl Kept {
    /// The rows of slots of `rollup`, slot by slot; `None` for what is not kept here.
    pub(crate) fn rows(
        &self,
        sql: &dyn Sql,
        kind: Kind,
        grain: Grain,
        slots: Range<i64>,
    ) -> Result<Option<Vec<Rc<Vec<KeptRow>>>>, SqlError> {
        let takes = Memory::<Vec<KeptRow>>::takes(&slots);
        if !takes || grain == Grain::QuarterHour || !KINDS.contains(&kind) {
            return Ok(None);
        }
        let of = kind as i64;
        if let Some(found) = self.rows.borrow().find(of, grain, slots.clone()) {
            return Ok(Some(found));
        }
        let mut by_slot: FxHashMap<i64, Vec<KeptRow>> = FxHashMap::default();
        for row in sql.query(rows::READ, &bounds(of, grain, &slots))? {
            let (slot, row) = KeptRow::read(&row).ok_or_else(broken)?;
            by_slot.entry(slot).or_default().push(row);
        }
        let mut memory = self.rows.borrow_mut();
        Ok(Some(memory.keep(of, grain, slots, by_slot)))
    }

    /// The measurements under a key, slot by slot; `None` for what is not kept here.
    pub(crate) fn numbers(
        &self,
        sql: &dyn Sql,
        key: i64,
        grain: Grain,
        slots: Range<i64>,
    ) -> Result<Option<Vec<Rc<KeptNumbers>>>, SqlError> {
        if !Memory::<KeptNumbers>::takes(&slots) {
            return Ok(None);
        }
        if let Some(found) = self.numbers.borrow().find(key, grain, slots.clone()) {
            return Ok(Some(found));
        }
        let mut by_slot = FxHashMap::default();
        for row in sql.query(&numbers::read(), &bounds(key, grain, &slots))? {
            let Some((Value::Integer(slot), row)) = row.split_first() else {
                return Err(broken());
            };
            by_slot.insert(*slot, KeptNumbers::of(row)?);
        }
        let mut memory = self.numbers.borrow_mut();
        Ok(Some(memory.keep(key, grain, slots, by_slot)))
    }

    /// Forgets the slots of rows that are about to be written.
    pub(super) fn forget_rows<'a>(&self, keys: impl Iterator<Item = &'a Key>) {
        let mut memory = self.rows.borrow_mut();
        for (kind, grain, slot, ..) in keys {
            memory.forget(i64::from(*kind), *grain, *slot);
        }
    }

    /// Forgets measurements that are about to be written.
    pub(super) fn forget_numbers(&self, key: i64, grain: Grain, slot: i64) {
        self.numbers.borrow_mut().forget(key, grain, slot);
    }
}

fn bounds(of: i64, grain: Grain, slots: &Range<i64>) -> [Param<'static>; 4] {
    [of, grain as i64, slots.start, slots.end].map(Param::Integer)
}

fn broken() -> SqlError {
    SqlError {
        kind: SqlErrorKind::Other,
        message: "a sum is not a whole number".to_owned(),
    }
}
