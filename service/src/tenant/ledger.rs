//! How far the database is, and what of it stands in memory only.

use super::ids::Ids;
use super::labels::Labels;
use crate::ledger::block::{Block, LAST_SEQ};
use crate::ledger::{Calendar, Delta, EVERY_SUM, Fact, Kept, StoredEvent, Sums, write};
use crate::sql::{Param, Sql, SqlError, SqlErrorKind, Value};
use base32ct::{Base32Unpadded, Encoding};
use rustc_hash::FxHashSet;
use sha2::{Digest, Sha256};
use std::rc::Rc;

/// What is gathered before it is written: the more, the more events share a row of a sum.
const MAX_EVENTS: usize = 150_000;
const MAX_ROWS: usize = 80_000;

/// Blocks that are read at a time when sums are made from them.
const PAGE: i64 = 8;

/// End users that are known to have a row, at most.
const MAX_USERS: usize = 200_000;

/// The events' sequence and what follows it.
#[derive(Debug)]
pub(super) struct Ledger {
    /// The last event's `seq`.
    pub(super) last: i64,
    /// Up to where the tables' sums go.
    pub(super) folded: i64,
    /// What the events in between add; `None` while that is more than memory should hold.
    delta: Option<Delta>,
    /// The sums of all events, gathered ones included, so that none that would pass 64 bits is taken. Every other sum
    /// is a part of these. Zero while the tables are behind.
    pub(super) total: Sums,
    pub(super) ids: Ids,
    /// End users with a row.
    users: FxHashSet<i64>,
    /// What reports read of the tables.
    pub(super) kept: Rc<Kept>,
}

/// The numbers that a ledger in memory has to agree with.
struct Marks {
    folded: i64,
    indexed: i64,
    last: i64,
}

fn marks(sql: &dyn Sql) -> Result<Marks, SqlError> {
    let rows = sql.query(&format!("SELECT seq, indexed, {LAST_SEQ} FROM folded"), &[])?;
    match rows.first().map(Vec::as_slice) {
        Some(
            [
                Value::Integer(folded),
                Value::Integer(indexed),
                Value::Integer(last),
            ],
        ) => Ok(Marks {
            folded: *folded,
            indexed: *indexed,
            last: *last,
        }),
        _ => Err(SqlError {
            kind: SqlErrorKind::Other,
            message: "the ledger has no watermark".to_owned(),
        }),
    }
}

/// The sums of everything in the tables.
fn read_total(sql: &dyn Sql) -> Result<Sums, SqlError> {
    let rows = sql.query(
        "SELECT CAST(SUM(events) AS TEXT), CAST(SUM(unpriced) AS TEXT), CAST(SUM(estimated) AS TEXT), \
         CAST(SUM(cost_nanos) AS TEXT), CAST(SUM(low_nanos) AS TEXT), CAST(SUM(high_nanos) AS TEXT), \
         CAST(SUM(input_tokens) AS TEXT), CAST(SUM(output_tokens) AS TEXT), CAST(SUM(quantity) AS TEXT), \
         CAST(SUM(quantity_micros) AS TEXT) FROM rollup WHERE kind = 0 AND grain = 1",
        &[],
    )?;
    let mut numbers = rows.into_iter().flatten().map(|value| match value {
        Value::Text(text) => text.parse().unwrap_or(0),
        _ => 0,
    });
    let mut next = || numbers.next().unwrap_or(0);
    Ok(Sums {
        events: next(),
        unpriced: next(),
        estimated: next(),
        cost: next(),
        low: next(),
        high: next(),
        input: next(),
        output: next(),
        quantity: next(),
        quantity_micros: next(),
    })
}

impl Ledger {
    fn open(sql: &dyn Sql, marks: &Marks) -> Result<Self, SqlError> {
        let is_whole = marks.folded == marks.last;
        Ok(Self {
            last: marks.last,
            folded: marks.folded,
            delta: is_whole.then(Delta::default),
            total: if is_whole {
                read_total(sql)?
            } else {
                Sums::default()
            },
            ids: Ids::open(sql, marks.indexed)?,
            users: FxHashSet::default(),
            kept: Rc::default(),
        })
    }

