//! Events into the ledger: each key once, all of a request or nothing.

use super::Tenant;
use super::ids::{Id, Known};
use super::ledger::Ledger;
use crate::ingest::Priced;
use crate::ledger::{Fact, FactLabels, Sums};
use crate::sql::{Param, Sql, SqlError};
use crate::tenant::labels::Labels;
use bearlumen_core::event::DimensionValue;
use bearlumen_core::money::Nanos;
use bearlumen_core::pricing::Basis;
use std::fmt::Write as _;

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

const INSERT: &str = "INSERT INTO event (seq, id, at_ms, content_hash, session, data, detail) \
     SELECT value ->> 0, unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 \
     FROM json_each(?)";

/// The 128 bits of an id `evt_…`.
pub(super) fn id_of(text: &str) -> Option<Id> {
    let mut id: Id = 0;
    let mut digits = 0;
    for character in text.strip_prefix("evt_")?.chars().filter(|c| *c != '-') {
        id = id << 4 | Id::from(character.to_digit(16)?);
        digits += 1;
    }
    (digits == 32).then_some(id)
}

impl Tenant {
    /// Stores what is new. One result for each event, in order.
    pub(crate) fn store(
        &self,
        sql: &dyn Sql,
        events: &[Priced],
        now_ms: i64,
    ) -> Result<Vec<Stored>, SqlError> {
        let mut results = Vec::new();
        self.transaction(sql, &mut || {
            results = self.store_inside(sql, events)?;
            Ok(())
        })?;
        self.memory.borrow_mut().stored_ms = now_ms;
        Ok(results)
    }

    fn store_inside(&self, sql: &dyn Sql, events: &[Priced]) -> Result<Vec<Stored>, SqlError> {
        let memory = &mut *self.memory.borrow_mut();
        let organization = memory.organization(sql)?;
        memory.labels.trim();
        let labels = &mut memory.labels;
        let ledger = Ledger::current(sql, &mut memory.ledger)?;
        let ids: Vec<Id> = events
            .iter()
            .map(|event| id_of(&event.id).unwrap_or(0))
            .collect();
        let keyed = ids
            .iter()
            .zip(events)
            .filter(|(_, event)| event.event.idempotency_key.is_some());
        let older = ledger.ids.look_up(sql, keyed.map(|(id, _)| *id))?;

        let mut results = Vec::with_capacity(events.len());
        let mut fresh = Vec::with_capacity(events.len());
        for (id, event) in ids.into_iter().zip(events) {
            let result = match ledger.ids.get(id).or_else(|| older.get(&id).copied()) {
                Some(known) if known.content_hash == event.content_hash => {
                    Stored::Duplicate { at_ms: known.at_ms }
                }
                Some(_) => Stored::Conflict,
                None => {
                    ledger.last += 1;
                    let known = Known {
                        seq: ledger.last,
                        content_hash: event.content_hash,
                        at_ms: event.at_ms,
                    };
                    ledger.ids.insert(id, known);
                    fresh.push((ledger.last, id, event));
                    Stored::Recorded
                }
            };
            results.push(result);
        }
        if fresh.is_empty() {
            return Ok(results);
        }
        labels.resolve(sql, fresh.iter().flat_map(|(_, _, event)| texts(event)))?;
        insert(sql, labels, &fresh)?;
        if ledger.gathers() {
            for (_, _, event) in &fresh {
                ledger.add(&fact(event, labels), &organization.calendar)?;
            }
        }
        ledger.write_when_many(sql)?;
        Ok(results)
    }
}

/// Every text of an event that is a label.
fn texts(event: &Priced) -> impl Iterator<Item = &str> {
    let e = &event.event;
    let who = &e.attribution;
    let fields = [
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
    ];
    let buckets = e.usage.iter().map(|(bucket, _)| bucket.id());
    let lines = event.cost.lines.iter().map(|line| line.bucket.id());
    let dimensions = e.dimensions.iter().flat_map(|(name, value)| {
        let text = match value {
            DimensionValue::Text(text) => Some(text.as_str()),
            DimensionValue::Number(_) => None,
        };
        std::iter::once(name.as_str()).chain(text)
    });
    fields
        .into_iter()
        .flatten()
        .chain(buckets)
        .chain(lines)
        .chain(dimensions)
}

