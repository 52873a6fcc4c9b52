//! Blocks: how events stand in their table, and which blocks a time needs.

use super::QUARTER_MS;
use crate::sql::{Param, Sql, SqlError, SqlErrorKind, Value};
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use std::fmt;

/// The most events of a block: enough to share the row and its index, few enough to find one among them.
const MAX_EVENTS: usize = 128;

/// A block is closed when its text is longer.
const MAX_BYTES: usize = 64 * 1024;

/// Continues a `WHERE` on `event` for the events of a time, with the numbers of [`within`].
pub(crate) const WITHIN: &str = "to_ms >= ? AND to_ms < ? AND at_ms >= ? AND at_ms < ?";

/// The numbers of [`WITHIN`]. No block spans two quarters of an hour, so the one that an end lies in is the last.
pub(crate) fn within(start_ms: i64, end_ms: i64) -> [i64; 4] {
    let quarters = end_ms.div_euclid(QUARTER_MS) + i64::from(end_ms.rem_euclid(QUARTER_MS) > 0);
    [
        start_ms,
        quarters.saturating_mul(QUARTER_MS),
        start_ms,
        end_ms,
    ]
}

/// Continues a `WHERE` on `event` for one event; takes its `seq` twice.
pub(crate) const ONE: &str = "block = (SELECT MAX(seq) FROM block WHERE seq <= ?) AND seq = ?";

/// Continues a `WHERE` on `event` for a session's events; takes its label twice.
pub(crate) const OF_SESSION: &str =
    "block IN (SELECT block FROM session_block WHERE session = ?) AND session = ?";

/// The last event's `seq`, 0 when there is none: an expression.
pub(crate) const LAST_SEQ: &str =
    "IFNULL((SELECT seq + size - 1 FROM block WHERE seq = (SELECT MAX(seq) FROM block)), 0)";

/// One event as it stands in its block.
#[derive(Debug, Clone)]
pub(crate) struct Item<'a> {
    /// 32 hexadecimal digits.
    pub(crate) id: &'a str,
    /// Milliseconds after the block's `base_ms`; may be before it.
    pub(crate) after_ms: i64,
    pub(crate) content_hash: i64,
    pub(crate) session: Option<i64>,
    pub(crate) detail: Option<&'a RawValue>,
    /// The places from `event_type` on, without trailing nulls.
    pub(crate) numbers: Vec<Option<i64>>,
}

impl<'de> Deserialize<'de> for Item<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Places;
        impl<'de> Visitor<'de> for Places {
            type Value = Item<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event of a block")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Item<'de>, A::Error> {
                fn place<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(
                    list: &mut A,
                ) -> Result<T, A::Error> {
                    list.next_element()?
                        .ok_or_else(|| A::Error::custom("an event is too short"))
                }
                let mut item = Item {
                    id: place(&mut list)?,
                    after_ms: place(&mut list)?,
                    content_hash: place(&mut list)?,
                    session: place(&mut list)?,
                    detail: place(&mut list)?,
                    numbers: Vec::with_capacity(19),
                };
                while let Some(number) = list.next_element()? {
                    item.numbers.push(number);
                }
                Ok(item)
            }
        }
        deserializer.deserialize_seq(Places)
    }
}

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        let mut list = serializer.serialize_seq(None)?;
        list.serialize_element(self.id)?;
        list.serialize_element(&self.after_ms)?;
        list.serialize_element(&self.content_hash)?;
        list.serialize_element(&self.session)?;
        list.serialize_element(&self.detail)?;
        for number in &self.numbers {
            list.serialize_element(number)?;
        }
        list.end()
    }
}

/// A block that was read.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) seq: i64,
    pub(crate) size: i64,
    pub(crate) base_ms: i64,
    events: String,
}

impl Block {
    fn of(row: crate::sql::Row) -> Result<Self, SqlError> {
        match <[Value; 4]>::try_from(row) {
            Ok(
                [
                    Value::Integer(seq),
                    Value::Integer(size),
                    Value::Integer(base_ms),
                    Value::Text(events),
                ],
            ) => Ok(Self {
                seq,
                size,
                base_ms,
                events,
            }),
            _ => Err(broken(0)),
        }
    }

    /// The block that an event is in.
    pub(crate) fn with(sql: &dyn Sql, seq: i64) -> Result<Self, SqlError> {
        let rows = sql.query(
            "SELECT seq, size, base_ms, events FROM block WHERE seq <= ? ORDER BY seq DESC LIMIT 1",
            &[Param::Integer(seq)],
        )?;
        let block = rows.into_iter().next().map(Self::of).transpose()?;
        block
            .filter(|block| block.has(seq))
            .ok_or_else(|| broken(seq))
    }

    /// The blocks after the one that ends with `seq`, at most so many.
    pub(crate) fn after(sql: &dyn Sql, seq: i64, most: i64) -> Result<Vec<Self>, SqlError> {
        let rows = sql.query(
            "SELECT seq, size, base_ms, events FROM block WHERE seq > ? ORDER BY seq LIMIT ?",
            &[Param::Integer(seq), Param::Integer(most)],
        )?;
        rows.into_iter().map(Self::of).collect()
    }

    pub(crate) fn has(&self, seq: i64) -> bool {
        (self.seq..self.seq + self.size).contains(&seq)
    }

    /// The `seq` of its last event.
    pub(crate) fn last(&self) -> i64 {
        self.seq + self.size - 1
    }

    /// Its events in order.
    pub(crate) fn items(&self) -> Result<Vec<Item<'_>>, SqlError> {
        let items: Vec<Item<'_>> =
            serde_json::from_str(&self.events).map_err(|_| broken(self.seq))?;
        if i64::try_from(items.len()) == Ok(self.size) {
            Ok(items)
        } else {
            Err(broken(self.seq))
        }
    }
}