    /// The ledger as it is in memory, or read again where it disagrees with the database.
    pub(super) fn current<'a>(
        sql: &dyn Sql,
        place: &'a mut Option<Self>,
    ) -> Result<&'a mut Self, SqlError> {
        let marks = marks(sql)?;
        let stale = place
            .as_ref()
            .is_none_or(|ledger| ledger.last != marks.last || ledger.folded != marks.folded);
        if stale {
            *place = None;
        }
        match place {
            Some(ledger) => Ok(ledger),
            None => Ok(place.insert(Self::open(sql, &marks)?)),
        }
    }

    /// The ledger as it is in memory, unasked whether the database agrees; read where there is none. What is written on
    /// its word has to be guarded by [`Self::guard`], and what is answered on it checked by [`Self::current`].
    pub(super) fn remembered<'a>(
        sql: &dyn Sql,
        place: &'a mut Option<Self>,
    ) -> Result<&'a mut Self, SqlError> {
        match place {
            Some(ledger) => Ok(ledger),
            None => Self::current(sql, place),
        }
    }

    /// What the database has to agree with when the next block is written: the last event and the watermark.
    pub(super) fn guard(&self) -> [i64; 2] {
        [self.last, self.folded]
    }

    /// Takes what a new event adds. Its `seq` is `last`.
    pub(super) fn add(&mut self, fact: &Fact, calendar: &Calendar) -> Result<(), SqlError> {
        match &mut self.delta {
            Some(delta) => delta.add(fact, calendar),
            None => Ok(()),
        }
    }

    /// Whether new events make facts at all.
    pub(super) fn gathers(&self) -> bool {
        self.delta.is_some()
    }

    /// What of these days' runs the tables lack, as far as it is gathered.
    pub(super) fn runs_of(&self, first: i64, last: i64) -> Vec<[i64; 6]> {
        let gathered = self.delta.as_ref();
        gathered.map_or_else(Vec::new, |delta| delta.runs_of(first, last))
    }

    /// How many events the tables' sums lack.
    pub(super) fn behind(&self) -> i64 {
        self.last - self.folded
    }

    /// Writes what has grown too large to wait.
    pub(super) fn write_when_many(
        &mut self,
        sql: &dyn Sql,
        calendar: &Calendar,
    ) -> Result<(), SqlError> {
        self.ids.write_when_many(sql, self.last)?;
        match &self.delta {
            Some(delta) if delta.events() >= MAX_EVENTS || delta.rows() >= MAX_ROWS => {
                self.write(sql, calendar)
            }
            _ => Ok(()),
        }
    }

    /// Writes what was gathered.
    pub(super) fn write(&mut self, sql: &dyn Sql, calendar: &Calendar) -> Result<(), SqlError> {
        let Some(delta) = self.delta.take_if(|delta| !delta.is_empty()) else {
            return Ok(());
        };
        self.write_up_to(sql, &delta, calendar, self.last)?;
        self.delta = Some(Delta::default());
        Ok(())
    }

    /// Sums at most `limit` of the events that the tables lack and that are not gathered in memory.
    pub(super) fn catch_up(
        &mut self,
        sql: &dyn Sql,
        labels: &mut Labels,
        calendar: &Calendar,
        limit: usize,
    ) -> Result<(), SqlError> {
        let mut delta = Delta::default();
        let mut seq = self.folded;
        while delta.events() < limit && delta.rows() < MAX_ROWS {
            let blocks = Block::after(sql, seq, PAGE)?;
            let Some(last) = blocks.last() else { break };
            seq = last.last();
            for block in &blocks {
                add_block(sql, labels, calendar, block, &mut delta)?;
            }
        }
        self.write_up_to(sql, &delta, calendar, seq)?;
        if self.folded == self.last {
            self.delta = Some(Delta::default());
            self.total = read_total(sql)?;
        }
        Ok(())
    }

    fn write_up_to(
        &mut self,
        sql: &dyn Sql,
        delta: &Delta,
        calendar: &Calendar,
        seq: i64,
    ) -> Result<(), SqlError> {
        self.make_end_users(sql, delta)?;
        write(sql, delta, calendar, &self.kept)?;
        sql.execute("UPDATE folded SET seq = ?", &[Param::Integer(seq)])?;
        self.folded = seq;
        Ok(())
    }

    /// A row for every end user of `delta` that has none.
    fn make_end_users(&mut self, sql: &dyn Sql, delta: &Delta) -> Result<(), SqlError> {
        if self.users.len() > MAX_USERS {
            self.users = FxHashSet::default();
        }
        let mut open: Vec<i64> = delta
            .end_users_seen()
            .map(|(label, _)| label)
            .filter(|label| !self.users.contains(label))
            .collect();
        if open.is_empty() {
            return Ok(());
        }
        open.sort_unstable();
        let list = serde_json::to_string(&open).unwrap_or_default();
        let rows = sql.query(
            "SELECT l.id, l.text FROM json_each(?) j CROSS JOIN label l ON l.id = j.value \
             WHERE NOT EXISTS (SELECT 1 FROM end_user e WHERE e.label = l.id)",
            &[Param::Text(&list)],
        )?;
        let mut made = Vec::with_capacity(rows.len());
        for row in &rows {
            if let [Value::Integer(label), Value::Text(external_id)] = row.as_slice() {
                let seen_ms = delta.first_seen(*label).unwrap_or(0);
                made.push((*label, end_user_id(external_id), external_id, seen_ms));
            }
        }
        let json = serde_json::to_string(&made).unwrap_or_default();
        sql.execute(
            "INSERT INTO end_user (label, id, external_id, created_ms, updated_ms) \
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 3 FROM json_each(?) \
             WHERE true ON CONFLICT DO NOTHING",
            &[Param::Text(&json)],
        )?;
        self.users.extend(open);
        Ok(())
    }
}

/// Adds what the events of a block add.
fn add_block(
    sql: &dyn Sql,
    labels: &mut Labels,
    calendar: &Calendar,
    block: &Block,
    delta: &mut Delta,
) -> Result<(), SqlError> {
    let mut events = Vec::new();
    let mut texts = Vec::new();
    for (seq, item) in (block.seq..).zip(block.items()?) {
        let event = StoredEvent::of(block, seq, &item)?;
        event.texts(|text| texts.push(text.to_owned()))?;
        events.push(event);
    }
    labels.resolve(sql, texts.iter().map(String::as_str))?;
    for event in events {
        delta.add(&event.whole(|text| labels.id(text))?, calendar)?;
    }
    Ok(())
}

/// Empties every sum, so that they are made again from the first event on.
pub(super) fn start_again(sql: &dyn Sql) -> Result<(), SqlError> {
    for table in EVERY_SUM {
        sql.execute(&format!("DELETE FROM {table}"), &[])?;
    }
    sql.execute("UPDATE folded SET seq = 0", &[])
}

/// The public id of an end user: `eu_` and 16 characters that follow from the external id.
pub(crate) fn end_user_id(external_id: &str) -> String {
    let hash = Sha256::digest(external_id.as_bytes());
    let head = hash
        .first_chunk::<10>()
        .map_or([].as_slice(), <[u8; 10]>::as_slice);
    format!("eu_{}", Base32Unpadded::encode_string(head))
}