fn insert(sql: &dyn Sql, labels: &Labels, events: &[(i64, Id, &Priced)]) -> Result<(), SqlError> {
    let mut list = String::with_capacity(events.len() * 256);
    for (position, (seq, id, event)) in events.iter().enumerate() {
        list.push(if list.is_empty() { '[' } else { ',' });
        // Writing to a String cannot fail.
        let _ = write!(
            list,
            "[{seq},\"{id:032x}\",{},{},",
            event.at_ms, event.content_hash
        );
        match labels.of(event.event.attribution.session_id.as_deref()) {
            0 => list.push_str("null"),
            session => {
                let _ = write!(list, "{session}");
            }
        }
        list.push_str(",\"");
        write_data(&mut list, event, labels);
        list.push('"');
        if let Some(detail) = event.detail() {
            list.push(',');
            list.push_str(&serde_json::to_string(&detail).unwrap_or_default());
        }
        list.push(']');
        if list.len() > MAX_LIST_BYTES || position + 1 == events.len() {
            list.push(']');
            sql.execute(INSERT, &[Param::Text(&list)])?;
            list.clear();
        }
    }
    Ok(())
}

/// The list that the virtual columns read, in the order of the migration.
fn write_data(list: &mut String, event: &Priced, labels: &Labels) {
    let e = &event.event;
    let who = &e.attribution;
    let label = |text: Option<&str>| Some(labels.of(text)).filter(|label| *label != 0);
    let nanos = |amount: Option<Nanos>| amount.map(Nanos::get);
    let (quantity, micros) = crate::ledger::split(e.quantity);
    let columns = [
        label(Some(&e.event_type)),
        label(Some(&e.metric_name)),
        label(e.provider.as_deref()),
        label(e.model.as_deref()),
        label(who.user_id.as_deref()),
        label(who.feature.as_deref()),
        label(event.price_id.as_deref()),
        Some(quantity),
        Some(micros),
        Some(event.input_tokens()),
        Some(event.output_tokens()),
        Some(event.basis_number()),
        nanos(event.cost.amount),
        nanos(event.cost.low),
        nanos(event.cost.high),
        label(who.agent_id.as_deref()),
        label(who.workflow_id.as_deref()),
        label(who.session_type.as_deref()),
        label(who.subscription_id.as_deref()),
    ];
    let end = columns
        .iter()
        .rposition(Option::is_some)
        .map_or(0, |last| last + 1);
    for (position, column) in columns.iter().take(end).enumerate() {
        list.push(if position == 0 { '[' } else { ',' });
        match column {
            Some(number) => {
                let _ = write!(list, "{number}");
            }
            None => list.push_str("null"),
        }
    }
    list.push(']');
}

/// What the event adds to the sums; the same as is read back from its row.
fn fact(event: &Priced, labels: &Labels) -> Fact {
    let e = &event.event;
    let who = &e.attribution;
    let cost = event.cost.amount.map_or(0, Nanos::get);
    let (quantity, quantity_micros) = crate::ledger::split(e.quantity);
    let mut fact = Fact {
        at_ms: event.at_ms,
        labels: FactLabels {
            metric_name: labels.id(&e.metric_name),
            provider: labels.of(e.provider.as_deref()),
            model: labels.of(e.model.as_deref()),
            end_user: labels.of(who.user_id.as_deref()),
            subscription: labels.of(who.subscription_id.as_deref()),
            feature: labels.of(who.feature.as_deref()),
            agent: labels.of(who.agent_id.as_deref()),
            workflow: labels.of(who.workflow_id.as_deref()),
            session: labels.of(who.session_id.as_deref()),
            session_type: labels.of(who.session_type.as_deref()),
        },
        sums: Sums {
            events: 1,
            unpriced: i64::from(event.cost.amount.is_none()),
            estimated: i64::from(event.cost.basis == Basis::Estimated),
            cost,
            low: event.cost.low.map_or(cost, Nanos::get),
            high: event.cost.high.map_or(cost, Nanos::get),
            input: event.input_tokens(),
            output: event.output_tokens(),
            quantity,
            quantity_micros,
        },
        ..Fact::default()
    };
    event.buckets(|name, quantity, cost| {
        let (whole, micros) = crate::ledger::split(quantity);
        fact.buckets.push((labels.id(name), whole, micros, cost));
    });
    for (name, value) in &e.dimensions {
        match value {
            DimensionValue::Text(text) => fact.texts.push((labels.id(name), labels.id(text))),
            DimensionValue::Number(number) => fact.numbers.push((labels.id(name), *number)),
        }
    }
    fact
}
