//! Sums over a period, from the rollups: whole days as days, the rest as quarters of an hour, and what is
//! finer than that from the events themselves.

use super::period::Period;
use crate::ledger::{Grain, Kind, QUARTER_MS};
use crate::sql::{Param, Row, Sql, SqlError, Value};
use bearlumen_core::timestamp::DAY_MS;
use std::collections::HashMap;

/// Sums of one group. Wide enough for any number of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sums {
    pub(crate) events: i128,
    pub(crate) unpriced: i128,
    pub(crate) estimated: i128,
    pub(crate) cost_nanos: i128,
    pub(crate) low_nanos: i128,
    pub(crate) high_nanos: i128,
    pub(crate) input_tokens: i128,
    pub(crate) output_tokens: i128,
}

impl Sums {
    pub(crate) fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.unpriced += other.unpriced;
        self.estimated += other.estimated;
        self.cost_nanos += other.cost_nanos;
        self.low_nanos += other.low_nanos;
        self.high_nanos += other.high_nanos;
        self.input_tokens += other.input_tokens;
        self.output_tokens += other.output_tokens;
    }
}

/// What a breakdown groups by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Total,
    Model,
    Provider,
    EndUser,
    Feature,
    Agent,
    Workflow,
}

impl By {
    /// The kind of rollup and its column.
    const fn rollup(self) -> (Kind, &'static str) {
        match self {
            Self::Total => (Kind::Total, "a"),
            Self::Model => (Kind::Model, "b"),
            Self::Provider => (Kind::Model, "a"),
            Self::EndUser => (Kind::EndUser, "a"),
            Self::Feature => (Kind::Feature, "a"),
            Self::Agent => (Kind::Agent, "a"),
            Self::Workflow => (Kind::Workflow, "a"),
        }
    }
}

/// The sums of a period by label; `None` groups the events without one.
pub(crate) fn by_label(
    sql: &dyn Sql,
    by: By,
    period: Period,
) -> Result<HashMap<Option<String>, Sums>, SqlError> {
    let mut groups = HashMap::new();
    let (kind, column) = by.rollup();
    for part in parts(period) {
        let rows = match part {
            // End users have no quarters.
            Part::Slots {
                grain: Grain::QuarterHour,
                from,
                to,
            } if by == By::EndUser => sql.query(
                &by_events(by),
                &[
                    Param::Integer(from * QUARTER_MS),
                    Param::Integer(to * QUARTER_MS),
                ],
            )?,
            Part::Slots { grain, from, to } => sql.query(
                &by_slots(column),
                &[
                    Param::Integer(kind as i64),
                    Param::Integer(grain as i64),
                    Param::Integer(from),
                    Param::Integer(to),
                ],
            )?,
            Part::Events { from_ms, to_ms } => sql.query(
                &by_events(by),
                &[Param::Integer(from_ms), Param::Integer(to_ms)],
            )?,
        };
        for row in rows {
            let (label, sums) = read(row)?;
            groups.entry(label).or_insert_with(Sums::default).add(&sums);
        }
    }
    Ok(groups)
}

/// The sums of everything in a period.
pub(crate) fn total(sql: &dyn Sql, period: Period) -> Result<Sums, SqlError> {
    let groups = by_label(sql, By::Total, period)?;
    Ok(groups.values().fold(Sums::default(), |mut sum, group| {
        sum.add(group);
        sum
    }))
}

/// A stretch that one query answers.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Slots { grain: Grain, from: i64, to: i64 },
    Events { from_ms: i64, to_ms: i64 },
}

/// Cuts a period into whole days, whole quarters of an hour around them, and the crumbs at both ends.
fn parts(period: Period) -> Vec<Part> {
    let quarter = QUARTER_MS;
    let mut parts = Vec::new();
    let mut fine = |start_ms: i64, end_ms: i64| {
        let first = start_ms.div_euclid(quarter) + i64::from(start_ms.rem_euclid(quarter) > 0);
        let end = end_ms.div_euclid(quarter);
        if first > end {
            // Both ends lie in one quarter.
            parts.push(Part::Events {
                from_ms: start_ms,
                to_ms: end_ms,
            });
            return;
        }
        if start_ms < first * quarter {
            parts.push(Part::Events {
                from_ms: start_ms,
                to_ms: first * quarter,
            });
        }
        if first < end {
            parts.push(Part::Slots {
                grain: Grain::QuarterHour,
                from: first,
                to: end,
            });
        }
        if end * quarter < end_ms {
            parts.push(Part::Events {
                from_ms: end * quarter,
                to_ms: end_ms,
            });
        }
    };
    match period.whole_days() {
        None => fine(period.start_ms, period.end_ms),
        Some((first, end)) => {
            if period.start_ms < first * DAY_MS {
                fine(period.start_ms, first * DAY_MS);
            }
            if end * DAY_MS < period.end_ms {
                fine(end * DAY_MS, period.end_ms);
            }
            parts.push(Part::Slots {
                grain: Grain::Day,
                from: first,
                to: end,
            });
        }
    }
    parts
}

