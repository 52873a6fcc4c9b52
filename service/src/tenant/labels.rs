//! Texts to the small numbers that stand for them in this database, remembered.

use crate::sql::{Param, Sql, SqlError, Value};
use bearlumen_core::bucket::Bucket;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// What the remembered texts may take. End users and sessions come without end.
const MAX_BYTES: usize = 16 << 20;

/// What the texts that reports show may take.
const MAX_SHOWN_BYTES: usize = 1 << 20;

/// What a remembered text takes beside its bytes, about.
const ENTRY_BYTES: usize = 48;

/// The labels that were asked for.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    known: FxHashMap<Box<str>, i64>,
    bytes: usize,
    /// The numbers of the registry's buckets by their positions, 0 for one that was not asked for. Every event has some.
    buckets: Vec<i64>,
    /// The next free number; 0 when it was not looked up yet.
    next: i64,
    /// The other way about, of what reports show.
    shown: FxHashMap<i64, Rc<str>>,
    shown_bytes: usize,
}

impl Labels {
    /// Finds or makes the number of every text. Inside a transaction: what it makes is forgotten when that fails.
    pub(crate) fn resolve<'a>(
        &mut self,
        sql: &dyn Sql,
        texts: impl Iterator<Item = &'a str>,
    ) -> Result<(), SqlError> {
        let mut open: Vec<&str> = texts
            .filter(|text| !self.known.contains_key(*text))
            .collect();
        if open.is_empty() {
            return Ok(());
        }
        open.sort_unstable();
        open.dedup();
        self.look_up(sql, &open)?;
        open.retain(|text| !self.known.contains_key(*text));
        if open.is_empty() {
            return Ok(());
        }
        if self.next == 0 {
            let rows = sql.query("SELECT IFNULL(MAX(id), 0) + 1 FROM label", &[])?;
            if let Some([Value::Integer(next)]) = rows.first().map(Vec::as_slice) {
                self.next = *next;
            }
        }
        let list: Vec<(i64, &str)> = (self.next..).zip(open.iter().copied()).collect();
        let json = serde_json::to_string(&list).unwrap_or_default();
        sql.execute(
            "INSERT INTO label (id, text) SELECT value ->> 0, value ->> 1 FROM json_each(?)",
            &[Param::Text(&json)],
        )?;
        self.next += i64::try_from(list.len()).unwrap_or(0);
        for (id, text) in list {
            self.remember(text, id);
        }
        Ok(())
    }

    /// The number of a text, if it is remembered.
    pub(crate) fn get(&self, text: &str) -> Option<i64> {
        self.known.get(text).copied()
    }

    /// The number of a text that was resolved.
    pub(crate) fn id(&self, text: &str) -> i64 {
        self.known.get(text).copied().unwrap_or(0)
    }

    /// The number of a bucket's name, if it is remembered.
    pub(crate) fn bucket(&mut self, bucket: &Bucket) -> Option<i64> {
        let Bucket::Known(index) = bucket else {
            return self.get(bucket.id());
        };
        let position = index.get();
        if let Some(known) = self.buckets.get(position).filter(|known| **known != 0) {
            return Some(*known);
        }
        let found = self.get(bucket.id())?;
        if self.buckets.len() <= position {
            self.buckets.resize(position + 1, 0);
        }
        if let Some(place) = self.buckets.get_mut(position) {
            *place = found;
        }
        Some(found)
    }

    /// The number of an optional text, 0 for none.
    pub(crate) fn of(&self, text: Option<&str>) -> i64 {
        text.map_or(0, |text| self.id(text))
    }

    /// Forgets texts when there are too many of them. Between requests: during one they are needed.
    pub(crate) fn trim(&mut self) {
        if self.bytes > MAX_BYTES {
            self.known = FxHashMap::default();
            self.bytes = 0;
        }
    }

    /// The text of a number, if a report showed it before.
    pub(crate) fn shown(&self, id: i64) -> Option<Rc<str>> {
        self.shown.get(&id).cloned()
    }

    /// Remembers what a report shows.
    pub(crate) fn show(&mut self, id: i64, text: &Rc<str>) {
        if self.shown_bytes > MAX_SHOWN_BYTES {
            self.shown = FxHashMap::default();
            self.shown_bytes = 0;
        }
        if self.shown.insert(id, Rc::clone(text)).is_none() {
            self.shown_bytes += text.len() + ENTRY_BYTES;
        }
    }

    fn look_up(&mut self, sql: &dyn Sql, texts: &[&str]) -> Result<(), SqlError> {
        let list = serde_json::to_string(texts).unwrap_or_default();
        let rows = sql.query(
            "SELECT text, id FROM label WHERE text IN (SELECT value FROM json_each(?))",
            &[Param::Text(&list)],
        )?;
        for row in rows {
            if let [Value::Text(text), Value::Integer(id)] = row.as_slice() {
                self.remember(text, *id);
            }
        }
        Ok(())
    }

    fn remember(&mut self, text: &str, id: i64) {
        self.bytes += text.len() + ENTRY_BYTES;
        self.known.insert(text.into(), id);
    }
}
