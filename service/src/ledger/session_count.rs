//! How many sessions began when: kept in slots of which 16 make one of the next grain, so that any range is few rows.

use super::QUARTER_MS;
use super::delta::Session;
use crate::sql::{Insert, Param, Row, Sql, SqlError, SqlErrorKind, Value};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// The coarsest grain: some 43 days.
const COARSEST: u32 = 3;

/// The number that stands for all end users in `session_count`.
pub(crate) const EVERYONE: i64 = -1;

/// The finest grain that is kept of one end user, or of everyone.
const fn finest(end_user: i64) -> u32 {
    if end_user == EVERYONE { 0 } else { 1 }
}

/// When a session began, and the labels that it is counted by; 0 for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Began {
    first_ms: i64,
    session_type: i64,
    end_user: i64,
}

/// A stretch of a range: slots of a grain, or the sessions that began in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stretch {
    Slots { grain: u32, first: i64, end: i64 },
    Sessions { start_ms: i64, end_ms: i64 },
}

/// Cuts a range, beginning with the coarsest grain.
fn stretches(start_ms: i64, end_ms: i64, finest: u32) -> Vec<Stretch> {
    let mut found = Vec::new();
    cut((start_ms, end_ms), COARSEST, finest, &mut found);
    found
}

fn cut((start_ms, end_ms): (i64, i64), grain: u32, finest: u32, found: &mut Vec<Stretch>) {
    if start_ms >= end_ms {
        return;
    }
    let slot_ms = QUARTER_MS << (4 * grain);
    let first = start_ms.div_euclid(slot_ms) + i64::from(start_ms.rem_euclid(slot_ms) > 0);
    let end = end_ms.div_euclid(slot_ms);
    let around = |from_ms, to_ms, found: &mut Vec<Stretch>| {
        if grain > finest {
            cut((from_ms, to_ms), grain - 1, finest, found);
        } else if from_ms < to_ms {
            found.push(Stretch::Sessions {
                start_ms: from_ms,
                end_ms: to_ms,
            });
        }
    };
    if first < end {
        around(start_ms, first * slot_ms, found);
        found.push(Stretch::Slots { grain, first, end });
        around(end * slot_ms, end_ms, found);
    } else {
        around(start_ms, end_ms, found);
    }
}

/// How many sessions of an end user, or of [`EVERYONE`], and of a type began in a range.
pub(crate) fn count(
    sql: &dyn Sql,
    (start_ms, end_ms): (i64, i64),
    end_user: i64,
    session_type: Option<i64>,
) -> Result<i64, SqlError> {
    let mut lists = Vec::new();
    let mut numbers = Vec::new();
    for stretch in stretches(start_ms, end_ms, finest(end_user)) {
        let (mut list, bounds) = match stretch {
            Stretch::Slots { grain, first, end } => {
                numbers.push(end_user);
                let list = format!(
                    "SELECT SUM(sessions) FROM session_count \
                     WHERE end_user = ? AND grain = {grain} AND slot >= ? AND slot < ?"
                );
                (list, [first, end])
            }
            Stretch::Sessions { start_ms, end_ms } => {
                let list = "SELECT COUNT(*) FROM session WHERE first_ms >= ? AND first_ms < ?";
                (list.to_owned(), [start_ms, end_ms])
            }
        };
        numbers.extend(bounds);
        if matches!(stretch, Stretch::Sessions { .. }) && end_user != EVERYONE {
            list += " AND end_user = ?";
            numbers.push(end_user);
        }
        if let Some(session_type) = session_type {
            list += " AND session_type = ?";
            numbers.push(session_type);
        }
        lists.push(format!("IFNULL(({list}), 0)"));
    }
    if lists.is_empty() {
        return Ok(0);
    }
    // A Durable Object takes no more than five lists of a `UNION ALL`.
    let statement = format!("SELECT {}", lists.join(" + "));
    let params: Vec<Param<'_>> = numbers.into_iter().map(Param::Integer).collect();
    sql.count(&statement, &params)
}

