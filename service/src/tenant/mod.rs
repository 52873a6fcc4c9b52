//! What one organisation's thread or object keeps in memory. Losing it at any moment loses nothing but the count of the
//! latest second's routing decisions.

mod decisions;
#[cfg_attr(not(feature = "filter"), path = "no_filter.rs")]
mod filter;
mod ids;
mod labels;
mod latencies;
pub(crate) mod ledger;
pub(crate) mod organization;
mod store;

pub(crate) use decisions::{Change, Decisions, FOLLOWED_WITHIN_DAYS, Made};
pub(crate) use latencies::{Latencies, OfModel as LatencyOf};
pub(crate) use store::Stored;

use crate::auth::KnownKeys;
use crate::http::Problem;
use crate::ledger::{Calendar, Kept};
use crate::limits::Limits;
use crate::repricing;
use crate::settings::OwnPrices;
use crate::sql::{Sql, SqlError, SqlErrorKind};
use bearlumen_core::error::ErrorCode;
use bearlumen_core::pricing::TenantPrices;
use bearlumen_core::routing::Prices;
use labels::Labels;
use ledger::Ledger;
use organization::{OrganizationSettings, TIME_ZONE, write_setting};
use std::cell::RefCell;
use std::rc::Rc;

/// Events that a report waits for while they are summed. More than that is summed in the background, and the
/// report is told to come back.
const MAX_WAIT_EVENTS: i64 = 200_000;

/// Events summed in one step, in the background or not.
const STEP_EVENTS: usize = 5000;

/// Events priced again in one step, between other requests.
const STEP_REPRICED: i64 = 500;

/// How long gathered sums wait for more of them before they are written without anybody asking, in milliseconds.
const IDLE_MS: i64 = 2000;

/// The memory beside an organisation's database: made once when the database is opened, handed to every call.
///
/// It notices by itself when a transaction was undone around it, except for one thing: after a failed outer
/// transaction the host calls [`Tenant::forget`].
#[derive(Default)]
pub struct Tenant {
    memory: RefCell<Memory>,
    /// Outlives failures: how often a key asked does not depend on what came of it.
    limits: Limits,
    keys: KnownKeys,
    own_prices: OwnPrices,
    /// Outlives failures too: what was counted and answered stays counted.
    decisions: Decisions,
    latencies: Latencies,
    routing_prices: RefCell<Prices>,
}

#[derive(Default)]
struct Memory {
    labels: Labels,
    ledger: Option<Ledger>,
    organization: Option<Rc<OrganizationSettings>>,
    /// When the last event was stored.
    stored_ms: i64,
}

impl Memory {
    fn organization(&mut self, sql: &dyn Sql) -> Result<Rc<OrganizationSettings>, SqlError> {
        if let Some(known) = &self.organization {
            return Ok(Rc::clone(known));
        }
        let read = Rc::new(OrganizationSettings::read(sql)?);
        self.organization = Some(Rc::clone(&read));
        Ok(read)
    }

    /// Sums what the tables lack, up to `limit` events; says how many they still lack.
    fn step(&mut self, sql: &dyn Sql, limit: usize) -> Result<i64, SqlError> {
        let organization = self.organization(sql)?;
        let ledger = Ledger::current(sql, &mut self.ledger)?;
        if ledger.gathers() {
            ledger.write(sql, &organization.calendar)?;
        } else {
            ledger.catch_up(sql, &mut self.labels, &organization.calendar, limit)?;
        }
        Ok(ledger.behind())
    }
}

impl Tenant {
    /// The memory of a database that was just opened.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets everything, for what was remembered may not have been kept.
    pub fn forget(&self) {
        *self.memory.borrow_mut() = Memory::default();
        self.keys.forget();
        self.own_prices.forget();
        self.latencies.forget();
    }

