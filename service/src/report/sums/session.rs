//! Sums over the events of one session: few, and found by their index.

use super::Sums;
use super::ledger::{Group, read};
use crate::ledger::block::OF_SESSION;
use crate::sql::{Param, Sql, SqlError};
use std::collections::HashMap;

/// The sums of a session's events by a column of theirs.
pub(crate) fn session_groups(
    sql: &dyn Sql,
    session: i64,
    column: &'static str,
) -> Result<HashMap<Group, Sums>, SqlError> {
    let statement = format!(
        "SELECT IFNULL({column}, 0), 0, 0, COUNT(*), SUM(basis = 0), SUM(basis = 1), \
         CAST(IFNULL(SUM(cost_nanos), 0) AS TEXT), CAST(SUM(input_tokens) AS TEXT), \
         CAST(SUM(output_tokens) AS TEXT), 0, 0 FROM event WHERE {OF_SESSION} GROUP BY 1"
    );
    let rows = sql.query(&statement, &[Param::Integer(session); 2])?;
    rows.into_iter()
        .map(|row| read(row).map(|(group, _, sums)| (group, sums)))
        .collect()
}
