//! A bounded number of events priced again.

use super::job::Job;
use super::outcome::Change;
use crate::http::Problem;
use crate::ingest::{Priced, write_detail};
use crate::ledger::block::{Block, Item, ONE, WITHIN, broken, oldest, within};
use crate::ledger::{Calendar, Delta, Fact, StoredEvent, Sums, Told, write};
use crate::report::{Event, as_sent, select};
use crate::sql::{Param, Sql, SqlError};
use crate::tenant::Tenant;
use bearlumen_core::event::{price_event, price_event_by};
use bearlumen_core::money::Nanos;
use bearlumen_core::order;
use bearlumen_core::pricing::TenantPrices;
use bearlumen_core::timestamp::format_ms;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Does one step of the repricing under way, of at most `limit` events, in a transaction of its own. Says whether
/// there is more to do.
pub(crate) fn step(
    tenant: &Tenant,
    sql: &dyn Sql,
    now_ms: i64,
    limit: i64,
) -> Result<bool, Problem> {
    // What is corrected below must stand in the tables.
    tenant.settle(sql)?;
    let own = tenant.own_prices(sql)?;
    let organization = tenant.organization(sql)?;
    let mut more = false;
    tenant.transaction(sql, &mut || {
        let Some(mut job) = Job::running(sql)? else {
            return Ok(());
        };
        let work = Work {
            tenant,
            sql,
            own: own.as_deref(),
            calendar: &organization.calendar,
        };
        work.go_on(&mut job, limit)?;
        job.update(sql, now_ms)?;
        more = !job.done;
        Ok(())
    })?;
    if !more {
        tenant.forget_organization();
    }
    Ok(more)
}

struct Work<'a> {
    tenant: &'a Tenant,
    sql: &'a dyn Sql,
    own: Option<&'a TenantPrices>,
    calendar: &'a Calendar,
}

impl Work<'_> {
    fn go_on(&self, job: &mut Job, limit: i64) -> Result<(), SqlError> {
        let (at_ms, at_seq) = job.at;
        let end_ms = oldest(self.sql, at_ms, job.end_ms, limit)?;
        let text = select(
            &format!(
                "WHERE {WITHIN} AND (at_ms > ? OR seq > ?) AND seq <= ? ORDER BY at_ms, seq LIMIT ?"
            ),
            "at_ms, seq",
        );
        let bounds = within(at_ms, end_ms).into_iter();
        let params: Vec<Param<'_>> = bounds
            .chain([at_ms, at_seq, job.until_seq, limit])
            .map(Param::Integer)
            .collect();
        let rows = self.sql.query(&text, &params)?;
        let is_all = i64::try_from(rows.len()).unwrap_or(i64::MAX) < limit;
        job.done = is_all && end_ms >= job.end_ms;
        let mut delta = Delta::default();
        for row in rows {
            let event = Event::read(row)?;
            job.at = (event.at_ms, event.seq);
            let is = |wanted: &Option<String>, given: &Option<String>| match wanted {
                None => true,
                Some(wanted) => given
                    .as_ref()
                    .is_some_and(|g| g.eq_ignore_ascii_case(wanted)),
            };
            if is(&job.which.model, &event.model) && is(&job.which.provider, &event.provider) {
                self.judge(job, &event, &mut delta)?;
            }
        }
        if is_all {
            job.at = (end_ms, 0);
        }
        write(self.sql, &delta, self.calendar, &self.tenant.kept())
    }

    fn judge(&self, job: &mut Job, event: &Event, delta: &mut Delta) -> Result<(), SqlError> {
        let sent = as_sent(event);
        let cost = match self.own {
            None => price_event(&sent, event.at_ms),
            Some(own) => price_event_by(&sent, event.at_ms, own),
        };
        let now = Priced::again(sent, cost, event.at_ms);
        let before = event.stored.nanos;
        let after = now.cost.amount.map(Nanos::get);
        let changed = before != after
            || event.cost_basis != now.cost.basis.as_str()
            || event.price_id.as_deref() != now.price_id.as_deref();
        let day = local_day(self.calendar, event.at_ms);
        job.outcome.add(
            event.provider.as_deref().unwrap_or_default(),
            event.model.as_deref().unwrap_or_default(),
            &day,
            &Change::of(before, after, before != after),
        );
        if changed && !job.dry_run {
            self.rewrite(job.seq, event.seq, &now, delta)?;
        }
        Ok(())
    }

    /// Stores the new cost and notes the former one; `delta` takes what every sum changes by.
    fn rewrite(
        &self,
        repricing: i64,
        seq: i64,
        now: &Priced,
        delta: &mut Delta,
    ) -> Result<(), SqlError> {
        self.sql.execute(
            &format!(
                "INSERT INTO former_cost (seq, repricing, basis, cost_nanos, low_nanos, high_nanos, price_id) \
                 SELECT seq, ?, basis, cost_nanos, low_nanos, high_nanos, \
                 (SELECT text FROM label WHERE label.id = event.price_id) FROM event WHERE {ONE} ON CONFLICT DO NOTHING"
            ),
            &[repricing, seq, seq].map(Param::Integer),
        )?;
        let block = Block::with(self.sql, seq)?;
        let place = seq - block.seq;
        let mut item = usize::try_from(place)
            .ok()
            .and_then(|place| block.items().ok()?.into_iter().nth(place))
            .ok_or_else(|| broken(seq))?;
        delta.add(&negative(self.fact(&block, seq, &item)?), self.calendar)?;
        let price = match now.price_id.as_deref() {
            None => None,
            Some(text) => self.tenant.labels(self.sql, &[text])?.first().copied(),
        };
        set_costs(&mut item.numbers, now, price);
        let detail = detail_with(item.detail, now)?;
        item.detail = detail.as_deref();
        let text = serde_json::to_string(&item).map_err(|_| broken(seq))?;
        self.sql.execute(
            "UPDATE block SET events = json_replace(events, '$[' || ? || ']', json(?)) WHERE seq = ?",
            &[
                Param::Integer(place),
                Param::Text(&text),
                Param::Integer(block.seq),
            ],
        )?;
        delta.add(&self.fact(&block, seq, &item)?, self.calendar)
    }

    /// What the stored event adds to all sums that a cost is part of.
    fn fact(&self, block: &Block, seq: i64, item: &Item<'_>) -> Result<Fact, SqlError> {
        let stored = StoredEvent::of(block, seq, item)?;
        let mut texts = Vec::new();
        stored.texts(|text| texts.push(text.to_owned()))?;
        let names: Vec<&str> = texts.iter().map(String::as_str).collect();
        let labels = self.tenant.labels(self.sql, &names)?;
        let labels = order::map(names.iter().zip(labels).map(Ok::<_, SqlError>))?;
        let mut fact = stored.whole(|text| labels.get(&text).copied().unwrap_or(0))?;
        // A measurement is no cost.
        fact.numbers.clear();
        fact.told = Told::default();
        Ok(fact)
    }
}

