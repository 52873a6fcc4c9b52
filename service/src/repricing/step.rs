//! A bounded number of events priced again.

use super::job::Job;
use super::outcome::Change;
use crate::http::Problem;
use crate::ingest::{Priced, write_detail};
use crate::ledger::{Calendar, Delta, Fact, Sums, read_after, write};
use crate::report::{Event, SELECT, as_sent};
use crate::sql::{Param, Sql, SqlError, SqlErrorKind};
use crate::tenant::Tenant;
use bearlumen_core::event::{price_event, price_event_by};
use bearlumen_core::money::Nanos;
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
        let text = format!(
            "{SELECT} WHERE at_ms >= ? AND at_ms < ? AND (at_ms > ? OR event.seq > ?) AND event.seq <= ? \
             ORDER BY at_ms, event.seq LIMIT ?"
        );
        let rows = self.sql.query(
            &text,
            &[
                Param::Integer(job.at.0),
                Param::Integer(job.end_ms),
                Param::Integer(job.at.0),
                Param::Integer(job.at.1),
                Param::Integer(job.until_seq),
                Param::Integer(limit),
            ],
        )?;
        job.done = i64::try_from(rows.len()).unwrap_or(i64::MAX) < limit;
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
        write(self.sql, &delta)
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
            || event.price_id != now.price_id;
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
            "INSERT INTO former_cost (seq, repricing, basis, cost_nanos, low_nanos, high_nanos, price_id) \
             SELECT seq, ?, basis, cost_nanos, low_nanos, high_nanos, \
             (SELECT text FROM label WHERE label.id = event.price_id) FROM event WHERE seq = ? ON CONFLICT DO NOTHING",
            &[Param::Integer(repricing), Param::Integer(seq)],
        )?;
        delta.add(&negative(self.fact(seq)?), self.calendar)?;
        let price = match now.price_id.as_deref() {
            None => None,
            Some(text) => self.tenant.labels(self.sql, &[text])?.first().copied(),
        };
        let row = self.sql.query(
            "SELECT data, IFNULL(detail, '{}') FROM event WHERE seq = ?",
            &[Param::Integer(seq)],
        )?;
        let (data, detail) = match row.first().map(Vec::as_slice) {
            Some(
                [
                    crate::sql::Value::Text(data),
                    crate::sql::Value::Text(detail),
                ],
            ) => (data_with(data, now, price)?, detail_with(detail, now)?),
            _ => return Err(broken(seq)),
        };
        self.sql.execute(
            "UPDATE event SET data = ?, detail = ? WHERE seq = ?",
            &[
                Param::Text(&data),
                Param::of(detail.as_deref()),
                Param::Integer(seq),
            ],
        )?;
        delta.add(&self.fact(seq)?, self.calendar)
    }

    /// What the stored event adds to all sums that a cost is part of.
    fn fact(&self, seq: i64) -> Result<Fact, SqlError> {
        let stored = read_after(self.sql, seq - 1, 1)?
            .into_iter()
            .next()
            .ok_or_else(|| broken(seq))?;
        let mut texts = Vec::new();
        stored.texts(|text| texts.push(text.to_owned()))?;
        let names: Vec<&str> = texts.iter().map(String::as_str).collect();
        let labels: BTreeMap<&str, i64> = names
            .iter()
            .copied()
            .zip(self.tenant.labels(self.sql, &names)?)
            .collect();
        let mut fact = stored.whole(|text| labels.get(text).copied().unwrap_or(0))?;
        // A measurement is no cost.
        fact.numbers.clear();
        Ok(fact)
    }
}

fn broken(seq: i64) -> SqlError {
    SqlError {
        kind: SqlErrorKind::Other,
        message: format!("event {seq} cannot be read back"),
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

/// The columns that a cost fills, by their places in `data`.
fn data_with(data: &str, now: &Priced, price: Option<i64>) -> Result<String, SqlError> {
    let mut list: Vec<Option<i64>> = serde_json::from_str(data).map_err(|_| broken(0))?;
    list.resize(list.len().max(15), None);
    let nanos = |amount: Option<Nanos>| amount.map(Nanos::get);
    let columns = [
        (6, price),
        (11, Some(now.basis_number())),
        (12, nanos(now.cost.amount)),
        (13, nanos(now.cost.low)),
        (14, nanos(now.cost.high)),
    ];
    for (place, value) in columns {
        if let Some(column) = list.get_mut(place) {
            *column = value;
        }
    }
    while list.last() == Some(&None) {
        list.pop();
    }
    serde_json::to_string(&list).map_err(|_| broken(0))
}

/// The detail with the new cost's parts; what else stands there stays.
fn detail_with(detail: &str, now: &Priced) -> Result<Option<String>, SqlError> {
    let read = |text: &str| serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(text);
    let mut fields = read(detail).map_err(|_| broken(0))?;
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
    serde_json::to_string(&fields)
        .map(Some)
        .map_err(|_| broken(0))
}

fn local_day(calendar: &Calendar, at_ms: i64) -> String {
    let midnight = calendar.day_of(at_ms) * bearlumen_core::timestamp::DAY_MS;
    format_ms(midnight).chars().take(10).collect()
}
