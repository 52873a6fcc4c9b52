//! Revenue beside cost.

use super::health::Health;
use super::recognised::recognised;
use crate::report::{Period, Slot, Sums, count, dollars, percent};
use crate::sql::{Param, Sql, SqlError, Value};
use serde::Serialize;

/// Revenue, cost and what is left.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Margin {
    /// US dollars, recognised in the range.
    revenue: f64,
    /// The exact amount in nano-dollars, decimal text.
    revenue_nanos: String,
    /// US dollars, for display.
    cost: f64,
    /// The exact amount in nano-dollars, decimal text.
    cost_nanos: String,
    /// Revenue less cost in US dollars.
    margin: f64,
    /// The exact amount in nano-dollars, decimal text.
    margin_nanos: String,
    /// The margin in percent of the revenue, with two decimals; null without revenue.
    margin_percent: Option<f64>,
    /// `HEALTHY` above 40 percent, `AT_RISK` from 20 to 40, `UNHEALTHY` below; null without revenue.
    health: Option<Health>,
    /// How many events the cost is of.
    event_count: i64,
    /// Events of which no price is known; the cost lacks them.
    unpriced_event_count: i64,
    /// Some events are unpriced: the true cost is higher, the margin lower.
    is_floor: bool,
    /// Always `USD`.
    currency: &'static str,
}

impl Margin {
    pub(super) fn of(revenue_nanos: i128, costs: &Sums) -> Self {
        let margin_nanos = revenue_nanos - costs.cost_nanos;
        Self {
            revenue: dollars(revenue_nanos),
            revenue_nanos: revenue_nanos.to_string(),
            cost: dollars(costs.cost_nanos),
            cost_nanos: costs.cost_nanos.to_string(),
            margin: dollars(margin_nanos),
            margin_nanos: margin_nanos.to_string(),
            margin_percent: (revenue_nanos > 0).then(|| percent(margin_nanos, revenue_nanos)),
            health: Health::of(margin_nanos, revenue_nanos),
            event_count: count(costs.events),
            unpriced_event_count: count(costs.unpriced),
            is_floor: costs.unpriced > 0,
            currency: "USD",
        }
    }
}

/// An amount that counts in a range, and whose it is.
pub(super) struct Earned {
    /// The label of the end user.
    pub(super) end_user: i64,
    amount_nanos: i64,
    period: Period,
}

impl Earned {
    /// What of it is recognised in a range.
    pub(super) fn within(&self, range: Period) -> i128 {
        recognised(self.amount_nanos, self.period, range)
    }
}

/// Everything that is earned at least in part in a range.
pub(super) fn earned(sql: &dyn Sql, range: Period) -> Result<Vec<Earned>, SqlError> {
    let rows = sql.query(
        "SELECT end_user.label, CAST(amount_nanos AS TEXT), period_start_ms, period_end_ms FROM revenue_event \
         JOIN end_user ON end_user.external_id = revenue_event.external_id \
         WHERE period_end_ms > ? AND period_start_ms < ?",
        &[Param::Integer(range.start_ms), Param::Integer(range.end_ms)],
    )?;
    let earned = |row: &Vec<Value>| match row.as_slice() {
        [
            Value::Integer(end_user),
            Value::Text(amount),
            Value::Integer(start_ms),
            Value::Integer(end_ms),
        ] => Some(Earned {
            end_user: *end_user,
            amount_nanos: amount.parse().ok()?,
            period: Period {
                start_ms: *start_ms,
                end_ms: *end_ms,
            },
        }),
        _ => None,
    };
    Ok(rows.iter().filter_map(earned).collect())
}

/// What is recognised in each step of a series.
pub(super) fn by_step(earned: &[Earned], steps: &[Slot]) -> Vec<i128> {
    let of = |step: &Slot| earned.iter().map(|earned| earned.within(step.period)).sum();
    steps.iter().map(of).collect()
}
