//! What a repriced event cost before.

use crate::sql::{Param, Sql, SqlError, Value};
use bearlumen_core::money::Nanos;
use serde::Serialize;

/// A cost that was changed since.
#[derive(Serialize, Clone)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "FormerCost")
)]
pub(crate) struct Former {
    /// The repricing that changed it.
    repricing_id: String,
    /// `exact`, `estimated` or `unpriced`.
    basis: &'static str,
    /// US dollars; null when no price was known.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<f64>"))]
    amount: Option<Nanos>,
    /// The exact amount in nano-dollars, decimal text.
    amount_nanos: Option<String>,
    price_id: Option<String>,
}

/// What an event cost, the first amount first; empty when it was never repriced.
pub(crate) fn former(sql: &dyn Sql, event_seq: i64) -> Result<Vec<Former>, SqlError> {
    let rows = sql.query(
        "SELECT repricing.id, basis, cost_nanos, price_id FROM former_cost JOIN repricing \
         ON repricing.seq = former_cost.repricing WHERE former_cost.seq = ? ORDER BY former_cost.repricing",
        &[Param::Integer(event_seq)],
    )?;
    let former = |row: Vec<Value>| match <[Value; 4]>::try_from(row) {
        Ok(
            [
                Value::Text(repricing_id),
                Value::Integer(basis),
                cost,
                price,
            ],
        ) => {
            let nanos = match cost {
                Value::Integer(nanos) => Some(nanos),
                _ => None,
            };
            Some(Former {
                repricing_id,
                basis: match basis {
                    1 => "estimated",
                    2 => "exact",
                    3 => "reported",
                    _ => "unpriced",
                },
                amount: nanos.map(Nanos::new),
                amount_nanos: nanos.map(|nanos| nanos.to_string()),
                price_id: match price {
                    Value::Text(text) => Some(text),
                    _ => None,
                },
            })
        }
        _ => None,
    };
    Ok(rows.into_iter().filter_map(former).collect())
}
