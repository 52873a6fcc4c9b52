//! Events into the ledger: each key once, all of a request or nothing.

use super::Tenant;
use super::ids::{Id, Ids, Known};
use super::ledger::Ledger;
use crate::ingest::{Priced, push_number, write_detail};
use crate::ledger::block::Writer;
use crate::ledger::{Fact, FactLabels, QUARTER_MS, Sums, Told};
use crate::sql::{Sql, SqlError};
use crate::tenant::labels::Labels;
use bearlumen_core::bucket::Bucket;
use bearlumen_core::event::{DimensionValue, first_content_hash, push_event_hex};
use bearlumen_core::money::Nanos;
use bearlumen_core::pricing::Basis;

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
    /// It was refused: the organisation's sums would pass 64 bits.
    BeyondSums,
}

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
        // Nearly every request is of new events only, and those are guarded where they are written. What is answered
        // about others goes by what the database surely has.
        let keys = events.iter().map(|event| event.uuid);
        let repeats = memory
            .ledger
            .as_ref()
            .is_none_or(|ledger| ledger.ids.has_any(keys));
        if repeats {
            Ledger::current(sql, &mut memory.ledger)?;
        }
        let ledger = Ledger::remembered(sql, &mut memory.ledger)?;
        let guard = ledger.guard();
        let ids: Vec<Id> = events.iter().map(|event| event.uuid).collect();
        let keyed = ids
            .iter()
            .zip(events)
            .filter(|(_, event)| event.event.idempotency_key.is_some());
        let keyed = keyed.map(|(id, _)| *id);
        let older = ledger.ids.look_up(sql, keyed, repeats)?;

        let mut results = Vec::with_capacity(events.len());
        let mut fresh = Vec::with_capacity(events.len());
        for (id, event) in ids.into_iter().zip(events) {
            let place = match older.get(&id) {
                Some(known) => Err(*known),
                None => ledger.ids.place(id),
            };
            results.push(match place {
                Err(known) if is_repetition(known, event) => {
                    Stored::Duplicate { at_ms: known.at_ms }
                }
                Err(_) => Stored::Conflict,
                Ok(place) => {
                    let sums = sums_of(event);
                    if takes(&mut ledger.total, &sums) {
                        ledger.last += 1;
                        let new = New {
                            seq: ledger.last,
                            id,
                            event,
                            sums,
                            labels: [0; FIELDS],
                        };
                        place.insert(new.known());
                        fresh.push(new);
                        Stored::Recorded
                    } else {
                        Stored::BeyondSums
                    }
                }
            });
        }
        if fresh.is_empty() {
            return Ok(results);
        }
        let mut fresh = in_order(fresh, &mut ledger.ids);
        let mut open: Vec<&str> = Vec::new();
        let mut before = Before::default();
        for new in &mut fresh {
            for bucket in buckets(new.event) {
                if labels.bucket(bucket).is_none() {
                    open.push(bucket.id());
                }
            }
            let others = dimension_texts(new.event);
            open.extend(others.filter(|text| labels.get(text).is_none()));
            new.labels = before.labels(labels, new.event, &mut open);
        }
        if !open.is_empty() {
            labels.resolve(sql, open.into_iter())?;
            for new in &mut fresh {
                new.labels = fields(new.event).map(|text| labels.of(text));
            }
        }
        let mut blocks = Writer::new(sql, guard);
        let mut detail = String::new();
        let mut fact = Fact::default();
        for new in &fresh {
            let block = blocks.add(new.seq, new.event.at_ms, |events, after_ms| {
                write_item(events, new, after_ms, &mut detail);
            })?;
            if ledger.gathers() {
                fill(&mut fact, new, block, labels);
                ledger.add(&fact, &organization.calendar)?;
            }
        }
        blocks.close()?;
        ledger.write_when_many(sql, &organization.calendar)?;
        Ok(results)
    }
}