    /// [`Sql::transaction`], after whose failure nothing is remembered of what it did.
    pub fn transaction(
        &self,
        sql: &dyn Sql,
        body: &mut dyn FnMut() -> Result<(), SqlError>,
    ) -> Result<(), SqlError> {
        let decisions = self.decisions.counts();
        let result = sql.transaction(body);
        if result.is_err() {
            self.forget();
            self.decisions.restore(decisions);
        }
        result
    }

    /// Brings the stored sums up to the last event. Called before anything reads them.
    pub(crate) fn settle(&self, sql: &dyn Sql) -> Result<(), Problem> {
        if let Ok(memory) = self.memory.try_borrow()
            && let Some(ledger) = &memory.ledger
            && ledger.behind() == 0
        {
            return Ok(());
        }
        let mut behind = self.step(sql, STEP_EVENTS)?;
        let mut waited = 0;
        while behind > 0 && behind + waited <= MAX_WAIT_EVENTS {
            let left = self.step(sql, STEP_EVENTS)?;
            waited += behind - left;
            behind = left;
        }
        if behind == 0 {
            return Ok(());
        }
        let last = self
            .memory
            .borrow()
            .ledger
            .as_ref()
            .map_or(0, |ledger| ledger.last);
        let percent = (last - behind) * 100 / last.max(1);
        let message = format!("The sums are being made again, {percent} % is done; try again");
        Err(Problem {
            retry_after_s: Some(1),
            ..Problem::new(ErrorCode::ServiceUnavailable, message)
        })
    }

    /// When [`Self::background`] has something to do next, in milliseconds since 1970; nothing while all is done.
    pub fn due_ms(&self, now_ms: i64) -> Option<i64> {
        if self.is_repricing() {
            return Some(now_ms);
        }
        let due = [self.sums_due_ms(now_ms), self.decisions.due_ms()];
        due.into_iter().flatten().min()
    }

    fn is_repricing(&self) -> bool {
        let memory = self.memory.borrow();
        memory.organization.as_ref().is_some_and(|o| o.repricing)
    }

    fn sums_due_ms(&self, now_ms: i64) -> Option<i64> {
        let memory = self.memory.borrow();
        match &memory.ledger {
            Some(ledger) if ledger.behind() == 0 => None,
            Some(ledger) if ledger.gathers() => Some(memory.stored_ms + IDLE_MS),
            Some(_) => Some(now_ms),
            None => None,
        }
    }

    /// Does one bounded step of what can wait, if its time has come. Says when to call again; any time before does
    /// no harm.
    pub fn background(&self, sql: &dyn Sql, now_ms: i64) -> Result<Option<i64>, SqlError> {
        if self
            .sums_due_ms(now_ms)
            .is_some_and(|due_ms| due_ms <= now_ms)
        {
            self.step(sql, STEP_EVENTS)?;
        } else if self
            .decisions
            .due_ms()
            .is_some_and(|due_ms| due_ms <= now_ms)
        {
            self.transaction(sql, &mut || self.decisions.write(sql))?;
        } else if self.is_repricing() {
            repricing::step(self, sql, now_ms, STEP_REPRICED).map_err(|problem| SqlError {
                kind: SqlErrorKind::Other,
                message: problem.cause.unwrap_or(problem.message),
            })?;
        }
        Ok(self.due_ms(now_ms))
    }

    /// Writes what is gathered, before the database is closed. Not calling it loses nothing.
    pub fn close(&self, sql: &dyn Sql) -> Result<(), SqlError> {
        if self.decisions.due_ms().is_some() {
            self.transaction(sql, &mut || self.decisions.write(sql))?;
        }
        if self.memory.borrow().ledger.is_none() {
            return Ok(());
        }
        self.step(sql, STEP_EVENTS).map(drop)
    }

    /// What the organisation set for itself.
    pub(crate) fn organization(&self, sql: &dyn Sql) -> Result<Rc<OrganizationSettings>, SqlError> {
        self.memory.borrow_mut().organization(sql)
    }

    /// Forgets settings, keys and prices, for they were changed.
    pub(crate) fn forget_organization(&self) {
        self.memory.borrow_mut().organization = None;
        self.keys.forget();
        self.own_prices.forget();
    }

