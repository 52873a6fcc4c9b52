//! Usage by bucket.

use super::ledger::{Group, Ledger, broken};
use super::parts::{Part, parts};
use super::source::Axis;
use crate::ledger::Grain;
use crate::ledger::block::{WITHIN, within};
use crate::report::period::Period;
use crate::sql::{Param, Row, SqlError, Value};
use bearlumen_core::quantity::Quantity;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap};

impl Ledger<'_> {
    /// Quantities in millionths by group and bucket label. Kept by provider, and by provider and model.
    pub(crate) fn buckets(
        &self,
        axis: Axis,
        period: Period,
    ) -> Result<HashMap<(Group, i64), i128>, SqlError> {
        let mut sums = HashMap::new();
        let labels = match axis {
            Axis::ModelOfProvider => ["model", "provider"],
            Axis::Provider => ["provider", "0"],
            _ => return Ok(sums),
        };
        for part in parts(period, self.calendar, &[Grain::Day]) {
            let rows = match part {
                Part::Slots(_, days) => {
                    let bounds = [days.first, days.end].map(Param::Integer);
                    self.sql.query(&by_days(labels), &bounds)?
                }
                Part::Events(Period { start_ms, end_ms }) => {
                    let bounds = within(start_ms, end_ms).map(Param::Integer);
                    let bounds = [bounds, bounds].concat();
                    self.sql.query(&by_events(labels), &bounds)?
                }
            };
            for row in rows {
                let (key, micros) = read(row)?;
                *sums.entry(key).or_default() += micros;
            }
        }
        Ok(sums)
    }
}

fn by_days([label, second]: [&str; 2]) -> String {
    format!(
        "SELECT {label}, {second}, bucket, '', NULL, 0, CAST(SUM(quantity) AS TEXT), \
         CAST(SUM(quantity_micros) AS TEXT) FROM bucket_rollup WHERE slot >= ? AND slot < ? GROUP BY 1, 2, 3"
    )
}

/// Whole quantities are added up here; of fractions comes the text that they stand in, since a double would round them.
fn by_events([label, second]: [&str; 2]) -> String {
    let of = |list: &str| {
        format!(
            "SELECT {label} AS label, {second} AS second, used.key, used.type, used.value, detail -> '$.{list}' AS list \
             FROM event JOIN json_each(event.detail, '$.{list}') AS used WHERE {WITHIN}"
        )
    };
    format!(
        "SELECT IFNULL(used.label, 0), IFNULL(used.second, 0), bucket.id, used.key, \
         CASE WHEN type = 'integer' THEN NULL ELSE used.list END, COUNT(*), \
         CAST(SUM(CASE WHEN type = 'integer' THEN value END) AS TEXT), '0' \
         FROM ({} UNION ALL {}) AS used JOIN label AS bucket ON bucket.text = used.key GROUP BY 1, 2, 3, 4, 5",
        of("usage"),
        of("split")
    )
}

fn read(row: Row) -> Result<((Group, i64), i128), SqlError> {
    let number = |text: &str| text.parse::<i128>().map_err(|_| broken());
    let Ok(
        [
            Value::Integer(label),
            Value::Integer(second),
            Value::Integer(bucket),
            Value::Text(name),
            fractions,
            Value::Integer(count),
            whole,
            Value::Text(micros),
        ],
    ) = <[Value; 8]>::try_from(row)
    else {
        return Err(broken());
    };
    let sum = match (fractions, whole) {
        (Value::Text(list), _) => fraction(&list, &name)? * i128::from(count),
        (_, Value::Text(whole)) => number(&whole)? * 1_000_000 + number(&micros)?,
        _ => return Err(broken()),
    };
    Ok(((Group { label, second }, bucket), sum))
}

/// One bucket's quantity in an event's list, in millionths.
fn fraction(list: &str, bucket: &str) -> Result<i128, SqlError> {
    let list: BTreeMap<String, &RawValue> = serde_json::from_str(list).map_err(|_| broken())?;
    let text = list.get(bucket).ok_or_else(broken)?.get();
    let quantity = Quantity::from_text(text).map_err(|_| broken())?;
    Ok(i128::from(quantity.micros()))
}
