//! Which events are asked for.

use crate::http::Query;
use crate::ledger::block::OF_SESSION;
use crate::report::labels::find;
use crate::route::{Kind, Parameter};
use crate::sql::{Sql, SqlError};

const BASES: &[&str] = &["unpriced", "estimated", "exact", "reported"];

/// The parameters that filter events.
pub(super) const FILTERS: &[Parameter] = &[
    Parameter::new("model", Kind::Text, "Only events of this model"),
    Parameter::new("provider", Kind::Text, "Only events of this provider"),
    Parameter::new(
        "user_id",
        Kind::Text,
        "Only events of this end user, by the caller's own id",
    ),
    Parameter::new("feature", Kind::Text, "Only events of this feature"),
    Parameter::new("agent_id", Kind::Text, "Only events of this agent"),
    Parameter::new("workflow_id", Kind::Text, "Only events of this workflow"),
    Parameter::new("session_id", Kind::Text, "Only events of this session"),
    Parameter::new(
        "subscription_id",
        Kind::Text,
        "Only events of this subscription",
    ),
    Parameter::new("metric_name", Kind::Text, "Only events of this metric"),
    Parameter::new("event_type", Kind::Text, "Only events of this type"),
    Parameter::new(
        "basis",
        Kind::OneOf(BASES),
        "Only events whose cost is known so well",
    ),
];

/// The column that each parameter but `basis` compares.
const COLUMNS: [(&str, &str); 10] = [
    ("model", "model"),
    ("provider", "provider"),
    ("user_id", "end_user"),
    ("feature", "feature"),
    ("agent_id", "agent"),
    ("workflow_id", "workflow"),
    ("session_id", "session"),
    ("subscription_id", "subscription"),
    ("metric_name", "metric_name"),
    ("event_type", "event_type"),
];

/// Columns and the numbers that they must have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Filter(pub(super) Vec<(&'static str, i64)>);

impl Filter {
    /// Reads the filters; `None` when one names what no event ever had.
    pub(super) fn of(query: &Query<'_>, sql: &dyn Sql) -> Result<Option<Self>, SqlError> {
        let mut filters = Vec::new();
        for (name, column) in COLUMNS {
            if let Some(text) = query.get(&[name]) {
                match find(sql, text)? {
                    Some(label) => filters.push((column, label)),
                    None => return Ok(None),
                }
            }
        }
        let basis = query
            .get(&["basis"])
            .and_then(|word| BASES.iter().position(|basis| *basis == word))
            .and_then(|position| i64::try_from(position).ok());
        filters.extend(basis.map(|basis| ("basis", basis)));
        Ok(Some(Self(filters)))
    }

    /// What one column must have.
    pub(super) fn get(&self, column: &str) -> Option<i64> {
        let mut filters = self.0.iter();
        filters.find(|(name, _)| *name == column).map(|(_, n)| *n)
    }

    /// Whether exactly these columns are filtered.
    pub(super) fn is_by(&self, columns: &[&str]) -> bool {
        self.0.len() == columns.len() && columns.iter().all(|column| self.get(column).is_some())
    }

    /// ` AND model = ? AND …`
    pub(super) fn conditions(&self) -> String {
        let mut text = String::new();
        for (column, _) in &self.0 {
            text.push_str(" AND ");
            if *column == "session" {
                text.push_str(OF_SESSION);
            } else {
                text.push_str(column);
                text.push_str(" = ?");
            }
        }
        text
    }

    /// The numbers, in the order of [`Self::conditions`].
    pub(super) fn numbers(&self) -> impl Iterator<Item = i64> {
        self.0.iter().flat_map(|(column, number)| {
            let times = if *column == "session" { 2 } else { 1 };
            std::iter::repeat_n(*number, times)
        })
    }
}
