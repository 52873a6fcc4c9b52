//! `/v1/subscriptions`

use super::end_user_endpoint::list_text;
use super::subscription::{COLUMNS, Subscription, find, read};
use super::{find_or_note, metadata};
use crate::auth::new_id;
use crate::http::{Edit, Page, PageAsked, Problem, json, read_body};
use crate::route::{Kind, Parameter};
use crate::router::{Answer, Call};
use crate::settings::Instants;
use crate::sql::Param;
use bearlumen_core::error::ErrorCode;
use http::StatusCode;
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Which subscriptions to list.
pub(super) const FILTERS: &[Parameter] = &[
    Parameter::new(
        "user_id",
        Kind::Text,
        "Only those of this end user, by its id or external id",
    )
    .also(&["organization_id"]),
    Parameter::new("status", Kind::OneOf(&["ACTIVE", "CANCELED"]), "Only those"),
];

/// How often a subscription renews.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
enum BillingCycle {
    Weekly,
    Monthly,
    Quarterly,
    Yearly,
}

impl BillingCycle {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::Yearly => "yearly",
        }
    }

    fn length(self) -> Span {
        match self {
            Self::Weekly => 1.week(),
            Self::Monthly => 1.month(),
            Self::Quarterly => 3.months(),
            Self::Yearly => 1.year(),
        }
    }
}

/// A subscription to be made, in either of two forms.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct NewSubscription {
    /// The end user, by its id or external id.
    user_id: Option<String>,
    /// The same as `userId`.
    organization_id: Option<String>,
    /// The caller's own name of the plan, 1 to 512 bytes.
    pricing_plan_id: Option<String>,
    /// The same as `pricingPlanId`.
    plan_id: Option<String>,
    /// How often it renews.
    billing_cycle: Option<BillingCycle>,
    /// When it begins, ISO 8601, with `billingCycle`.
    start_date: Option<String>,
    /// ISO 8601.
    current_period_start: Option<String>,
    /// ISO 8601, exclusive; a date means that whole day.
    current_period_end: Option<String>,
    stripe_subscription_id: Option<String>,
    /// A JSON object of the caller's own, at most 10 KB.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")
    )]
    metadata: Option<Box<RawValue>>,
}

/// What is changed of a subscription.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "SubscriptionChange")
)]
pub(super) struct Change {
    /// The caller's own name of the plan, 1 to 512 bytes.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
    pricing_plan_id: Edit<String>,
    /// The same as `pricingPlanId`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
    plan_id: Edit<String>,
    /// How often it renews; null removes it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<BillingCycle>"))]
    billing_cycle: Edit<BillingCycle>,
    /// ISO 8601.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
    current_period_start: Edit<String>,
    /// ISO 8601, exclusive; a date means that whole day.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
    current_period_end: Edit<String>,
    /// Null removes it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<String>"))]
    stripe_subscription_id: Edit<String>,
    /// A JSON object that replaces the former one; null removes it.
    #[serde(default)]
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")
    )]
    metadata: Edit<Box<RawValue>>,
}

/// Subscriptions.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "SubscriptionList")
)]
pub(super) struct List {
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Subscription>"))]
    data: Box<RawValue>,
    /// The same list.
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Subscription>"))]
    subscriptions: Box<RawValue>,
    /// The same list.
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Subscription>"))]
    items: Box<RawValue>,
    #[serde(flatten)]
    page: Page,
}

/// One of two names for a field.
fn either(
    first: (&str, Option<String>),
    second: (&str, Option<String>),
) -> Result<Option<String>, Problem> {
    match (first.1, second.1) {
        (Some(one), Some(other)) if one != other => {
            let message = format!(
                "Invalid {}: it says something else than {}",
                second.0, first.0
            );
            Err(Problem::invalid(second.0, message))
        }
        (Some(value), _) => metadata::text(first.0, value).map(Some),
        (None, Some(value)) => metadata::text(second.0, value).map(Some),
        (None, None) => Ok(None),
    }
}

fn missing(field: &str, expected: &str) -> Problem {
    Problem::invalid(field, format!("Missing {field}: expected {expected}"))
}

