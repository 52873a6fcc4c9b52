//! Events into the ledger: each key once, events and sums together or not at all.

use super::labels::Labels;
use super::priced::Priced;
use super::rollup;
use crate::sql::{Param, Sql, SqlError, Value};
use bearlumen_core::money::Nanos;
use serde::Serialize;
use std::collections::HashMap;

/// What became of one accepted event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    /// It is new.
    Recorded,
    /// The same event was there before, at this time.
    Duplicate {
        /// When the first one was.
        at_ms: i64,
    },
    /// Its key was used for something else, which stays.
    Conflict,
}

/// The most text of one statement's list; a value may have 2 MB.
const MAX_LIST_BYTES: usize = 1_000_000;

/// Stores what is new. One result for each event, in order.
pub(crate) fn store(sql: &dyn Sql, events: &[Priced]) -> Result<Vec<Stored>, SqlError> {
    let mut results = Vec::new();
    sql.transaction(&mut || {
        results = store_inside(sql, events)?;
        Ok(())
    })?;
    Ok(results)
}

fn store_inside(sql: &dyn Sql, events: &[Priced]) -> Result<Vec<Stored>, SqlError> {
    let mut seen = find_known(sql, events)?;
    let mut results = Vec::with_capacity(events.len());
    let mut fresh: Vec<&Priced> = Vec::with_capacity(events.len());
    for event in events {
        let result = match seen.get(&event.id_hex()) {
            Some((hash, at_ms)) if *hash == event.content_hash => {
                Stored::Duplicate { at_ms: *at_ms }
            }
            Some(_) => Stored::Conflict,
            None => {
                seen.insert(event.id_hex(), (event.content_hash, event.at_ms));
                fresh.push(event);
                Stored::Recorded
            }
        };
        results.push(result);
    }
    if !fresh.is_empty() {
        let labels = Labels::resolve(sql, fresh.iter().flat_map(|event| texts(event)).flatten())?;
        insert(sql, &labels, &fresh)?;
        rollup::add(sql, &labels, &fresh)?;
    }
    Ok(results)
}

/// Hash and time of the events that are stored already, by the hexadecimal digits of their id.
fn find_known(sql: &dyn Sql, events: &[Priced]) -> Result<HashMap<String, (i64, i64)>, SqlError> {
    let ids: Vec<String> = events
        .iter()
        .filter(|e| e.event.idempotency_key.is_some())
        .map(Priced::id_hex)
        .collect();
    let mut known = HashMap::with_capacity(events.len());
    if ids.is_empty() {
        return Ok(known);
    }
    let list = serde_json::to_string(&ids).unwrap_or_default();
    let rows = sql.query(
        "SELECT lower(hex(id)), CAST(content_hash AS TEXT), at_ms FROM event \
         WHERE id IN (SELECT unhex(value) FROM json_each(?))",
        &[Param::Text(&list)],
    )?;
    for row in rows {
        if let [Value::Text(id), Value::Text(hash), Value::Integer(at_ms)] = row.as_slice()
            && let Ok(hash) = hash.parse()
        {
            known.insert(id.clone(), (hash, *at_ms));
        }
    }
    Ok(known)
}

fn texts(event: &Priced) -> [Option<&str>; 12] {
    let e = &event.event;
    let who = &e.attribution;
    [
        Some(e.event_type.as_str()),
        Some(e.metric_name.as_str()),
        e.provider.as_deref(),
        e.model.as_deref(),
        who.user_id.as_deref(),
        who.subscription_id.as_deref(),
        who.feature.as_deref(),
        who.agent_id.as_deref(),
        who.workflow_id.as_deref(),
        who.session_id.as_deref(),
        who.session_type.as_deref(),
        event.price_id.as_deref(),
    ]
}

/// A row as a JSON list, in the order of [`INSERT`]'s columns.
#[derive(Serialize)]
struct Row(
    String,
    i64,
    i64,
    [Option<i64>; 12],
    (u64, u64),
    (u64, u64),
    i64,
    [Option<i64>; 3],
    Option<String>,
);

const INSERT: &str = "INSERT INTO event (id, at_ms, content_hash, event_type, metric_name, provider, model, end_user, \
     subscription, feature, agent, workflow, session, session_type, price_id, quantity, quantity_micros, \
     input_tokens, output_tokens, basis, cost_nanos, low_nanos, high_nanos, detail) \
     SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> '$[3][0]', value ->> '$[3][1]', \
     value ->> '$[3][2]', value ->> '$[3][3]', value ->> '$[3][4]', value ->> '$[3][5]', value ->> '$[3][6]', \
     value ->> '$[3][7]', value ->> '$[3][8]', value ->> '$[3][9]', value ->> '$[3][10]', value ->> '$[3][11]', \
     value ->> '$[4][0]', value ->> '$[4][1]', value ->> '$[5][0]', value ->> '$[5][1]', value ->> 6, \
     value ->> '$[7][0]', value ->> '$[7][1]', value ->> '$[7][2]', value ->> 8 FROM json_each(?)";

fn insert(sql: &dyn Sql, labels: &Labels, events: &[&Priced]) -> Result<(), SqlError> {
    let mut list = String::from("[");
    for event in events {
        let nanos = |amount: Option<Nanos>| amount.map(Nanos::get);
        let row = Row(
            event.id_hex(),
            event.at_ms,
            event.content_hash,
            texts(event).map(|text| labels.id(text)),
            event.event.quantity.split(),
            (event.input_tokens(), event.output_tokens()),
            event.basis_number(),
            [
                nanos(event.cost.amount),
                nanos(event.cost.low),
                nanos(event.cost.high),
            ],
            event.detail(),
        );
        let text = serde_json::to_string(&row).unwrap_or_default();
        if list.len() + text.len() > MAX_LIST_BYTES && list.len() > 1 {
            list.push(']');
            sql.execute(INSERT, &[Param::Text(&list)])?;
            list = String::from("[");
        }
        if list.len() > 1 {
            list.push(',');
        }
        list.push_str(&text);
    }
    list.push(']');
    sql.execute(INSERT, &[Param::Text(&list)])
}
