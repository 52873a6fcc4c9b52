//! Subscriptions as they are stored and shown.

use super::metadata;
use crate::sql::{Param, Row, Sql, SqlError, Value};
use bearlumen_core::timestamp::format_ms;
use serde::Serialize;
use serde_json::value::RawValue;

/// An end user's subscription to a plan.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Subscription {
    /// `sub_…`
    pub(super) id: String,
    /// The end user, as it was named when the subscription was made: its id or its external id.
    user_id: String,
    /// The same as `userId`.
    organization_id: String,
    /// The end user's external id.
    external_id: String,
    /// The caller's own name of the plan.
    pricing_plan_id: String,
    /// The same as `pricingPlanId`.
    plan_id: String,
    /// `weekly`, `monthly`, `quarterly`, `yearly`; null when only a period was given.
    billing_cycle: Option<String>,
    /// `ACTIVE` or `CANCELED`.
    status: &'static str,
    /// ISO 8601.
    current_period_start: String,
    /// ISO 8601, exclusive.
    current_period_end: String,
    /// Null when none was given.
    stripe_subscription_id: Option<String>,
    /// The caller's own JSON object; null when none was given.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")
    )]
    metadata: Option<Box<RawValue>>,
    /// ISO 8601.
    created_at: String,
    /// ISO 8601.
    updated_at: String,
    /// ISO 8601; null while it is active.
    canceled_at: Option<String>,
    #[serde(skip)]
    pub(super) period_ms: (i64, i64),
}

/// The columns that [`read`] takes.
pub(super) const COLUMNS: &str = "id, user_id, external_id, plan, billing_cycle, period_start_ms, period_end_ms, stripe_id, \
     metadata, created_ms, updated_ms, canceled_ms";

/// The subscription with this id.
pub(super) fn find(sql: &dyn Sql, id: &str) -> Result<Option<Subscription>, SqlError> {
    let text = format!("SELECT {COLUMNS} FROM subscription WHERE id = ?");
    let rows = sql.query(&text, &[Param::Text(id)])?;
    Ok(rows.into_iter().find_map(read))
}

/// A row of [`COLUMNS`].
pub(super) fn read(row: Row) -> Option<Subscription> {
    let [
        id,
        user_id,
        external_id,
        plan,
        billing_cycle,
        start,
        end,
        stripe_id,
        stored,
        created,
        updated,
        canceled,
    ] = <[Value; 12]>::try_from(row).ok()?;
    let text = |value| match value {
        Value::Text(text) => Some(text),
        _ => None,
    };
    let ms = |value| match value {
        Value::Integer(ms) => Some(ms),
        _ => None,
    };
    let user_id = text(user_id)?;
    let plan = text(plan)?;
    let (start, end, canceled) = (ms(start)?, ms(end)?, ms(canceled));
    Some(Subscription {
        id: text(id)?,
        organization_id: user_id.clone(),
        user_id,
        external_id: text(external_id)?,
        plan_id: plan.clone(),
        pricing_plan_id: plan,
        billing_cycle: text(billing_cycle),
        status: if canceled.is_some() {
            "CANCELED"
        } else {
            "ACTIVE"
        },
        current_period_start: format_ms(start),
        current_period_end: format_ms(end),
        stripe_subscription_id: text(stripe_id),
        metadata: metadata::shown(text(stored)),
        created_at: format_ms(ms(created)?),
        updated_at: format_ms(ms(updated)?),
        canceled_at: canceled.map(format_ms),
        period_ms: (start, end),
    })
}