/// `POST /v1/subscriptions`
pub(super) fn create(call: &Call<'_>) -> Answer {
    let new: NewSubscription = read_body(call.request.body())?;
    let user = either(
        ("userId", new.user_id),
        ("organizationId", new.organization_id),
    )?
    .ok_or_else(|| missing("userId", "an end user's id or external id"))?;
    let plan = either(
        ("pricingPlanId", new.pricing_plan_id),
        ("planId", new.plan_id),
    )?
    .ok_or_else(|| missing("pricingPlanId", "the name of a plan"))?;
    let instants = Instants::of(call)?;
    let (start_ms, end_ms) = match (new.current_period_start, new.current_period_end) {
        (Some(_), Some(_)) if new.start_date.is_some() => {
            let message = "Invalid startDate: expected either it and billingCycle, or currentPeriodStart and currentPeriodEnd";
            return Err(Problem::invalid("startDate", message));
        }
        (Some(start), Some(end)) => (
            instants.start("currentPeriodStart", &start)?,
            instants.end("currentPeriodEnd", &end)?,
        ),
        (None, None) => {
            let start = new.start_date.ok_or_else(|| {
                missing(
                    "currentPeriodStart",
                    "a period, or startDate and billingCycle",
                )
            })?;
            let start_ms = instants.start("startDate", &start)?;
            let cycle = new
                .billing_cycle
                .ok_or_else(|| missing("billingCycle", "weekly, monthly, quarterly or yearly"))?;
            (
                start_ms,
                instants.after("startDate", start_ms, cycle.length())?,
            )
        }
        (Some(_), None) => {
            return Err(missing("currentPeriodEnd", "an ISO 8601 date or date-time"));
        }
        (None, Some(_)) => {
            return Err(missing(
                "currentPeriodStart",
                "an ISO 8601 date or date-time",
            ));
        }
    };
    in_order(start_ms, end_ms)?;
    let stripe_id = new
        .stripe_subscription_id
        .map(|id| metadata::text("stripeSubscriptionId", id))
        .transpose()?;
    let stored = new.metadata.as_deref().map(metadata::checked).transpose()?;
    call.tenant.settle(call.sql)?;
    let id = format!("sub_{}", new_id(call.ctx));
    let now = Param::Integer(call.ctx.now_ms);
    let mut known = false;
    call.tenant.transaction(call.sql, &mut || {
        let Some(external_id) = find_or_note(call, &user)? else {
            return Ok(());
        };
        known = true;
        call.sql.execute(
            "INSERT INTO subscription (id, user_id, external_id, plan, billing_cycle, period_start_ms, period_end_ms, \
             stripe_id, metadata, created_ms, updated_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                Param::Text(&id),
                Param::Text(&user),
                Param::Text(&external_id),
                Param::Text(&plan),
                Param::of(new.billing_cycle.map(BillingCycle::as_str)),
                Param::Integer(start_ms),
                Param::Integer(end_ms),
                Param::of(stripe_id.as_deref()),
                Param::of(stored.as_deref()),
                now,
                now,
            ],
        )
    })?;
    if !known {
        let message = format!("No such end user {user}");
        return Err(Problem {
            field: Some("userId".to_owned()),
            ..Problem::new(ErrorCode::NotFound, message)
        });
    }
    Ok(json(StatusCode::CREATED, &found(call, &id)?))
}

fn in_order(start_ms: i64, end_ms: i64) -> Result<(), Problem> {
    if start_ms < end_ms {
        return Ok(());
    }
    let message = "Invalid currentPeriodEnd: expected a time after currentPeriodStart";
    Err(Problem::invalid("currentPeriodEnd", message))
}

fn found(call: &Call<'_>, id: &str) -> Result<Subscription, Problem> {
    find(call.sql, id)?
        .ok_or_else(|| Problem::new(ErrorCode::NotFound, format!("No such subscription {id}")))
}

/// `GET /v1/subscriptions/{id}`
pub(super) fn show(call: &Call<'_>) -> Answer {
    Ok(json(StatusCode::OK, &found(call, &call.path_value("id"))?))
}

/// What a field becomes that every subscription has; `None` when it stays.
fn kept(field: &str, edit: Edit<String>) -> Result<Option<String>, Problem> {
    match edit {
        Edit::Keep => Ok(None),
        Edit::Set(value) => Ok(Some(value)),
        Edit::Clear => {
            let message = format!("Invalid {field}: expected a text; it cannot be removed");
            Err(Problem::invalid(field, message))
        }
    }
}

