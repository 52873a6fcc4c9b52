//! Asks for sums.

use super::Sums;
use super::parts::{Balance, Part, balance, parts};
use super::source::{Axis, Scope, Source, source};
use crate::http::Problem;
use crate::ledger::block::{WITHIN, within};
use crate::ledger::{Grain, Kept, QUARTER_MS};
use crate::report::period::{Calendar, Granularity, Period, Slot};
use crate::sql::{Param, Row, Sql, SqlError, SqlErrorKind, Value};
use std::collections::HashMap;

/// The sums of an organisation, read by its own calendar.
pub(crate) struct Ledger<'a> {
    pub(crate) sql: &'a dyn Sql,
    pub(crate) calendar: &'a Calendar,
    pub(crate) kept: &'a Kept,
}

/// What is summed together: two labels, 0 for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Group {
    pub(crate) label: i64,
    pub(crate) second: i64,
}

/// Sums of a group in one step of a series.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed {
    pub(crate) group: Group,
    /// Which step.
    pub(crate) step: usize,
    pub(crate) sums: Sums,
}

/// The longest period whose hours are read from events, where no finer sums than days are kept.
pub(crate) const MAX_HOURS_OF_EVENTS_MS: i64 = 7 * 86_400_000 + 3_600_000;

impl Ledger<'_> {
    /// The sums of everything.
    pub(crate) fn total(&self, scope: Scope, period: Period) -> Result<Sums, SqlError> {
        let groups = self.groups(scope, Axis::Nothing, period)?;
        Ok(Sums::of(groups.values()))
    }

    /// The sums by what an axis says.
    pub(crate) fn groups(
        &self,
        scope: Scope,
        axis: Axis,
        period: Period,
    ) -> Result<HashMap<Group, Sums>, SqlError> {
        let mut groups: HashMap<Group, Sums> = HashMap::new();
        let Some(source) = source(scope, axis) else {
            return Ok(groups);
        };
        let Balance { added, taken } = balance(period, self.calendar, source.grains);
        let has_taken = !taken.is_empty();
        let added = added.into_iter().map(|part| (part, Third::Added));
        let taken = taken.into_iter().map(|part| (part, Third::Taken));
        let mut selects = Vec::new();
        for (part, third) in added.chain(taken) {
            if !self.remembered(&source, part, third, &mut groups)? {
                selects.push(select(&source, part, third));
            }
        }
        for some in selects.chunks(MAX_SELECTS) {
            let (texts, params): (Vec<&str>, Vec<&[Param<'_>]>) = some
                .iter()
                .map(|(text, params)| (text.as_str(), params.as_slice()))
                .unzip();
            let statement = texts.join(" UNION ALL ");
            for row in self.sql.query(&statement, &params.concat())? {
                let (group, sign, sums) = read(row)?;
                let sum = groups.entry(group).or_default();
                if sign > 0 {
                    sum.add(&sums);
                } else {
                    sum.take(&sums);
                }
            }
        }
        if has_taken {
            // What was only outside.
            groups.retain(|_, sums| sums.events != 0);
        }
        Ok(groups)
    }

    /// Adds what a part comes to, or takes it away, if its rows stand in memory or are kept there from now on.
    fn remembered(
        &self,
        source: &Source,
        part: Part,
        third: Third,
        groups: &mut HashMap<Group, Sums>,
    ) -> Result<bool, SqlError> {
        let (Some((kind, group_of)), Part::Slots(grain, slots)) = (source.kept, part) else {
            return Ok(false);
        };
        let found = self
            .kept
            .rows(self.sql, kind, grain, slots.first..slots.end)?;
        let Some(by_slot) = found else {
            return Ok(false);
        };
        for row in by_slot.iter().flat_map(|rows| rows.iter()) {
            let sum = groups.entry(group_of(row)).or_default();
            if third == Third::Taken {
                sum.take(&row.into());
            } else {
                sum.add(&row.into());
            }
        }
        Ok(true)
    }

    /// How many different labels an axis has; events without one do not count.
    pub(crate) fn count(&self, axis: Axis, period: Period) -> Result<i64, SqlError> {
        let Some(source) = source(Scope::Everyone, axis) else {
            return Ok(0);
        };
        let mut lists = Vec::new();
        let mut params = Vec::new();
        for part in parts(period, self.calendar, source.grains) {
            params.extend(source.bound.map(Param::Integer));
            let list = match part {
                Part::Slots(grain, slots) => {
                    let list = format!(
                        "SELECT {} AS label FROM {} AND slot >= ? AND slot < ?",
                        source.labels[0],
                        source.table.from(grain)
                    );
                    params.extend([slots.first, slots.end].map(Param::Integer));
                    list
                }
                Part::Events(period) => {
                    let bounds = within(period.start_ms, period.end_ms);
                    params.extend(bounds.map(Param::Integer));
                    format!(
                        "SELECT {} AS label FROM {} AND {WITHIN}",
                        source.event_labels[0], source.events
                    )
                }
            };
            lists.push(list);
        }
        let statement = format!(
            "SELECT COUNT(DISTINCT label) FROM ({}) WHERE label <> 0",
            lists.join(" UNION ALL ")
        );
        let rows = self.sql.query(&statement, &params)?;
        match rows.first().map(Vec::as_slice) {
            Some([Value::Integer(number)]) => Ok(*number),
            _ => Err(broken()),
        }
    }

    /// The sums by what an axis says, step by step. Steps in which nothing happened are left out.
    pub(crate) fn series(
        &self,
        scope: Scope,
        axis: Axis,
        steps: &[Slot],
        granularity: Granularity,
    ) -> Result<Vec<Placed>, Problem> {
        let (Some(source), Some(first), Some(last)) =
            (source(scope, axis), steps.first(), steps.last())
        else {
            return Ok(Vec::new());
        };
        let period = Period {
            start_ms: first.period.start_ms,
            end_ms: last.period.end_ms,
        };
        let grains = match granularity {
            Granularity::Hour if source.grains.contains(&Grain::QuarterHour) => {
                &[Grain::QuarterHour][..]
            }
            Granularity::Hour if period.end_ms - period.start_ms > MAX_HOURS_OF_EVENTS_MS => {
                let message = "Invalid granularity: hour is kept for at most 7 days of this report; expected day, week or month";
                return Err(Problem::invalid("granularity", message));
            }
            Granularity::Hour => &[],
            // Months are the organisation's, not those of a longer step's neighbour.
            _ => source
                .grains
                .strip_prefix(&[Grain::Month])
                .unwrap_or(source.grains),
        };
        let mut placed = Vec::new();
        for part in parts(period, self.calendar, grains) {
            for row in self.rows(&source, part)? {
                let (group, slot, sums) = read(row)?;
                if let Some(step) = self.step(steps, part, slot) {
                    placed.push(Placed { group, step, sums });
                }
            }
        }
        Ok(placed)
    }

    /// The step that a part's slot lies in.
    fn step(&self, steps: &[Slot], part: Part, slot: i64) -> Option<usize> {
        match part {
            Part::Slots(Grain::Day | Grain::Month, _) => {
                Slot::position_of_day(steps, slot, self.calendar)
            }
            Part::Slots(Grain::QuarterHour, _) => Slot::position(steps, slot * QUARTER_MS),
            // The first quarter may have begun before the part did.
            Part::Events(period) => Slot::position(steps, (slot * QUARTER_MS).max(period.start_ms)),
        }
    }

    fn rows(&self, source: &Source, part: Part) -> Result<Vec<Row>, SqlError> {
        let (statement, params) = select(source, part, Third::Slot);
        self.sql.query(&statement, &params)
    }
}

/// What stands between a row's labels and its sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Third {
    /// The slot, by which sums are grouped then.
    Slot,
    /// Whether they are to be added or taken away.
    Added,
    Taken,
}