/// No block spans two quarters of an hour: events that come in no order share blocks when they are sorted. Those of
/// sessions stay as they were sent, because a session is what the first of its events says.
fn in_order<'a>(sent: Vec<New<'a>>, ids: &mut Ids) -> Vec<New<'a>> {
    let quarters = sent
        .iter()
        .map(|new| new.event.at_ms.div_euclid(QUARTER_MS));
    let mut places: Vec<(i64, i64)> = quarters.zip(0..).collect();
    let mut who = sent.iter().map(|new| &new.event.event.attribution);
    if places.is_sorted() || who.any(|who| who.session_id.is_some()) {
        return sent;
    }
    places.sort_unstable();
    let first = sent.first().map_or(0, |new| new.seq);
    let mut sorted = Vec::with_capacity(sent.len());
    for (seq, (_, place)) in (first..).zip(places) {
        let new = usize::try_from(place).ok().and_then(|at| sent.get(at));
        if let Some(new) = new.map(|new| New { seq, ..*new }) {
            ids.insert(new.id, new.known());
            sorted.push(new);
        }
    }
    sorted
}

/// Counts a new event's numbers in; `false`, and nothing is changed, when 64 bits would not hold the sums.
fn takes(total: &mut Sums, sums: &Sums) -> bool {
    let mut more = *total;
    let fits = more.add(sums).is_ok();
    if fits {
        *total = more;
    }
    fits
}

/// Whether an event says what was stored under its key, by the digest of today or that of the first version.
fn is_repetition(known: Known, event: &Priced) -> bool {
    known.content_hash == event.content_hash
        || known.content_hash == first_content_hash(&event.event)
}

/// An event on its way into the table.
#[derive(Clone, Copy)]
struct New<'a> {
    seq: i64,
    id: Id,
    event: &'a Priced,
    sums: Sums,
    /// Of [`fields`], 0 for none.
    labels: [i64; FIELDS],
}

impl New<'_> {
    fn known(&self) -> Known {
        Known {
            seq: self.seq,
            content_hash: self.event.content_hash,
            at_ms: self.event.at_ms,
        }
    }
}

const FIELDS: usize = 12;

/// The texts of an event that stand in its row.
fn fields(event: &Priced) -> [Option<&str>; FIELDS] {
    let e = &event.event;
    let who = &e.attribution;
    [
        Some(e.event_type.as_str()),
        Some(e.metric_name.as_str()),
        e.provider.as_deref(),
        e.model.as_deref(),
        who.user_id.as_deref(),
        who.feature.as_deref(),
        event.price_id.as_deref(),
        who.agent_id.as_deref(),
        who.workflow_id.as_deref(),
        who.session_type.as_deref(),
        who.subscription_id.as_deref(),
        who.session_id.as_deref(),
    ]
}

/// The event before: mostly it has the same texts here and there.
#[derive(Default)]
struct Before<'a> {
    fields: [Option<&'a str>; FIELDS],
    labels: [i64; FIELDS],
}

impl<'a> Before<'a> {
    /// The numbers of an event's [`fields`], 0 for one that has to be looked up first, as `open` says then.
    fn labels(
        &mut self,
        labels: &Labels,
        event: &'a Priced,
        open: &mut Vec<&'a str>,
    ) -> [i64; FIELDS] {
        let fields = fields(event);
        for ((known, before), field) in self.labels.iter_mut().zip(&self.fields).zip(&fields) {
            if field != before {
                *known = field.map_or(0, |text| {
                    labels.get(text).unwrap_or_else(|| {
                        open.push(text);
                        0
                    })
                });
            }
        }
        self.fields = fields;
        self.labels
    }
}

/// The buckets of an event.
fn buckets(event: &Priced) -> impl Iterator<Item = &Bucket> {
    let of_usage = event.event.usage.iter().map(|(bucket, _)| bucket);
    of_usage.chain(event.cost.lines.iter().map(|line| &line.bucket))
}

/// The texts of an event's dimensions.
fn dimension_texts(event: &Priced) -> impl Iterator<Item = &str> {
    event.event.dimensions.iter().flat_map(|(name, value)| {
        let text = match value {
            DimensionValue::Text(text) => Some(text.as_str()),
            DimensionValue::Number(_) => None,
        };
        std::iter::once(name.as_str()).chain(text)
    })
}

fn write_label(list: &mut String, label: i64) {
    if label == 0 {
        list.push_str("null");
    } else {
        push_number(list, label);
    }
}

