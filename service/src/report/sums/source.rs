//! Which table holds the sums of what, and how the same is asked of the events.

use super::ledger::Group;
use crate::ledger::{Grain, KeptRow, Kind};

/// Whose events are summed. Numbers are those of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Everyone,
    EndUser(i64),
}

/// What sums are grouped by. Numbers are those of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Axis {
    /// All in one.
    Nothing,
    Model,
    /// Models apart by who sells them: the second label is the provider.
    ModelOfProvider,
    Provider,
    EndUser,
    Feature,
    Agent,
    Workflow,
    /// The values of a custom dimension that are text.
    Dimension(i64),
    /// The metric; the second label is the subscription.
    Metric,
}

/// What of which rollup table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Rollup(Kind),
    /// The rows of one key.
    RollupOfKey(Kind),
    EndUser,
}

impl Table {
    /// What stands after `FROM`, up to the bounds of the slots.
    pub(super) fn from(self, grain: Grain) -> String {
        let grain = grain as i64;
        match self {
            Self::Rollup(kind) => {
                format!("rollup WHERE kind = {} AND grain = {grain}", kind as i64)
            }
            Self::RollupOfKey(kind) => {
                format!(
                    "rollup WHERE kind = {} AND grain = {grain} AND a = ?",
                    kind as i64
                )
            }
            Self::EndUser => "end_user_rollup WHERE end_user = ?".to_owned(),
        }
    }
}

/// Which kind of rows, and which group each belongs to.
pub(super) type InMemory = (Kind, fn(&KeptRow) -> Group);

/// Where sums stand.
pub(super) struct Source {
    pub(super) table: Table,
    /// The two labels that sums are grouped by, in the rollup.
    pub(super) labels: [&'static str; 2],
    /// The same two of events.
    pub(super) event_labels: [&'static str; 2],
    /// What of the events, beside their time.
    pub(super) events: &'static str,
    /// The label that both filters name.
    pub(super) bound: Option<i64>,
    /// What is kept, the coarsest first.
    pub(super) grains: &'static [Grain],
    /// Where rows may stand in memory.
    pub(super) kept: Option<InMemory>,
    /// Quantities add up: they are of one metric.
    pub(super) has_quantities: bool,
}

const EVERY: &[Grain] = &[Grain::Month, Grain::Day, Grain::QuarterHour];
const FINE: &[Grain] = &[Grain::Day, Grain::QuarterHour];
const COARSE: &[Grain] = &[Grain::Month, Grain::Day];
const DAYS: &[Grain] = &[Grain::Day];

/// Where the sums of a scope by an axis stand; `None` where nobody keeps or asks for them.
pub(super) fn source(scope: Scope, axis: Axis) -> Option<Source> {
    match scope {
        Scope::Everyone => Some(of_everyone(axis)),
        Scope::EndUser(label) => of_end_user(label, axis),
    }
}

const fn group(label: i64, second: i64) -> Group {
    Group { label, second }
}

fn of_everyone(axis: Axis) -> Source {
    let rollup = |kind, label, event_label, grains| Source {
        table: Table::Rollup(kind),
        labels: [label, "0"],
        event_labels: [event_label, "0"],
        events: "event WHERE true",
        bound: None,
        grains,
        kept: None,
        has_quantities: false,
    };
    match axis {
        Axis::Nothing => Source {
            kept: Some((Kind::Total, |_| group(0, 0))),
            ..rollup(Kind::Total, "0", "0", EVERY)
        },
        Axis::Model => Source {
            kept: Some((Kind::Model, |row| group(row.b, 0))),
            ..rollup(Kind::Model, "b", "model", EVERY)
        },
        Axis::ModelOfProvider => Source {
            labels: ["b", "a"],
            event_labels: ["model", "provider"],
            kept: Some((Kind::Model, |row| group(row.b, row.a))),
            ..rollup(Kind::Model, "b", "model", EVERY)
        },
        Axis::Provider => Source {
            kept: Some((Kind::Model, |row| group(row.a, 0))),
            ..rollup(Kind::Model, "a", "provider", EVERY)
        },
        Axis::EndUser => rollup(Kind::EndUser, "a", "end_user", COARSE),
        Axis::Feature => rollup(Kind::Feature, "a", "feature", FINE),
        Axis::Agent => rollup(Kind::Agent, "a", "agent", FINE),
        Axis::Workflow => rollup(Kind::Workflow, "a", "workflow", FINE),
        Axis::Dimension(key) => Source {
            table: Table::RollupOfKey(Kind::Dimension),
            bound: Some(key),
            events: "event JOIN json_each(event.detail, '$.dimensions') AS given \
                 JOIN label AS value ON value.text = given.value \
                 WHERE given.type = 'text' AND given.key = (SELECT text FROM label WHERE id = ?)",
            ..rollup(Kind::Dimension, "b", "value.id", DAYS)
        },
        Axis::Metric => Source {
            labels: ["b", "a"],
            event_labels: ["metric_name", "subscription"],
            has_quantities: true,
            ..rollup(Kind::Metric, "b", "metric_name", DAYS)
        },
    }
}

fn of_end_user(label: i64, axis: Axis) -> Option<Source> {
    let column = match axis {
        Axis::Nothing => "0",
        Axis::Model | Axis::ModelOfProvider => "model",
        Axis::Provider => "provider",
        Axis::Feature => "feature",
        Axis::EndUser | Axis::Agent | Axis::Workflow | Axis::Dimension(_) | Axis::Metric => {
            return None;
        }
    };
    let second = match axis {
        Axis::ModelOfProvider => "provider",
        _ => "0",
    };
    Some(Source {
        table: Table::EndUser,
        labels: [column, second],
        event_labels: [column, second],
        events: "event WHERE end_user = ?",
        bound: Some(label),
        grains: DAYS,
        kept: None,
        has_quantities: false,
    })
}