/// Sums come as text: beyond 2^53 a JavaScript host could not carry them as numbers.
fn by_slots(column: &str) -> String {
    format!(
        "SELECT l.text, s.* FROM (SELECT {column}, CAST(SUM(events) AS TEXT), CAST(SUM(unpriced) AS TEXT), \
         CAST(SUM(estimated) AS TEXT), CAST(SUM(cost_nanos) AS TEXT), CAST(SUM(low_nanos) AS TEXT), \
         CAST(SUM(high_nanos) AS TEXT), CAST(SUM(input_tokens) AS TEXT), CAST(SUM(output_tokens) AS TEXT) \
         FROM rollup WHERE kind = ? AND grain = ? AND slot >= ? AND slot < ? GROUP BY 1) s \
         LEFT JOIN label l ON l.id = s.{column}"
    )
}

fn by_events(by: By) -> String {
    let column = match by {
        By::Total => "0",
        By::Model => "model",
        By::Provider => "provider",
        By::EndUser => "end_user",
        By::Feature => "feature",
        By::Agent => "agent",
        By::Workflow => "workflow",
    };
    format!(
        "SELECT l.text, s.* FROM (SELECT {column} AS label, CAST(COUNT(*) AS TEXT), CAST(SUM(basis = 0) AS TEXT), \
         CAST(SUM(basis = 1) AS TEXT), CAST(IFNULL(SUM(cost_nanos), 0) AS TEXT), \
         CAST(IFNULL(SUM(IFNULL(low_nanos, cost_nanos)), 0) AS TEXT), \
         CAST(IFNULL(SUM(IFNULL(high_nanos, cost_nanos)), 0) AS TEXT), CAST(SUM(input_tokens) AS TEXT), \
         CAST(SUM(output_tokens) AS TEXT) FROM event WHERE at_ms >= ? AND at_ms < ? GROUP BY 1) s \
         LEFT JOIN label l ON l.id = s.label"
    )
}

fn read(row: Row) -> Result<(Option<String>, Sums), SqlError> {
    let broken = || SqlError {
        kind: crate::sql::SqlErrorKind::Other,
        message: "a sum is not a whole number".to_owned(),
    };
    let mut columns = row.into_iter();
    let label = match columns.next() {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    };
    // The label's number: only its text means something outside this database.
    columns.next();
    let mut number = || match columns.next() {
        Some(Value::Text(text)) => text.parse::<i128>().map_err(|_| broken()),
        _ => Err(broken()),
    };
    let sums = Sums {
        events: number()?,
        unpriced: number()?,
        estimated: number()?,
        cost_nanos: number()?,
        low_nanos: number()?,
        high_nanos: number()?,
        input_tokens: number()?,
        output_tokens: number()?,
    };
    Ok((label, sums))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_a_period_once() {
        let quarter = DAY_MS / 96;
        let edges = [
            0,
            1,
            quarter - 1,
            quarter,
            quarter + 1,
            DAY_MS - 1,
            DAY_MS,
            DAY_MS + 7,
            2 * DAY_MS,
            3 * DAY_MS + quarter,
        ];
        for start_ms in edges {
            for end_ms in edges.into_iter().filter(|end| *end > start_ms) {
                let mut covered: Vec<(i64, i64)> = parts(Period { start_ms, end_ms })
                    .into_iter()
                    .map(|part| match part {
                        Part::Slots { grain, from, to } => {
                            let slot_ms = if grain == Grain::Day {
                                DAY_MS
                            } else {
                                QUARTER_MS
                            };
                            (from * slot_ms, to * slot_ms)
                        }
                        Part::Events { from_ms, to_ms } => (from_ms, to_ms),
                    })
                    .collect();
                covered.sort_unstable();
                assert_eq!(
                    covered.first().map(|c| c.0),
                    Some(start_ms),
                    "{start_ms}..{end_ms}"
                );
                assert_eq!(
                    covered.last().map(|c| c.1),
                    Some(end_ms),
                    "{start_ms}..{end_ms}"
                );
                assert!(covered.windows(2).all(|w| w[0].1 == w[1].0), "{covered:?}");
            }
        }
    }
}
