//! What events added to the sums since the last writing.

use super::fact::Fact;
use super::measured::Measured;
use super::sums::{Sums, add_to};
use super::told::Told;
use super::{Calendar, QUARTER_MS};
use crate::sql::SqlError;
use bearlumen_core::order;
use rustc_hash::{FxHashMap, FxHashSet};

/// What events are summed by in `rollup`. The number is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Total = 0,
    /// By provider (`a`) and model (`b`).
    Model = 1,
    EndUser = 3,
    Feature = 4,
    Agent = 5,
    Workflow = 6,
    /// By a text dimension's key (`a`) and value (`b`).
    Dimension = 7,
    /// By subscription (`a`) and metric (`b`).
    Metric = 8,
}

/// The length of a slot. The number is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Grain {
    /// Quarters of an hour since 1970 UTC.
    QuarterHour = 0,
    /// Local days since 1970-01-01.
    Day = 1,
    /// Local months: year * 12 + month - 1.
    Month = 2,
}

/// Kind, grain, slot, a, b.
pub(super) type Key = (u8, Grain, i64, i64, i64);
/// Kind, quarter of an hour or day, a, b.
type FineKey = (u8, i64, i64, i64);
/// End user, day, provider, model, feature.
pub(super) type EndUserKey = (i64, i64, i64, i64, i64);
/// Day, provider, model, bucket.
pub(super) type BucketKey = (i64, i64, i64, i64);
/// Day, provider, model.
pub(super) type RunKey = (i64, i64, i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Session {
    pub(super) session_type: i64,
    pub(super) end_user: i64,
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
    pub(super) sums: Sums,
}

/// The cell that was added to last. Most events have no agent and no workflow, and one metric: their cell is found
/// without a look-up.
#[derive(Debug, Default)]
struct Steady {
    key: FineKey,
    /// Of no events, there is nothing.
    sums: Sums,
}

impl Steady {
    fn add(
        &mut self,
        map: &mut FxHashMap<FineKey, Sums>,
        key: FineKey,
        sums: &Sums,
    ) -> Result<(), SqlError> {
        if self.key != key {
            if self.sums != Sums::default() {
                map.entry(self.key).or_default().add(&self.sums)?;
            }
            *self = Self {
                key,
                sums: Sums::default(),
            };
        }
        self.sums.add(sums)
    }

    /// The cell, if there is one.
    fn cell(&self) -> impl Iterator<Item = (&FineKey, &Sums)> {
        (self.sums != Sums::default())
            .then_some((&self.key, &self.sums))
            .into_iter()
    }
}

/// Sums that the tables lack. Only the finest are gathered; [`Delta::rollup`] makes the coarser ones of them.
#[derive(Debug, Default)]
pub(crate) struct Delta {
    events: usize,
    /// By quarter of an hour.
    quarters: FxHashMap<FineKey, Sums>,
    /// By day, of what is not kept by quarter and not part of `end_users`.
    days: FxHashMap<FineKey, Sums>,
    /// Cells on their way into `quarters`.
    agent: Steady,
    workflow: Steady,
    /// And into `days`.
    metric: Steady,
    pub(super) end_users: FxHashMap<EndUserKey, Sums>,
    /// Whole units, millionths, nano-dollars.
    pub(super) buckets: FxHashMap<BucketKey, (i64, i64, i64)>,
    pub(super) runs: FxHashMap<RunKey, Told>,
    pub(super) sessions: FxHashMap<i64, Session>,
    /// Sessions and blocks with events of theirs.
    pub(super) session_blocks: FxHashSet<(i64, i64)>,
    /// By key and day.
    pub(super) numbers: FxHashMap<(i64, i64), Measured>,
    /// When the first event of each end user was.
    pub(super) seen: FxHashMap<i64, i64>,
}

impl Delta {
    pub(crate) fn is_empty(&self) -> bool {
        self.events == 0
    }

    /// How many events it holds.
    pub(crate) fn events(&self) -> usize {
        self.events
    }

    /// How many rows writing it would touch.
    pub(crate) fn rows(&self) -> usize {
        // A quarter of everything is one of its day, too, and so on.
        2 * self.quarters.len()
            + self.days.len()
            + 2 * self.end_users.len()
            + self.session_blocks.len()
            + self.buckets.len()
            + self.runs.len()
            + self.sessions.len()
            + 2 * self.numbers.len()
    }

    /// The end users it has events of, and when the first of each was.
    pub(crate) fn end_users_seen(&self) -> impl Iterator<Item = (i64, i64)> {
        self.seen.iter().map(|(label, at_ms)| (*label, *at_ms))
    }

    /// When an end user's first event was.
    pub(crate) fn first_seen(&self, end_user: i64) -> Option<i64> {
        self.seen.get(&end_user).copied()
    }

    /// What runs of these days told, the last one included: provider, model and the numbers.
    pub(crate) fn runs_of(&self, first: i64, last: i64) -> Vec<[i64; 6]> {
        let of_days = self
            .runs
            .iter()
            .filter(|((day, ..), _)| (first..=last).contains(day));
        of_days
            .map(|((_, provider, model), told)| {
                let [runs, succeeded, timed, latency_ms] = told.columns();
                [*provider, *model, runs, succeeded, timed, latency_ms]
            })
            .collect()
    }

    /// Adds one event. Events come in the order of their `seq`.
    pub(crate) fn add(&mut self, fact: &Fact, calendar: &Calendar) -> Result<(), SqlError> {
        let labels = &fact.labels;
        let quarter = fact.at_ms.div_euclid(QUARTER_MS);
        let day = calendar.day_of(fact.at_ms);
        for (kind, a, b) in [
            (Kind::Model, labels.provider, labels.model),
            (Kind::Feature, labels.feature, 0),
        ] {
            let key = (kind as u8, quarter, a, b);
            self.quarters.entry(key).or_default().add(&fact.sums)?;
        }
        for (kind, label, cell) in [
            (Kind::Agent, labels.agent, &mut self.agent),
            (Kind::Workflow, labels.workflow, &mut self.workflow),
        ] {
            let key = (kind as u8, quarter, label, 0);
            cell.add(&mut self.quarters, key, &fact.sums)?;
        }
        let metric = (
            Kind::Metric as u8,
            day,
            labels.subscription,
            labels.metric_name,
        );
        self.metric.add(&mut self.days, metric, &fact.sums)?;
        for (key, value) in &fact.texts {
            let key = (Kind::Dimension as u8, day, *key, *value);
            self.days.entry(key).or_default().add(&fact.sums)?;
        }
        let key = (
            labels.end_user,
            day,
            labels.provider,
            labels.model,
            labels.feature,
        );
        let of_end_user = self.end_users.entry(key).or_insert_with(|| {
            // Whoever is seen the first time has no sums yet.
            if labels.end_user != 0 {
                self.seen.entry(labels.end_user).or_insert(fact.at_ms);
            }
            Sums::default()
        });
        of_end_user.add(&fact.sums)?;
        for (bucket, quantity, micros, cost) in &fact.buckets {
            let key = (day, labels.provider, labels.model, *bucket);
            let sums = self.buckets.entry(key).or_default();
            add_to(&mut sums.0, *quantity)?;
            add_to(&mut sums.1, *micros)?;
            add_to(&mut sums.2, *cost)?;
        }
        if fact.told.runs != 0 {
            let key = (day, labels.provider, labels.model);
            self.runs.entry(key).or_default().add(fact.told);
        }
        for (key, value) in &fact.numbers {
            let measured = self.numbers.entry((*key, day)).or_default();
            measured.count(*value);
        }
        if labels.session != 0 {
            self.session(fact)?;
        }
        self.events += 1;
        Ok(())
    }

    /// What `rollup` lacks, in the order of its keys.
    pub(super) fn rollup(&self, calendar: &Calendar) -> Result<Vec<(Key, Sums)>, SqlError> {
        let mut rollup: FxHashMap<Key, Sums> = FxHashMap::default();
        let mut add = |kind: u8, grain: Grain, slot: i64, (a, b): (i64, i64), sums: &Sums| {
            let key = (kind, grain, slot, a, b);
            rollup.entry(key).or_default().add(sums)
        };
        let steady = self.agent.cell().chain(self.workflow.cell());
        for ((kind, quarter, a, b), sums) in self.quarters.iter().chain(steady) {
            // A day begins with a quarter in every time zone.
            let day = calendar.day_of(quarter * QUARTER_MS);
            add(*kind, Grain::QuarterHour, *quarter, (*a, *b), sums)?;
            add(*kind, Grain::Day, day, (*a, *b), sums)?;
            if *kind == Kind::Model as u8 {
                // What is asked most is asked of whole months mostly.
                let month = calendar.month_of(day);
                add(*kind, Grain::Month, month, (*a, *b), sums)?;
                let total = Kind::Total as u8;
                add(total, Grain::QuarterHour, *quarter, (0, 0), sums)?;
                add(total, Grain::Day, day, (0, 0), sums)?;
                add(total, Grain::Month, month, (0, 0), sums)?;
            }
        }
        for ((kind, day, a, b), sums) in self.days.iter().chain(self.metric.cell()) {
            add(*kind, Grain::Day, *day, (*a, *b), sums)?;
        }
        for ((user, day, ..), sums) in &self.end_users {
            let (kind, month) = (Kind::EndUser as u8, calendar.month_of(*day));
            add(kind, Grain::Day, *day, (*user, 0), sums)?;
            add(kind, Grain::Month, month, (*user, 0), sums)?;
        }
        let mut rows: Vec<(Key, Sums)> = rollup.into_iter().collect();
        order::by_key(&mut rows, |(key, _)| *key);
        Ok(rows)
    }

    fn session(&mut self, fact: &Fact) -> Result<(), SqlError> {
        let labels = &fact.labels;
        self.session_blocks.insert((labels.session, fact.block));
        let session = self.sessions.entry(labels.session).or_insert(Session {
            session_type: 0,
            end_user: 0,
            first_ms: fact.at_ms,
            last_ms: fact.at_ms,
            sums: Sums::default(),
        });
        if session.session_type == 0 {
            session.session_type = labels.session_type;
        }
        if session.end_user == 0 {
            session.end_user = labels.end_user;
        }
        session.first_ms = session.first_ms.min(fact.at_ms);
        session.last_ms = session.last_ms.max(fact.at_ms);
        session.sums.add(&fact.sums)
    }
}
