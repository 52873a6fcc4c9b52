//! Gathered sums into their tables. The caller moves the watermark in the same transaction.

use super::delta::Delta;
use super::sums::Sums;
use crate::sql::{Param, Sql, SqlError};
use std::fmt::Write as _;

/// Every table that follows from the events alone: emptied, they are filled again from the first event on.
pub(crate) const EVERY_SUM: [&str; 6] = [
    "rollup",
    "end_user_rollup",
    "bucket_rollup",
    "session",
    "numeric_rollup",
    "numeric_bin",
];

/// The most text of one statement's list; a value may have 2 MB.
const MAX_LIST_BYTES: usize = 1_000_000;

const ADD_SUMS: &str = "events = events + excluded.events, unpriced = unpriced + excluded.unpriced, \
     estimated = estimated + excluded.estimated, cost_nanos = cost_nanos + excluded.cost_nanos, \
     low_nanos = low_nanos + excluded.low_nanos, high_nanos = high_nanos + excluded.high_nanos, \
     input_tokens = input_tokens + excluded.input_tokens, output_tokens = output_tokens + excluded.output_tokens, \
     quantity = quantity + excluded.quantity, quantity_micros = quantity_micros + excluded.quantity_micros";

/// Adds everything gathered to the tables, in the order of their keys.
pub(crate) fn write(sql: &dyn Sql, delta: &Delta) -> Result<(), SqlError> {
    let sums = |list: &mut String, sums: &Sums| sums.write_json(list);

    let mut rows: Vec<_> = delta.rollup.iter().collect();
    rows.sort_unstable_by_key(|(key, _)| **key);
    let upsert = upsert("rollup", 15, "(kind, grain, slot, a, b)", ADD_SUMS);
    each(
        sql,
        &upsert,
        &rows,
        |list, ((kind, grain, slot, a, b), s)| {
            let _ = write!(list, "{kind},{grain},{slot},{a},{b}");
            sums(list, s);
        },
    )?;

    let mut rows: Vec<_> = delta.end_users.iter().collect();
    rows.sort_unstable_by_key(|(key, _)| **key);
    let key = "(end_user, slot, provider, model, feature)";
    let upsert = self::upsert("end_user_rollup", 15, key, ADD_SUMS);
    each(
        sql,
        &upsert,
        &rows,
        |list, ((user, day, provider, model, feature), s)| {
            let _ = write!(list, "{user},{day},{provider},{model},{feature}");
            sums(list, s);
        },
    )?;

    let mut rows: Vec<_> = delta.buckets.iter().collect();
    rows.sort_unstable_by_key(|(key, _)| **key);
    let add = "quantity = quantity + excluded.quantity, quantity_micros = quantity_micros + excluded.quantity_micros, \
         cost_nanos = cost_nanos + excluded.cost_nanos";
    let key = "(slot, provider, model, bucket)";
    let upsert = self::upsert("bucket_rollup", 7, key, add);
    each(
        sql,
        &upsert,
        &rows,
        |list, ((day, provider, model, bucket), (quantity, micros, cost))| {
            let _ = write!(
                list,
                "{day},{provider},{model},{bucket},{quantity},{micros},{cost}"
            );
        },
    )?;

    let mut rows: Vec<_> = delta.sessions.iter().collect();
    rows.sort_unstable_by_key(|(key, _)| **key);
    let add = format!(
        "session_type = IFNULL(session_type, excluded.session_type), end_user = IFNULL(end_user, excluded.end_user), \
         first_ms = MIN(first_ms, excluded.first_ms), last_ms = MAX(last_ms, excluded.last_ms), {ADD_SUMS}"
    );
    let upsert = self::upsert("session", 15, "(label)", &add);
    let or_null = |label: i64| {
        if label == 0 {
            "null".to_owned()
        } else {
            label.to_string()
        }
    };
    each(sql, &upsert, &rows, |list, (label, session)| {
        let (kind, user) = (or_null(session.session_type), or_null(session.end_user));
        let _ = write!(
            list,
            "{label},{kind},{user},{},{}",
            session.first_ms, session.last_ms
        );
        sums(list, &session.sums);
    })?;

    let mut rows: Vec<_> = delta.bins.iter().collect();
    rows.sort_unstable_by_key(|(key, _)| **key);
    let upsert = self::upsert(
        "numeric_bin",
        4,
        "(key, slot, bin)",
        "events = events + excluded.events",
    );
    each(sql, &upsert, &rows, |list, ((key, day, bin), events)| {
        let _ = write!(list, "{key},{day},{bin},{events}");
    })?;
    numbers(sql, delta)
}

/// One row at a time: a double is exact as a parameter and not always as JSON.
fn numbers(sql: &dyn Sql, delta: &Delta) -> Result<(), SqlError> {
    let mut rows: Vec<_> = delta.numbers.iter().collect();
    rows.sort_unstable_by_key(|(key, _)| **key);
    for ((key, day), numbers) in rows {
        let whole = i64::try_from(numbers.micros.div_euclid(1_000_000)).unwrap_or(i64::MAX);
        let micros = i64::try_from(numbers.micros.rem_euclid(1_000_000)).unwrap_or(0);
        sql.execute(
            "INSERT INTO numeric_rollup (key, slot, events, sum, sum_micros, min, max) VALUES (?, ?, ?, ?, ?, ?, ?) \
             ON CONFLICT (key, slot) DO UPDATE SET events = events + excluded.events, \
             sum = sum + excluded.sum + (sum_micros + excluded.sum_micros) / 1000000, \
             sum_micros = (sum_micros + excluded.sum_micros) % 1000000, \
             min = MIN(min, excluded.min), max = MAX(max, excluded.max)",
            &[
                Param::Integer(*key),
                Param::Integer(*day),
                Param::Integer(numbers.events),
                Param::Integer(whole),
                Param::Integer(micros),
                Param::Real(numbers.min),
                Param::Real(numbers.max),
            ],
        )?;
    }
    Ok(())
}

/// Inserts rows of so many columns, all of the table's in their order, or adds to those that are there.
fn upsert(table: &str, columns: usize, key: &str, add: &str) -> String {
    let mut values = String::new();
    for column in 0..columns {
        let comma = if column == 0 { "" } else { ", " };
        let _ = write!(values, "{comma}value ->> {column}");
    }
    format!(
        "INSERT INTO {table} SELECT {values} FROM json_each(?) WHERE true ON CONFLICT {key} DO UPDATE SET {add}"
    )
}

/// Runs a statement over rows as JSON lists, as many at a time as a value may hold.
///
/// Integers stand in the JSON as text of any length, so nothing passes through a double.
fn each<T>(
    sql: &dyn Sql,
    statement: &str,
    rows: &[T],
    write_row: impl Fn(&mut String, &T),
) -> Result<(), SqlError> {
    let mut list = String::new();
    for (position, row) in rows.iter().enumerate() {
        list.push(if list.is_empty() { '[' } else { ',' });
        list.push('[');
        write_row(&mut list, row);
        list.push(']');
        if list.len() > MAX_LIST_BYTES || position + 1 == rows.len() {
            list.push(']');
            sql.execute(statement, &[Param::Text(&list)])?;
            list.clear();
        }
    }
    Ok(())
}