/// The list that the view `event` reads, without trailing nulls.
fn write_item(list: &mut String, new: &New<'_>, after_ms: i64, detail: &mut String) {
    let [.., session] = new.labels;
    let detail = if let Some(written) = &new.event.detail {
        written
    } else {
        write_detail(new.event, detail);
        detail.as_str()
    };
    list.push_str("[\"");
    push_event_hex(list, new.id);
    list.push('"');
    for number in [after_ms, new.event.content_hash] {
        list.push(',');
        push_number(list, number);
    }
    list.push(',');
    write_label(list, session);
    list.push(',');
    list.push_str(if detail.is_empty() { "null" } else { detail });
    let event = new.event;
    let [
        event_type,
        metric_name,
        provider,
        model,
        end_user,
        feature,
        price_id,
        agent,
        workflow,
        session_type,
        subscription,
        _,
    ] = new.labels;
    let labels = [
        event_type,
        metric_name,
        provider,
        model,
        end_user,
        feature,
        price_id,
    ];
    for label in labels {
        list.push(',');
        write_label(list, label);
    }
    for number in [
        new.sums.quantity,
        new.sums.quantity_micros,
        new.sums.input,
        new.sums.output,
        event.basis_number(),
    ] {
        list.push(',');
        push_number(list, number);
    }
    let label = |label: i64| Some(label).filter(|label| *label != 0);
    let nanos = |amount: Option<Nanos>| amount.map(Nanos::get);
    let rest = [
        nanos(event.cost.amount),
        nanos(event.cost.low),
        nanos(event.cost.high),
        label(agent),
        label(workflow),
        label(session_type),
        label(subscription),
    ];
    let end = rest
        .iter()
        .rposition(Option::is_some)
        .map_or(0, |last| last + 1);
    for number in rest.iter().take(end) {
        list.push(',');
        match number {
            Some(number) => push_number(list, *number),
            None => list.push_str("null"),
        }
    }
    list.push(']');
}

/// The event's numbers.
fn sums_of(event: &Priced) -> Sums {
    let cost = event.cost.amount.map_or(0, Nanos::get);
    let (quantity, quantity_micros) = crate::ledger::split(event.event.quantity);
    let [input, output] = event.tokens;
    Sums {
        events: 1,
        unpriced: i64::from(event.cost.amount.is_none()),
        estimated: i64::from(event.cost.basis == Basis::Estimated),
        cost,
        low: event.cost.low.map_or(cost, Nanos::get),
        high: event.cost.high.map_or(cost, Nanos::get),
        input,
        output,
        quantity,
        quantity_micros,
    }
}

/// What the event adds to the sums; the same as is read back from its row. Whatever `fact` was before is gone.
fn fill(fact: &mut Fact, new: &New<'_>, block: i64, labels: &mut Labels) {
    let event = new.event;
    let [
        _,
        metric_name,
        provider,
        model,
        end_user,
        feature,
        _,
        agent,
        workflow,
        session_type,
        subscription,
        session,
    ] = new.labels;
    fact.at_ms = event.at_ms;
    fact.block = block;
    fact.labels = FactLabels {
        metric_name,
        provider,
        model,
        end_user,
        subscription,
        feature,
        agent,
        workflow,
        session,
        session_type,
    };
    fact.sums = new.sums;
    fact.buckets.clear();
    fact.texts.clear();
    fact.numbers.clear();
    event.buckets(|bucket, quantity, cost| {
        let (whole, micros) = crate::ledger::split(quantity);
        let label = labels.bucket(bucket).unwrap_or(0);
        fact.buckets.push((label, whole, micros, cost));
    });
    let dimensions = &event.event.dimensions;
    for (name, value) in dimensions {
        match value {
            DimensionValue::Text(text) => fact.texts.push((labels.id(name), labels.id(text))),
            DimensionValue::Number(number) => fact.numbers.push((labels.id(name), *number)),
        }
    }
    fact.told = Told::of(dimensions.iter().filter_map(|(name, value)| match value {
        DimensionValue::Text(_) => None,
        DimensionValue::Number(number) => Some((name.as_str(), *number)),
    }));
}