impl Third {
    const fn or_sign(self, slot: &'static str) -> &'static str {
        match self {
            Self::Slot => slot,
            Self::Added => "1",
            Self::Taken => "-1",
        }
    }
}

/// A Durable Object takes no more of them in a `UNION ALL`.
const MAX_SELECTS: usize = 5;

/// The sums of a part and what is bound to them.
fn select(source: &Source, part: Part, third: Third) -> (String, Vec<Param<'static>>) {
    let mut params: Vec<Param<'_>> = source.bound.map(Param::Integer).into_iter().collect();
    let statement = match part {
        Part::Slots(grain, slots) => {
            params.extend([slots.first, slots.end].map(Param::Integer));
            by_slots(source, grain, third)
        }
        Part::Events(period) => {
            params.extend(within(period.start_ms, period.end_ms).map(Param::Integer));
            by_events(source, third)
        }
    };
    (statement, params)
}

/// Sums come as text: beyond 2^53 a JavaScript host could not carry them as numbers.
fn by_slots(source: &Source, grain: Grain, third: Third) -> String {
    let [label, second] = source.labels;
    let slot = third.or_sign("slot");
    let group = grouping(source.labels, third);
    let [quantity, micros] = quantities(source);
    let from = source.table.from(grain);
    format!(
        "SELECT {label}, {second}, {slot}, SUM(events), SUM(unpriced), SUM(estimated), \
         CAST(SUM(cost_nanos) AS TEXT), CAST(SUM(input_tokens) AS TEXT), CAST(SUM(output_tokens) AS TEXT), \
         {quantity}, {micros} FROM {from} AND slot >= ? AND slot < ? {group}"
    )
}

fn by_events(source: &Source, third: Third) -> String {
    let [label, second] = source.event_labels;
    let slot = third.or_sign("at_ms / 900000");
    let group = grouping(source.event_labels, third);
    let [quantity, micros] = quantities(source);
    let events = source.events;
    format!(
        "SELECT IFNULL({label}, 0), IFNULL({second}, 0), {slot}, COUNT(*), SUM(basis = 0), SUM(basis = 1), \
         CAST(IFNULL(SUM(cost_nanos), 0) AS TEXT), CAST(SUM(input_tokens) AS TEXT), \
         CAST(SUM(output_tokens) AS TEXT), {quantity}, {micros} \
         FROM {events} AND {WITHIN} {group}"
    )
}

/// One sum over nothing would be a row, too, of `NULL`. What is constant is no part of a group: it would be sorted by.
fn grouping([label, second]: [&str; 2], third: Third) -> String {
    let columns: Vec<&str> = [
        (label != "0").then_some("1"),
        (second != "0").then_some("2"),
        (third == Third::Slot).then_some("3"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if columns.is_empty() {
        "HAVING COUNT(*) > 0".to_owned()
    } else {
        format!("GROUP BY {}", columns.join(", "))
    }
}

fn quantities(source: &Source) -> [&'static str; 2] {
    if source.has_quantities {
        [
            "CAST(SUM(quantity) AS TEXT)",
            "CAST(SUM(quantity_micros) AS TEXT)",
        ]
    } else {
        ["0", "0"]
    }
}

pub(super) fn read(row: Row) -> Result<(Group, i64, Sums), SqlError> {
    let mut columns = row.into_iter();
    let mut number = || match columns.next() {
        Some(Value::Integer(number)) => Ok(i128::from(number)),
        Some(Value::Text(text)) => text.parse::<i128>().map_err(|_| broken()),
        _ => Err(broken()),
    };
    let mut label = || i64::try_from(number()?).map_err(|_| broken());
    let group = Group {
        label: label()?,
        second: label()?,
    };
    let slot = label()?;
    let sums = Sums {
        events: number()?,
        unpriced: number()?,
        estimated: number()?,
        cost_nanos: number()?,
        input_tokens: number()?,
        output_tokens: number()?,
        quantity_micros: number()? * 1_000_000 + number()?,
    };
    Ok((group, slot, sums))
}

pub(crate) fn broken() -> SqlError {
    SqlError {
        kind: SqlErrorKind::Other,
        message: "a sum is not a whole number".to_owned(),
    }
}
