//! Which ids are stored: the latest in memory, the others in `known`, which takes many at once.

use super::filter::Filter;
use crate::ledger::block::{Block, Item, broken};
use crate::sql::{Insert, Param, Sql, SqlError, Value};
use rustc_hash::FxHashMap;
use std::collections::hash_map::{Entry, VacantEntry};

/// An event's id, the 128 bits of its UUID.
pub(crate) type Id = u128;

/// A stored event, as far as a repetition is compared with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) seq: i64,
    pub(crate) content_hash: i64,
    pub(crate) at_ms: i64,
}

/// How many ids are held back until `known` takes them: the more, the fewer pages each one touches.
const MAX_RECENT: usize = 1 << 17;

/// How many blocks are read at a time.
const PAGE: i64 = 64;

/// The ids of this database's events.
#[derive(Debug)]
pub(crate) struct Ids {
    /// Those after `indexed`.
    recent: FxHashMap<Id, Known>,
    indexed: i64,
    filter: Filter,
}

impl Ids {
    /// Reads what `known` does not cover.
    pub(crate) fn open(sql: &dyn Sql, indexed: i64) -> Result<Self, SqlError> {
        let mut ids = Self {
            recent: FxHashMap::default(),
            indexed,
            filter: Filter::default(),
        };
        let mut last = indexed;
        loop {
            let blocks = Block::after(sql, last, PAGE)?;
            let Some(block) = blocks.last() else {
                return Ok(ids);
            };
            last = block.last();
            for block in &blocks {
                for (seq, item) in (block.seq..).zip(block.items()?) {
                    let (id, known) = read(block, seq, &item)?;
                    ids.recent.insert(id, known);
                }
            }
            ids.write_when_many(sql, last)?;
        }
    }

    pub(crate) fn get(&self, id: Id) -> Option<Known> {
        self.recent.get(&id).copied()
    }

    /// Whether any of them is among the latest.
    pub(crate) fn has_any(&self, mut ids: impl Iterator<Item = Id>) -> bool {
        ids.any(|id| self.recent.contains_key(&id))
    }

    /// Where a new id belongs, or what is stored under it, as far as it is among the latest.
    pub(crate) fn place(&mut self, id: Id) -> Result<VacantEntry<'_, Id, Known>, Known> {
        match self.recent.entry(id) {
            Entry::Occupied(known) => Err(*known.get()),
            Entry::Vacant(place) => Ok(place),
        }
    }

    /// What is stored under any of `ids`, as far as it is not among the latest; `repeats` when any of them may be.
    pub(crate) fn look_up(
        &mut self,
        sql: &dyn Sql,
        ids: impl Iterator<Item = Id>,
        repeats: bool,
    ) -> Result<FxHashMap<Id, Known>, SqlError> {
        let mut found = FxHashMap::default();
        if self.indexed == 0 {
            return Ok(found);
        }
        let mut heads: Vec<i64> = ids
            .filter(|id| !repeats || !self.recent.contains_key(id))
            .map(head)
            .collect();
        self.filter.retain(sql, self.indexed, &mut heads)?;
        if heads.is_empty() {
            return Ok(found);
        }
        heads.sort_unstable();
        let list = serde_json::to_string(&heads).unwrap_or_default();
        let rows = sql.query(
            "SELECT k.seq FROM json_each(?) j CROSS JOIN known k ON k.h = j.value ORDER BY k.seq",
            &[Param::Text(&list)],
        )?;
        let mut seqs = Vec::with_capacity(rows.len());
        for row in &rows {
            match row.as_slice() {
                [Value::Integer(seq)] => seqs.push(*seq),
                _ => return Err(broken(0)),
            }
        }
        let mut rest = seqs.as_slice();
        while let Some(seq) = rest.first() {
            let block = Block::with(sql, *seq)?;
            let inside = rest.partition_point(|seq| block.has(*seq));
            let items = block.items()?;
            for seq in rest.iter().take(inside) {
                let place = usize::try_from(seq - block.seq).unwrap_or(usize::MAX);
                let item = items.get(place).ok_or_else(|| broken(*seq))?;
                // Another id may begin with the same 64 bits; it is not asked for then.
                let (id, known) = read(&block, *seq, item)?;
                found.insert(id, known);
            }
            rest = rest.get(inside..).unwrap_or_default();
        }
        Ok(found)
    }

    /// Takes a new event's id.
    pub(crate) fn insert(&mut self, id: Id, known: Known) {
        self.recent.insert(id, known);
    }

    /// Hands the latest ids to `known` when there are many. `last` is the last event's `seq`.
    pub(crate) fn write_when_many(&mut self, sql: &dyn Sql, last: i64) -> Result<(), SqlError> {
        if self.recent.len() < MAX_RECENT {
            return Ok(());
        }
        let mut rows: Vec<(i64, i64)> = self
            .recent
            .iter()
            .map(|(id, known)| (head(*id), known.seq))
            .collect();
        rows.sort_unstable();
        let heads = rows.iter().map(|(head, _)| *head);
        self.filter.take(self.indexed, heads);
        let rows: Vec<Param<'_>> = rows
            .into_iter()
            .flat_map(|(h, seq)| [Param::Integer(h), Param::Integer(seq)])
            .collect();
        let insert = Insert {
            into: "known (h, seq)",
            values: &["?", "?"],
            then: "",
        };
        sql.insert(&insert, &rows)?;
        sql.execute("UPDATE folded SET indexed = ?", &[Param::Integer(last)])?;
        self.recent = FxHashMap::default();
        self.indexed = last;
        Ok(())
    }
}

/// The first 64 bits, as `known` has them.
pub(crate) fn head(id: Id) -> i64 {
    let upper = (id >> 64) as u64;
    upper.cast_signed()
}

fn read(block: &Block, seq: i64, item: &Item<'_>) -> Result<(Id, Known), SqlError> {
    let id = Id::from_str_radix(item.id, 16).map_err(|_| broken(seq))?;
    let known = Known {
        seq,
        content_hash: item.content_hash,
        at_ms: block.base_ms + item.after_ms,
    };
    Ok((id, known))
}