/// `PATCH /v1/subscriptions/{id}`
pub(super) fn change(call: &Call<'_>) -> Answer {
    let change: Change = read_body(call.request.body())?;
    let known = found(call, &call.path_value("id"))?;
    let instants = Instants::of(call)?;
    let plan = either(
        (
            "pricingPlanId",
            kept("pricingPlanId", change.pricing_plan_id)?,
        ),
        ("planId", kept("planId", change.plan_id)?),
    )?;
    let (mut start_ms, mut end_ms) = known.period_ms;
    if let Some(text) = kept("currentPeriodStart", change.current_period_start)? {
        start_ms = instants.start("currentPeriodStart", &text)?;
    }
    if let Some(text) = kept("currentPeriodEnd", change.current_period_end)? {
        end_ms = instants.end("currentPeriodEnd", &text)?;
    }
    in_order(start_ms, end_ms)?;
    let mut set = vec!["updated_ms = ?", "period_start_ms = ?", "period_end_ms = ?"];
    let mut values: Vec<Option<String>> = Vec::new();
    if let Some(plan) = plan {
        set.push("plan = ?");
        values.push(Some(plan));
    }
    let cycle = metadata::edited(change.billing_cycle, |cycle| Ok(cycle.as_str().to_owned()))?;
    if let Some(cycle) = cycle {
        set.push("billing_cycle = ?");
        values.push(cycle.0);
    }
    let stripe_id = metadata::edited(change.stripe_subscription_id, |id| {
        metadata::text("stripeSubscriptionId", id)
    })?;
    if let Some(stripe_id) = stripe_id {
        set.push("stripe_id = ?");
        values.push(stripe_id.0);
    }
    if let Some(stored) = metadata::edited(change.metadata, |stored| metadata::checked(&stored))? {
        set.push("metadata = ?");
        values.push(stored.0);
    }
    let mut params = vec![
        Param::Integer(call.ctx.now_ms),
        Param::Integer(start_ms),
        Param::Integer(end_ms),
    ];
    params.extend(values.iter().map(|value| Param::of(value.as_deref())));
    params.push(Param::Text(&known.id));
    let text = format!("UPDATE subscription SET {} WHERE id = ?", set.join(", "));
    call.sql.execute(&text, &params)?;
    show(call)
}

/// `POST /v1/subscriptions/{id}/cancel` and `DELETE /v1/subscriptions/{id}`
pub(super) fn cancel(call: &Call<'_>) -> Answer {
    let now = Param::Integer(call.ctx.now_ms);
    call.sql.execute(
        "UPDATE subscription SET canceled_ms = ?, updated_ms = ? WHERE id = ? AND canceled_ms IS NULL",
        &[now, now, Param::Text(&call.path_value("id"))],
    )?;
    show(call)
}

/// `GET /v1/subscriptions`
pub(super) fn list(call: &Call<'_>) -> Answer {
    let query = call.query();
    let asked = PageAsked::of(&query);
    let mut conditions = vec!["true"];
    let mut params = Vec::new();
    if let Some(user) = query.get(&["user_id", "organization_id"]) {
        conditions.push("external_id = IFNULL((SELECT external_id FROM end_user WHERE id = ?), ?)");
        params.extend([Param::Text(user), Param::Text(user)]);
    }
    match query.get(&["status"]) {
        Some("ACTIVE") => conditions.push("canceled_ms IS NULL"),
        Some(_) => conditions.push("canceled_ms IS NOT NULL"),
        None => {}
    }
    let conditions = conditions.join(" AND ");
    let total = call.sql.count(
        &format!("SELECT COUNT(*) FROM subscription WHERE {conditions}"),
        &params,
    )?;
    params.push(Param::Integer(asked.limit));
    params.push(Param::Integer(asked.offset));
    let rows = call.sql.query(
        &format!(
            "SELECT {COLUMNS} FROM subscription WHERE {conditions} ORDER BY seq LIMIT ? OFFSET ?"
        ),
        &params,
    )?;
    let found: Vec<Subscription> = rows.into_iter().filter_map(read).collect();
    Ok(json(
        StatusCode::OK,
        &List {
            data: list_text(&found),
            subscriptions: list_text(&found),
            items: list_text(&found),
            page: asked.page(total),
        },
    ))
}