/// Moves sessions to where they will be counted once `sessions` are added to those that are stored. Before they are.
pub(super) fn write(sql: &dyn Sql, sessions: &FxHashMap<i64, Session>) -> Result<(), SqlError> {
    let stored = stored(sql, sessions)?;
    let mut cells: BTreeMap<[i64; 4], i64> = BTreeMap::new();
    for (label, session) in sessions {
        let before = stored.get(label).copied();
        let or = |known: Option<i64>, new: i64| known.filter(|label| *label != 0).unwrap_or(new);
        let after = Began {
            first_ms: before.map_or(session.first_ms, |b| b.first_ms.min(session.first_ms)),
            session_type: or(before.map(|b| b.session_type), session.session_type),
            end_user: or(before.map(|b| b.end_user), session.end_user),
        };
        if before == Some(after) {
            continue;
        }
        for (began, change) in before
            .map(|began| (began, -1))
            .into_iter()
            .chain([(after, 1)])
        {
            for end_user in [EVERYONE, began.end_user] {
                for grain in finest(end_user)..=COARSEST {
                    let slot = began.first_ms.div_euclid(QUARTER_MS << (4 * grain));
                    let cell = [end_user, i64::from(grain), slot, began.session_type];
                    *cells.entry(cell).or_default() += change;
                }
            }
        }
    }
    let emptied: Vec<[i64; 4]> = cells
        .iter()
        .filter(|(_, change)| **change < 0)
        .map(|(cell, _)| *cell)
        .collect();
    let rows: Vec<Param<'_>> = cells
        .into_iter()
        .filter(|(_, change)| *change != 0)
        .flat_map(|([end_user, grain, slot, session_type], change)| {
            [end_user, grain, slot, session_type, change].map(Param::Integer)
        })
        .collect();
    let insert = Insert {
        into: "session_count (end_user, grain, slot, session_type, sessions)",
        values: &["?"; 5],
        then: "ON CONFLICT (end_user, grain, slot, session_type) DO UPDATE SET sessions = sessions + excluded.sessions",
    };
    sql.insert(&insert, &rows)?;
    if emptied.is_empty() {
        return Ok(());
    }
    let list = serde_json::to_string(&emptied).unwrap_or_default();
    sql.execute(
        "DELETE FROM session_count WHERE sessions = 0 AND (end_user, grain, slot, session_type) IN \
         (SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?))",
        &[Param::Text(&list)],
    )
}

/// Those of `sessions` that are stored already.
fn stored(
    sql: &dyn Sql,
    sessions: &FxHashMap<i64, Session>,
) -> Result<FxHashMap<i64, Began>, SqlError> {
    let mut labels: Vec<i64> = sessions.keys().copied().collect();
    labels.sort_unstable();
    let list = serde_json::to_string(&labels).unwrap_or_default();
    let rows = sql.query(
        "SELECT label, first_ms, IFNULL(session_type, 0), IFNULL(end_user, 0) \
         FROM json_each(?) AS asked CROSS JOIN session ON session.label = asked.value",
        &[Param::Text(&list)],
    )?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<(i64, Began), SqlError> {
    match row.as_slice() {
        [
            Value::Integer(label),
            Value::Integer(first_ms),
            Value::Integer(session_type),
            Value::Integer(end_user),
        ] => Ok((
            *label,
            Began {
                first_ms: *first_ms,
                session_type: *session_type,
                end_user: *end_user,
            },
        )),
        _ => Err(SqlError {
            kind: SqlErrorKind::Other,
            message: "a session cannot be read back".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_cover_a_range_once_and_are_few() {
        let start = 1_795_176_123_456;
        let lengths = [
            0,
            1,
            QUARTER_MS,
            QUARTER_MS + 1,
            37 * QUARTER_MS,
            777 * QUARTER_MS + 5,
        ];
        let long = [400 * 86_400_000, 1_000_000 * QUARTER_MS - 3];
        for finest in [0, 1] {
            for length in lengths.into_iter().chain(long) {
                let (mut at, mut slots) = (start, 0);
                let found = stretches(start, start + length, finest);
                for stretch in &found {
                    let (from, to) = match *stretch {
                        Stretch::Slots { grain, first, end } => {
                            let slot_ms = QUARTER_MS << (4 * grain);
                            slots += if grain == COARSEST { 0 } else { end - first };
                            assert!(grain >= finest);
                            (first * slot_ms, end * slot_ms)
                        }
                        Stretch::Sessions { start_ms, end_ms } => {
                            assert!(end_ms - start_ms < 2 * (QUARTER_MS << (4 * finest)));
                            (start_ms, end_ms)
                        }
                    };
                    assert_eq!(from, at, "{found:?}");
                    assert!(from < to);
                    at = to;
                }
                assert_eq!(at, start + length, "{found:?}");
                assert!(slots <= 6 * 16, "{found:?}");
            }
        }
    }
}
