//! What events added to the sums since the last writing.

use super::fact::Fact;
use super::sums::{Sums, add_to};
use super::{Calendar, QUARTER_MS, bin_of, micros_of};
use crate::sql::SqlError;
use rustc_hash::FxHashMap;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grain {
    /// Quarters of an hour since 1970 UTC.
    QuarterHour = 0,
    /// Local days since 1970-01-01.
    Day = 1,
    /// Local months: year * 12 + month - 1.
    Month = 2,
}

/// Kind, grain, slot, a, b.
pub(super) type Key = (u8, u8, i64, i64, i64);
/// End user, day, provider, model, feature.
pub(super) type EndUserKey = (i64, i64, i64, i64, i64);
/// Day, provider, model, bucket.
pub(super) type BucketKey = (i64, i64, i64, i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Session {
    pub(super) session_type: i64,
    pub(super) end_user: i64,
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
    pub(super) sums: Sums,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Numbers {
    pub(super) events: i64,
    pub(super) micros: i128,
    pub(super) min: f64,
    pub(super) max: f64,
}

/// Sums that the tables lack.
#[derive(Debug, Default)]
pub(crate) struct Delta {
    pub(super) events: usize,
    pub(super) rollup: FxHashMap<Key, Sums>,
    pub(super) end_users: FxHashMap<EndUserKey, Sums>,
    /// Whole units, millionths, nano-dollars.
    pub(super) buckets: FxHashMap<BucketKey, (i64, i64, i64)>,
    pub(super) sessions: FxHashMap<i64, Session>,
    pub(super) numbers: FxHashMap<(i64, i64), Numbers>,
    pub(super) bins: FxHashMap<(i64, i64, i64), i64>,
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
        self.rollup.len()
            + self.end_users.len()
            + self.buckets.len()
            + self.sessions.len()
            + self.numbers.len()
            + self.bins.len()
    }

    /// The end users it has events of, and when the first of each was.
    pub(crate) fn end_users_seen(&self) -> impl Iterator<Item = (i64, i64)> {
        self.seen.iter().map(|(label, at_ms)| (*label, *at_ms))
    }

    /// When an end user's first event was.
    pub(crate) fn first_seen(&self, end_user: i64) -> Option<i64> {
        self.seen.get(&end_user).copied()
    }

    /// Adds one event. Events come in the order of their `seq`.
    pub(crate) fn add(&mut self, fact: &Fact, calendar: &Calendar) -> Result<(), SqlError> {
        let labels = &fact.labels;
        let quarter = fact.at_ms.div_euclid(QUARTER_MS);
        let day = calendar.day_of(fact.at_ms);
        let month = calendar.month_of(day);
        for (kind, a, b) in [
            (Kind::Total, 0, 0),
            (Kind::Model, labels.provider, labels.model),
            (Kind::Feature, labels.feature, 0),
            (Kind::Agent, labels.agent, 0),
            (Kind::Workflow, labels.workflow, 0),
        ] {
            self.sum(kind, Grain::QuarterHour, quarter, (a, b), &fact.sums)?;
            self.sum(kind, Grain::Day, day, (a, b), &fact.sums)?;
        }
        // What is asked most is asked of whole months mostly.
        for (kind, a, b) in [
            (Kind::Total, 0, 0),
            (Kind::Model, labels.provider, labels.model),
        ] {
            self.sum(kind, Grain::Month, month, (a, b), &fact.sums)?;
        }
        let end_user = (labels.end_user, 0);
        self.sum(Kind::EndUser, Grain::Day, day, end_user, &fact.sums)?;
        self.sum(Kind::EndUser, Grain::Month, month, end_user, &fact.sums)?;
        let metric = (labels.subscription, labels.metric_name);
        self.sum(Kind::Metric, Grain::Day, day, metric, &fact.sums)?;
        for text in &fact.texts {
            self.sum(Kind::Dimension, Grain::Day, day, *text, &fact.sums)?;
        }
        let key = (
            labels.end_user,
            day,
            labels.provider,
            labels.model,
            labels.feature,
        );
        self.end_users.entry(key).or_default().add(&fact.sums)?;
        if labels.end_user != 0 {
            self.seen.entry(labels.end_user).or_insert(fact.at_ms);
        }
        for (bucket, quantity, micros, cost) in &fact.buckets {
            let key = (day, labels.provider, labels.model, *bucket);
            let sums = self.buckets.entry(key).or_default();
            add_to(&mut sums.0, *quantity)?;
            add_to(&mut sums.1, *micros)?;
            add_to(&mut sums.2, *cost)?;
        }
        for (key, value) in &fact.numbers {
            self.number(*key, day, *value);
        }
        if labels.session != 0 {
            self.session(fact)?;
        }
        self.events += 1;
        Ok(())
    }

    fn sum(
        &mut self,
        kind: Kind,
        grain: Grain,
        slot: i64,
        (a, b): (i64, i64),
        sums: &Sums,
    ) -> Result<(), SqlError> {
        let key = (kind as u8, grain as u8, slot, a, b);
        self.rollup.entry(key).or_default().add(sums)
    }

    fn number(&mut self, key: i64, day: i64, value: f64) {
        let numbers = self.numbers.entry((key, day)).or_insert(Numbers {
            events: 0,
            micros: 0,
            min: value,
            max: value,
        });
        numbers.events += 1;
        numbers.micros += i128::from(micros_of(value));
        numbers.min = numbers.min.min(value);
        numbers.max = numbers.max.max(value);
        *self.bins.entry((key, day, bin_of(value))).or_default() += 1;
    }

    fn session(&mut self, fact: &Fact) -> Result<(), SqlError> {
        let labels = &fact.labels;
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
