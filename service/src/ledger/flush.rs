//! Gathered sums into their tables. The caller moves the watermark in the same transaction.

use super::Calendar;
use super::delta::Delta;
use super::kept::Kept;
use super::{measured, session_count};
use crate::sql::{Insert, Param, Sql, SqlError};
use bearlumen_core::order;

/// Every table that follows from the events alone: emptied, they are filled again from the first event on.
pub(crate) const EVERY_SUM: [&str; 8] = [
    "rollup",
    "end_user_rollup",
    "bucket_rollup",
    "run_rollup",
    "session",
    "session_block",
    "session_count",
    "numeric_sum",
];

const ADD_SUMS: &str = "events = events + excluded.events, unpriced = unpriced + excluded.unpriced, \
     estimated = estimated + excluded.estimated, cost_nanos = cost_nanos + excluded.cost_nanos, \
     low_nanos = low_nanos + excluded.low_nanos, high_nanos = high_nanos + excluded.high_nanos, \
     input_tokens = input_tokens + excluded.input_tokens, output_tokens = output_tokens + excluded.output_tokens, \
     quantity = quantity + excluded.quantity, quantity_micros = quantity_micros + excluded.quantity_micros";

/// Adds everything gathered to the tables, in the order of their keys. `kept` forgets what that changes.
pub(crate) fn write(
    sql: &dyn Sql,
    delta: &Delta,
    calendar: &Calendar,
    kept: &Kept,
) -> Result<(), SqlError> {
    let rows = delta.rollup(calendar)?;
    kept.forget_rows(rows.iter().map(|(key, _)| key));
    let rows = rows.iter().map(|((kind, grain, slot, a, b), sums)| {
        let key = [i64::from(*kind), *grain as i64, *slot, *a, *b];
        key.into_iter().chain(sums.numbers())
    });
    upsert(
        sql,
        "rollup",
        15,
        "(kind, grain, slot, a, b)",
        ADD_SUMS,
        rows,
    )?;

    let mut rows: Vec<_> = delta.end_users.iter().collect();
    order::by_key(&mut rows, |(key, _)| **key);
    let rows = rows
        .into_iter()
        .map(|((user, day, provider, model, feature), sums)| {
            let key = [*user, *day, *provider, *model, *feature];
            key.into_iter().chain(sums.numbers())
        });
    let key = "(end_user, slot, provider, model, feature)";
    upsert(sql, "end_user_rollup", 15, key, ADD_SUMS, rows)?;

    let mut rows: Vec<_> = delta.buckets.iter().collect();
    order::by_key(&mut rows, |(key, _)| **key);
    let rows = rows.into_iter().map(
        |((day, provider, model, bucket), (quantity, micros, cost))| {
            [*day, *provider, *model, *bucket, *quantity, *micros, *cost]
        },
    );
    let add = "quantity = quantity + excluded.quantity, quantity_micros = quantity_micros + excluded.quantity_micros, \
         cost_nanos = cost_nanos + excluded.cost_nanos";
    upsert(
        sql,
        "bucket_rollup",
        7,
        "(slot, provider, model, bucket)",
        add,
        rows,
    )?;

    runs(sql, delta)?;
    session_count::write(sql, &delta.sessions)?;
    sessions(sql, delta)?;
    session_blocks(sql, delta)?;
    measured::write(sql, delta, calendar, kept)
}

fn runs(sql: &dyn Sql, delta: &Delta) -> Result<(), SqlError> {
    let mut rows: Vec<_> = delta.runs.iter().collect();
    order::by_key(&mut rows, |(key, _)| **key);
    let rows = rows.into_iter().map(|((day, provider, model), told)| {
        let [runs, succeeded, timed, latency_ms] = told.columns();
        [*day, *provider, *model, runs, succeeded, timed, latency_ms]
    });
    let add = "runs = runs + excluded.runs, succeeded = succeeded + excluded.succeeded, timed = timed + excluded.timed, \
         latency_ms = latency_ms + excluded.latency_ms";
    upsert(sql, "run_rollup", 7, "(slot, provider, model)", add, rows)
}

fn sessions(sql: &dyn Sql, delta: &Delta) -> Result<(), SqlError> {
    let mut rows: Vec<_> = delta.sessions.iter().collect();
    order::by_key(&mut rows, |(key, _)| **key);
    let or_null = |label: i64| {
        if label == 0 {
            Param::Null
        } else {
            Param::Integer(label)
        }
    };
    let mut params = Vec::with_capacity(rows.len() * 15);
    for (label, session) in rows {
        params.extend([
            Param::Integer(*label),
            or_null(session.session_type),
            or_null(session.end_user),
            Param::Integer(session.first_ms),
            Param::Integer(session.last_ms),
        ]);
        params.extend(session.sums.numbers().map(Param::Integer));
    }
    let add = format!(
        "session_type = IFNULL(session_type, excluded.session_type), end_user = IFNULL(end_user, excluded.end_user), \
         first_ms = MIN(first_ms, excluded.first_ms), last_ms = MAX(last_ms, excluded.last_ms), {ADD_SUMS}"
    );
    insert(sql, "session", 15, "(label)", &add, &params)
}

fn session_blocks(sql: &dyn Sql, delta: &Delta) -> Result<(), SqlError> {
    let mut rows: Vec<_> = delta.session_blocks.iter().copied().collect();
    order::by(&mut rows, Ord::cmp);
    let rows: Vec<Param<'_>> = rows
        .into_iter()
        .flat_map(|(session, block)| [session, block].map(Param::Integer))
        .collect();
    let insert = Insert {
        into: "session_block",
        values: &["?", "?"],
        then: "ON CONFLICT DO NOTHING",
    };
    sql.insert(&insert, &rows)
}

/// Inserts rows of so many numbers, or adds them to those that are there.
fn upsert<R: IntoIterator<Item = i64>>(
    sql: &dyn Sql,
    table: &str,
    columns: usize,
    key: &str,
    add: &str,
    rows: impl Iterator<Item = R>,
) -> Result<(), SqlError> {
    let params: Vec<Param<'_>> = rows.flatten().map(Param::Integer).collect();
    insert(sql, table, columns, key, add, &params)
}

/// Rows of all of the table's columns in their order.
fn insert(
    sql: &dyn Sql,
    table: &str,
    columns: usize,
    key: &str,
    add: &str,
    rows: &[Param<'_>],
) -> Result<(), SqlError> {
    let insert = Insert {
        into: table,
        values: &vec!["?"; columns],
        then: &format!("ON CONFLICT {key} DO UPDATE SET {add}"),
    };
    sql.insert(&insert, rows)
}
