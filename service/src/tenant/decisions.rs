//! Routing decisions, counted. Storing one by itself would take longer than deciding, so they are counted in memory and
//! written together: with the next run that follows one, or after a second.

use crate::sql::{Param, Sql, SqlError};
use std::cell::RefCell;

/// How long counts wait to be written, in milliseconds.
const WAIT_MS: i64 = 1000;

/// Days that a decision may be followed on.
pub(crate) const FOLLOWED_WITHIN_DAYS: i64 = 30;

/// How a decision lies to the model in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Neither of the others.
    None,
    /// A higher class.
    QualityUpgrade,
    /// Cheaper, of the class asked for.
    CostDowngrade,
}

/// A decision that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Made {
    /// The life of the tenant's memory that it was made in, 48 bits.
    pub(crate) life: i64,
    /// Which of that life's decisions, from 1 on.
    pub(crate) number: u32,
    /// The local day.
    pub(crate) day: i64,
    pub(crate) change: Change,
}

/// What the tables lack of the decisions made.
#[derive(Debug, Default)]
pub(crate) struct Decisions(RefCell<Counts>);

/// The counts of a moment.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    /// 0 before the first decision.
    life: i64,
    made: u32,
    unwritten: Vec<OfDay>,
    /// When the oldest of those was made.
    since_ms: i64,
}

/// What the decisions of a day came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfDay {
    day: i64,
    pub(crate) total: i64,
    pub(crate) upgrades: i64,
    pub(crate) downgrades: i64,
}

impl OfDay {
    const fn none(day: i64) -> Self {
        Self {
            day,
            total: 0,
            upgrades: 0,
            downgrades: 0,
        }
    }

    fn add(&mut self, change: Change) {
        self.total += 1;
        self.upgrades += i64::from(change == Change::QualityUpgrade);
        self.downgrades += i64::from(change == Change::CostDowngrade);
    }

    fn write(&self, sql: &dyn Sql) -> Result<(), SqlError> {
        sql.execute(
            "INSERT INTO routing_rollup (slot, total, followed, upgrades, downgrades) VALUES (?, ?, 0, ?, ?) \
             ON CONFLICT (slot) DO UPDATE SET total = total + excluded.total, \
             upgrades = upgrades + excluded.upgrades, downgrades = downgrades + excluded.downgrades",
            &[
                Param::Integer(self.day),
                Param::Integer(self.total),
                Param::Integer(self.upgrades),
                Param::Integer(self.downgrades),
            ],
        )
    }
}

impl Decisions {
    /// Counts a decision. `random` names this life when it is its first.
    pub(crate) fn count(&self, day: i64, change: Change, random: &[u8; 32], now_ms: i64) -> Made {
        let counts = &mut *self.0.borrow_mut();
        if counts.life == 0 || counts.made == u32::MAX {
            counts.life = life_of(random);
            counts.made = 0;
        }
        counts.made += 1;
        if counts.unwritten.is_empty() {
            counts.since_ms = now_ms;
        }
        let of_day = counts.unwritten.iter_mut().find(|of| of.day == day);
        if let Some(of_day) = of_day {
            of_day.add(change);
        } else {
            let mut of_day = OfDay::none(day);
            of_day.add(change);
            counts.unwritten.push(of_day);
        }
        Made {
            life: counts.life,
            number: counts.made,
            day,
            change,
        }
    }

    /// Makes sure that the tables count a decision, which a run has just proven. Inside a transaction.
    pub(crate) fn include(&self, sql: &dyn Sql, made: &Made) -> Result<(), SqlError> {
        if self.0.borrow().life == made.life {
            return self.write(sql);
        }
        let counted = sql.count(
            "SELECT IFNULL(MAX(made), 0) FROM routing_life WHERE id = ?",
            &[Param::Integer(made.life)],
        )?;
        if i64::from(made.number) <= counted {
            return Ok(());
        }
        // It was lost with the memory it was made in.
        let mut lost = OfDay::none(made.day);
        lost.add(made.change);
        lost.write(sql)
    }

    /// What the tables lack of these days, the last one included.
    pub(crate) fn unwritten(&self, first: i64, last: i64) -> OfDay {
        let mut sum = OfDay::none(last);
        for of_day in &self.0.borrow().unwritten {
            if (first..=last).contains(&of_day.day) {
                sum.total += of_day.total;
                sum.upgrades += of_day.upgrades;
                sum.downgrades += of_day.downgrades;
            }
        }
        sum
    }

    /// Writes what the tables lack. Inside a transaction whose failure is told by [`Self::restore`].
    pub(super) fn write(&self, sql: &dyn Sql) -> Result<(), SqlError> {
        let counts = &mut *self.0.borrow_mut();
        let Some(latest) = counts.unwritten.iter().map(|of| of.day).max() else {
            return Ok(());
        };
        for of_day in &counts.unwritten {
            of_day.write(sql)?;
        }
        sql.execute(
            "INSERT INTO routing_life (id, made, slot) VALUES (?, ?, ?) \
             ON CONFLICT (id) DO UPDATE SET made = excluded.made, slot = excluded.slot",
            &[
                Param::Integer(counts.life),
                Param::Integer(i64::from(counts.made)),
                Param::Integer(latest),
            ],
        )?;
        let old = [Param::Integer(latest - FOLLOWED_WITHIN_DAYS)];
        sql.execute("DELETE FROM routing_life WHERE slot < ?", &old)?;
        sql.execute("DELETE FROM routing_decision WHERE slot < ?", &old)?;
        counts.unwritten.clear();
        Ok(())
    }

    /// Whether there is something to write, and when.
    pub(super) fn due_ms(&self) -> Option<i64> {
        let counts = self.0.borrow();
        (!counts.unwritten.is_empty()).then_some(counts.since_ms + WAIT_MS)
    }

    /// As they are, before a transaction that may fail.
    pub(super) fn counts(&self) -> Counts {
        self.0.borrow().clone()
    }

    /// As they were: a transaction failed, and with it everything that was answered in it.
    pub(super) fn restore(&self, counts: Counts) {
        *self.0.borrow_mut() = counts;
    }
}

/// 48 random bits, never 0.
fn life_of(random: &[u8; 32]) -> i64 {
    let bytes = random.iter().take(6);
    bytes
        .fold(0_i64, |life, byte| life << 8 | i64::from(*byte))
        .max(1)
}