    /// How much of each key's allowance is used up.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The routing decisions of this life.
    pub(crate) fn decisions(&self) -> &Decisions {
        &self.decisions
    }

    /// How quickly the organisation's own runs were answered.
    pub(crate) fn latencies(&self) -> &Latencies {
        &self.latencies
    }

    /// The catalogue's prices, ready for the next routing decision.
    pub(crate) fn routing_prices(&self) -> &RefCell<Prices> {
        &self.routing_prices
    }

    /// What runs of these days told and `run_rollup` lacks: provider, model, runs, succeeded, timed, latency.
    pub(crate) fn runs_of(&self, first: i64, last: i64) -> Vec<[i64; 6]> {
        let memory = self.memory.borrow();
        let ledger = memory.ledger.as_ref();
        ledger.map_or_else(Vec::new, |ledger| ledger.runs_of(first, last))
    }

    /// What of the sums stands in memory. Whoever writes sums has it forget what changes.
    pub(crate) fn kept(&self) -> Rc<Kept> {
        let memory = self.memory.borrow();
        let ledger = memory.ledger.as_ref();
        ledger.map_or_else(Rc::default, |ledger| Rc::clone(&ledger.kept))
    }

    /// The keys that were used.
    pub(crate) fn keys(&self) -> &KnownKeys {
        &self.keys
    }

    /// The organisation's own prices, if it has any.
    pub(crate) fn own_prices(&self, sql: &dyn Sql) -> Result<Option<Rc<TenantPrices>>, SqlError> {
        self.own_prices.get(sql)
    }

    /// Sets the time zone, an IANA name, and starts making all sums again; `false` when there is no such zone.
    pub fn set_time_zone(&self, sql: &dyn Sql, name: &str) -> Result<bool, SqlError> {
        if Calendar::named(name).is_none() {
            return Ok(false);
        }
        self.transaction(sql, &mut || {
            write_setting(sql, TIME_ZONE, name)?;
            ledger::start_again(sql)
        })?;
        self.forget();
        Ok(true)
    }

    /// The labels of texts, found or made. Inside [`Tenant::transaction`].
    pub fn labels(&self, sql: &dyn Sql, texts: &[&str]) -> Result<Vec<i64>, SqlError> {
        let mut memory = self.memory.borrow_mut();
        memory.labels.resolve(sql, texts.iter().copied())?;
        Ok(texts.iter().map(|text| memory.labels.id(text)).collect())
    }

    /// The text of a label, if a report showed it before.
    pub(crate) fn shown_text(&self, label: i64) -> Option<Rc<str>> {
        self.memory.borrow().labels.shown(label)
    }

    /// Remembers the text of a label for the next report.
    pub(crate) fn keep_shown_text(&self, label: i64, text: &Rc<str>) {
        self.memory.borrow_mut().labels.show(label, text);
    }

    /// The `seq` of an event by its public id, `evt_…`.
    pub fn find_event(&self, sql: &dyn Sql, id: &str) -> Result<Option<i64>, SqlError> {
        let Some(id) = store::id_of(id) else {
            return Ok(None);
        };
        let mut found = None;
        self.transaction(sql, &mut || {
            let mut memory = self.memory.borrow_mut();
            let ledger = Ledger::current(sql, &mut memory.ledger)?;
            found = ledger.ids.get(id);
            if found.is_none() {
                found = ledger
                    .ids
                    .look_up(sql, std::iter::once(id), false)?
                    .get(&id)
                    .copied();
            }
            Ok(())
        })?;
        Ok(found.map(|known| known.seq))
    }

    fn step(&self, sql: &dyn Sql, limit: usize) -> Result<i64, SqlError> {
        let mut behind = 0;
        self.transaction(sql, &mut || {
            behind = self.memory.borrow_mut().step(sql, limit)?;
            Ok(())
        })?;
        Ok(behind)
    }
}
