//! Which dimensions events have.

use super::ledger::{Ledger, broken};
use super::parts::{Part, parts};
use crate::ledger::Grain;
use crate::ledger::block::{WITHIN, within};
use crate::report::period::Period;
use crate::sql::{Param, SqlError, Value};

/// Text dimensions and numeric ones, apart: a key may be both.
const BY_DAYS: &str = "SELECT a, CAST(SUM(events) AS TEXT) FROM rollup \
     WHERE kind = 7 AND grain = 1 AND slot >= ? AND slot < ? GROUP BY a \
     UNION ALL SELECT key, CAST(SUM(events) AS TEXT) FROM numeric_sum WHERE grain = 1 AND slot >= ? AND slot < ? GROUP BY key";

/// To be continued with the time.
const BY_EVENTS: &str = "SELECT label.id, CAST(COUNT(*) AS TEXT) \
     FROM event JOIN json_each(event.detail, '$.dimensions') AS given JOIN label ON label.text = given.key WHERE";

impl Ledger<'_> {
    /// Keys and numbers of events; a key may stand there several times.
    pub(crate) fn dimension_keys(&self, period: Period) -> Result<Vec<(i64, i128)>, SqlError> {
        let mut found = Vec::new();
        for part in parts(period, self.calendar, &[Grain::Day]) {
            let rows = match part {
                Part::Slots(_, days) => {
                    let (first, end) = (Param::Integer(days.first), Param::Integer(days.end));
                    self.sql.query(BY_DAYS, &[first, end, first, end])?
                }
                Part::Events(period) => {
                    let bounds = within(period.start_ms, period.end_ms).map(Param::Integer);
                    let statement = format!("{BY_EVENTS} {WITHIN} GROUP BY 1");
                    self.sql.query(&statement, &bounds)?
                }
            };
            for row in rows {
                match row.as_slice() {
                    [Value::Integer(key), Value::Text(events)] => {
                        found.push((*key, events.parse().map_err(|_| broken())?));
                    }
                    _ => return Err(broken()),
                }
            }
        }
        Ok(found)
    }
}