/// Takes away what the fact adds.
fn negative(mut fact: Fact) -> Fact {
    let sums = fact.sums;
    fact.sums = Sums {
        events: -sums.events,
        unpriced: -sums.unpriced,
        estimated: -sums.estimated,
        cost: -sums.cost,
        low: -sums.low,
        high: -sums.high,
        input: -sums.input,
        output: -sums.output,
        quantity: -sums.quantity,
        quantity_micros: -sums.quantity_micros,
    };
    for (_, quantity, micros, cost) in &mut fact.buckets {
        (*quantity, *micros, *cost) = (-*quantity, -*micros, -*cost);
    }
    fact
}

/// The columns that a cost fills, by their places from `event_type` on.
fn set_costs(numbers: &mut Vec<Option<i64>>, now: &Priced, price: Option<i64>) {
    numbers.resize(numbers.len().max(15), None);
    let nanos = |amount: Option<Nanos>| amount.map(Nanos::get);
    let columns = [
        (6, price),
        (11, Some(now.basis_number())),
        (12, nanos(now.cost.amount)),
        (13, nanos(now.cost.low)),
        (14, nanos(now.cost.high)),
    ];
    for (place, value) in columns {
        if let Some(column) = numbers.get_mut(place) {
            *column = value;
        }
    }
    while numbers.last() == Some(&None) {
        numbers.pop();
    }
}

/// The detail with the new cost's parts; what else stands there stays.
fn detail_with(detail: Option<&RawValue>, now: &Priced) -> Result<Option<Box<RawValue>>, SqlError> {
    let read = |text: &str| serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(text);
    let mut fields = read(detail.map_or("{}", RawValue::get)).map_err(|_| broken(0))?;
    let mut made = String::new();
    write_detail(now, &mut made);
    let made = if made.is_empty() { "{}" } else { &made };
    let mut made = read(made).map_err(|_| broken(0))?;
    for name in ["split", "amounts"] {
        match made.remove(name) {
            Some(value) => drop(fields.insert(name.to_owned(), value)),
            None => drop(fields.remove(name)),
        }
    }
    if fields.is_empty() {
        return Ok(None);
    }
    serde_json::value::to_raw_value(&fields)
        .map(Some)
        .map_err(|_| broken(0))
}

fn local_day(calendar: &Calendar, at_ms: i64) -> String {
    let midnight = calendar.day_of(at_ms) * bearlumen_core::timestamp::DAY_MS;
    format_ms(midnight).chars().take(10).collect()
}