pub(crate) fn broken(seq: i64) -> SqlError {
    SqlError {
        kind: SqlErrorKind::Other,
        message: format!("event {seq} cannot be read back"),
    }
}

/// A block whose size is `NULL`, which its column refuses, unless the database is as far as memory takes it to be.
const GUARDED: &str = "INSERT INTO block (seq, size, base_ms, last_ms, events) SELECT ?, CASE WHEN ? = \
     IFNULL((SELECT seq + size - 1 FROM block WHERE seq = (SELECT MAX(seq) FROM block)), 0) \
     AND ? = (SELECT seq FROM folded) THEN ? END, ?, ?, ?";

/// Writes events into blocks, in the order of their `seq`.
pub(crate) struct Writer<'a> {
    sql: &'a dyn Sql,
    seq: i64,
    size: usize,
    base_ms: i64,
    last_ms: i64,
    events: String,
    guard: Option<[i64; 2]>,
}

impl<'a> Writer<'a> {
    /// `guard` is the last event and the watermark as memory has them: the first block is refused where the database has
    /// others, with a failure that undoes the transaction and has memory read again.
    pub(crate) fn new(sql: &'a dyn Sql, guard: [i64; 2]) -> Self {
        Self {
            guard: Some(guard),
            sql,
            seq: 0,
            size: 0,
            base_ms: 0,
            last_ms: 0,
            events: String::new(),
        }
    }

    /// Begins an event: `write` appends its places, brackets included. Answers which block it is in.
    pub(crate) fn add(
        &mut self,
        seq: i64,
        at_ms: i64,
        write: impl FnOnce(&mut String, i64),
    ) -> Result<i64, SqlError> {
        let another = at_ms.div_euclid(QUARTER_MS) != self.base_ms.div_euclid(QUARTER_MS);
        if self.size > 0 && (another || self.size >= MAX_EVENTS || self.events.len() > MAX_BYTES) {
            self.close()?;
        }
        if self.size == 0 {
            (self.seq, self.base_ms, self.last_ms) = (seq, at_ms, at_ms);
            self.events.push('[');
        } else {
            self.events.push(',');
        }
        self.last_ms = self.last_ms.max(at_ms);
        self.size += 1;
        write(&mut self.events, at_ms - self.base_ms);
        Ok(self.seq)
    }

    /// Stores what is open.
    pub(crate) fn close(&mut self) -> Result<(), SqlError> {
        if self.size == 0 {
            return Ok(());
        }
        self.events.push(']');
        let columns = [
            Param::Integer(self.seq),
            Param::Integer(i64::try_from(self.size).unwrap_or(0)),
            Param::Integer(self.base_ms),
            Param::Integer(self.last_ms),
        ];
        let events = Param::Text(&self.events);
        if let Some(guard) = self.guard.take() {
            let [last, folded] = guard.map(Param::Integer);
            let [seq, size, base_ms, last_ms] = columns;
            self.sql.execute(
                GUARDED,
                &[seq, last, folded, size, base_ms, last_ms, events],
            )?;
        } else {
            let [seq, size, base_ms, last_ms] = columns;
            self.sql.execute(
                "INSERT INTO block (seq, size, base_ms, last_ms, events) VALUES (?, ?, ?, ?, ?)",
                &[seq, size, base_ms, last_ms, events],
            )?;
        }
        self.size = 0;
        self.events.clear();
        Ok(())
    }
}

/// How many blocks are looked at to find out how far to read.
const MOST_BLOCKS: i64 = 4096;

/// From when on a time's newest events have to be read to find about so many: [`within`] that and `end_ms` all are
/// found. Before `end_ms`, unless the time is empty.
pub(crate) fn newest(
    sql: &dyn Sql,
    start_ms: i64,
    end_ms: i64,
    wanted: i64,
) -> Result<i64, SqlError> {
    let bounds = "SELECT last_ms, size FROM block WHERE last_ms >= ? AND last_ms < ? ORDER BY last_ms DESC LIMIT ?";
    let reached = reach(sql, bounds, [start_ms, end_ms], wanted)?;
    Ok(reached.unwrap_or(start_ms))
}

/// Up to when a time's oldest events have to be read to find about so many. After `start_ms`, unless the time is empty.
pub(crate) fn oldest(
    sql: &dyn Sql,
    start_ms: i64,
    end_ms: i64,
    wanted: i64,
) -> Result<i64, SqlError> {
    let bounds = "SELECT last_ms, size FROM block WHERE last_ms >= ? AND last_ms < ? ORDER BY last_ms LIMIT ?";
    let reached = reach(sql, bounds, [start_ms, end_ms], wanted)?;
    Ok(reached.map_or(end_ms, |last_ms| last_ms + 1))
}

/// The last event's time of the block at which so many events are passed; nothing when there are fewer.
fn reach(
    sql: &dyn Sql,
    statement: &str,
    [start_ms, end_ms]: [i64; 2],
    wanted: i64,
) -> Result<Option<i64>, SqlError> {
    let most = wanted.clamp(1, MOST_BLOCKS);
    let params = [start_ms, end_ms, most].map(Param::Integer);
    let rows = sql.query(statement, &params)?;
    let is_cut = i64::try_from(rows.len()) == Ok(most);
    let mut passed = 0;
    let mut reached = None;
    for row in rows {
        let [Value::Integer(last_ms), Value::Integer(size)] = row.as_slice() else {
            return Err(broken(0));
        };
        reached = Some(*last_ms);
        passed += size;
        if passed >= wanted {
            return Ok(reached);
        }
    }
    Ok(reached.filter(|_| is_cut))
}
