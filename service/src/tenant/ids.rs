//! Which ids are stored: the latest in memory, the others in `known`, which takes many at once.

use crate::sql::{Insert, Param, Row, Sql, SqlError, SqlErrorKind, Value};
use rustc_hash::FxHashMap;

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

/// How many rows are read at a time.
const PAGE: i64 = 4096;

/// The ids of this database's events.
#[derive(Debug)]
pub(crate) struct Ids {
    /// Those after `indexed`.
    recent: FxHashMap<Id, Known>,
    indexed: i64,
}

impl Ids {
    /// Reads what `known` does not cover.
    pub(crate) fn open(sql: &dyn Sql, indexed: i64) -> Result<Self, SqlError> {
        let mut ids = Self {
            recent: FxHashMap::default(),
            indexed,
        };
        let mut last = indexed;
        loop {
            let rows = sql.query(
                "SELECT seq, hex(id), CAST(content_hash AS TEXT), at_ms FROM event WHERE seq > ? ORDER BY seq LIMIT ?",
                &[Param::Integer(last), Param::Integer(PAGE)],
            )?;
            let Some(row) = rows.last() else {
                return Ok(ids);
            };
            last = read(row)?.1.seq;
            for row in &rows {
                let (id, known) = read(row)?;
                ids.recent.insert(id, known);
            }
            ids.write_when_many(sql, last)?;
        }
    }

    pub(crate) fn get(&self, id: Id) -> Option<Known> {
        self.recent.get(&id).copied()
    }

    /// What is stored under any of `ids`, as far as it is not among the latest.
    pub(crate) fn look_up(
        &self,
        sql: &dyn Sql,
        ids: impl Iterator<Item = Id>,
    ) -> Result<FxHashMap<Id, Known>, SqlError> {
        let mut found = FxHashMap::default();
        if self.indexed == 0 {
            return Ok(found);
        }
        let mut heads: Vec<i64> = ids
            .filter(|id| !self.recent.contains_key(id))
            .map(head)
            .collect();
        if heads.is_empty() {
            return Ok(found);
        }
        heads.sort_unstable();
        let list = serde_json::to_string(&heads).unwrap_or_default();
        let rows = sql.query(
            "SELECT e.seq, hex(e.id), CAST(e.content_hash AS TEXT), e.at_ms \
             FROM json_each(?) j CROSS JOIN known k ON k.h = j.value CROSS JOIN event e ON e.seq = k.seq",
            &[Param::Text(&list)],
        )?;
        for row in &rows {
            // Another id may begin with the same 64 bits; it is not asked for then.
            let (id, known) = read(row)?;
            found.insert(id, known);
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

fn read(row: &Row) -> Result<(Id, Known), SqlError> {
    if let [
        Value::Integer(seq),
        Value::Text(id),
        Value::Text(hash),
        Value::Integer(at_ms),
    ] = row.as_slice()
        && let (Ok(id), Ok(content_hash)) = (Id::from_str_radix(id, 16), hash.parse())
    {
        let known = Known {
            seq: *seq,
            content_hash,
            at_ms: *at_ms,
        };
        return Ok((id, known));
    }
    Err(SqlError {
        kind: SqlErrorKind::Other,
        message: "an event's id cannot be read back".to_owned(),
    })
}
