//! Sums of days and months that reports asked for, in memory: most of what is asked has not changed since it was asked
//! before.

use super::delta::{Grain, Key, Kind};
use crate::sql::{Param, Row, Sql, SqlError, SqlErrorKind, Value};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// What is asked most; the other kinds have more rows than a memory should hold.
const KINDS: [Kind; 2] = [Kind::Total, Kind::Model];

/// The most rows in memory, of some hundred bytes. A slot counts as one more.
const MAX_ROWS: usize = 10_000;

/// The most slots of one question.
const MAX_SLOTS: usize = 128;

/// A row of `rollup`, in what reports show of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeptRow {
    pub(crate) a: i64,
    pub(crate) b: i64,
    pub(crate) events: i64,
    pub(crate) unpriced: i64,
    pub(crate) estimated: i64,
    pub(crate) cost_nanos: i64,
    pub(crate) input_tokens: i64,
    pub(crate) output_tokens: i64,
}

/// Amounts and tokens come as text: beyond 2^53 a JavaScript host could not carry them as numbers.
const READ: &str = "SELECT slot, a, b, events, unpriced, estimated, CAST(cost_nanos AS TEXT), \
     CAST(input_tokens AS TEXT), CAST(output_tokens AS TEXT) FROM rollup \
     WHERE kind = ? AND grain = ? AND slot >= ? AND slot < ?";

/// Kind, grain, slot.
type Place = (u8, u8, i64);

/// What was read of the database and not written since.
#[derive(Debug, Default)]
pub(crate) struct Kept(RefCell<Slots>);

#[derive(Debug, Default)]
struct Slots {
    /// Slots without rows stand there, too.
    by_place: FxHashMap<Place, Rc<[KeptRow]>>,
    /// With one for each slot.
    rows: usize,
}

impl Kept {
    /// The rows of slots, slot by slot; `None` for what is not kept here.
    pub(crate) fn rows(
        &self,
        sql: &dyn Sql,
        kind: Kind,
        grain: Grain,
        slots: std::ops::Range<i64>,
    ) -> Result<Option<Vec<Rc<[KeptRow]>>>, SqlError> {
        let is_many = slots.clone().nth(MAX_SLOTS).is_some();
        if is_many || grain == Grain::QuarterHour || !KINDS.contains(&kind) {
            return Ok(None);
        }
        if let Some(found) = self.0.borrow().find(kind, grain, slots.clone()) {
            return Ok(Some(found));
        }
        let bounds = [kind as i64, grain as i64, slots.start, slots.end];
        let read = sql.query(READ, &bounds.map(Param::Integer))?;
        self.0.borrow_mut().keep(kind, grain, slots, read).map(Some)
    }

    /// Forgets the slots of rows that are about to be written.
    pub(super) fn forget_slots<'a>(&self, keys: impl Iterator<Item = &'a Key>) {
        let mut slots = self.0.borrow_mut();
        if slots.by_place.is_empty() {
            return;
        }
        for (kind, grain, slot, ..) in keys {
            if let Some(rows) = slots.by_place.remove(&(*kind, *grain, *slot)) {
                slots.rows -= rows.len() + 1;
            }
        }
    }
}

impl Slots {
    fn find(
        &self,
        kind: Kind,
        grain: Grain,
        slots: std::ops::Range<i64>,
    ) -> Option<Vec<Rc<[KeptRow]>>> {
        let of_slot = |slot| self.by_place.get(&(kind as u8, grain as u8, slot)).cloned();
        slots.map(of_slot).collect()
    }

    /// Rows come in the order of their key.
    fn keep(
        &mut self,
        kind: Kind,
        grain: Grain,
        slots: std::ops::Range<i64>,
        read: Vec<Row>,
    ) -> Result<Vec<Rc<[KeptRow]>>, SqlError> {
        if self.rows + read.len() + MAX_SLOTS > MAX_ROWS {
            *self = Self::default();
        }
        let mut by_slot: FxHashMap<i64, Vec<KeptRow>> = FxHashMap::default();
        for row in read {
            let (slot, row) = row_of(&row).ok_or_else(broken)?;
            by_slot.entry(slot).or_default().push(row);
        }
        let mut found = Vec::with_capacity(by_slot.len());
        for slot in slots {
            let rows: Rc<[KeptRow]> = by_slot.remove(&slot).unwrap_or_default().into();
            self.rows += rows.len() + 1;
            let place = (kind as u8, grain as u8, slot);
            if let Some(before) = self.by_place.insert(place, Rc::clone(&rows)) {
                self.rows -= before.len() + 1;
            }
            found.push(rows);
        }
        Ok(found)
    }
}

fn row_of(row: &[Value]) -> Option<(i64, KeptRow)> {
    let mut columns = row.iter().map(|value| match value {
        Value::Integer(number) => Some(*number),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    });
    let mut next = || columns.next().flatten();
    let slot = next()?;
    Some((
        slot,
        KeptRow {
            a: next()?,
            b: next()?,
            events: next()?,
            unpriced: next()?,
            estimated: next()?,
            cost_nanos: next()?,
            input_tokens: next()?,
            output_tokens: next()?,
        },
    ))
}

fn broken() -> SqlError {
    SqlError {
        kind: SqlErrorKind::Other,
        message: "a sum is not a whole number".to_owned(),
    }
}
