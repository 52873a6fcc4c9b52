//! `/v1/budgets`

use super::budget::{self, Budget, Kind};
use super::course::course;
use crate::auth::new_id;
use crate::http::{Page, PageAsked, Problem, json, read_body};
use crate::report::{dollars, percent};
use crate::router::{Answer, Call};
use crate::settings::record_change;
use bearlumen_core::error::ErrorCode;
use bearlumen_core::money::Nanos;
use bearlumen_core::timestamp::format_ms;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value as Json, json as value};

/// Budgets of an organisation.
const MAX_BUDGETS: usize = 100;

const MAX_TEXT_BYTES: usize = 512;

/// A billion dollars.
const MAX_NANOS: i64 = 1_000_000_000_000_000_000;

/// A budget to be set. At most one of `model` to `workflowId`; without any it is for everything.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct NewBudget {
    /// US dollars for each billing period, above 0, at most 9 decimals; a number or decimal text.
    #[cfg_attr(feature = "openapi", schemars(with = "f64"))]
    amount: Box<RawValue>,
    /// For people, 1 to 512 bytes.
    name: Option<String>,
    model: Option<String>,
    user_id: Option<String>,
    feature: Option<String>,
    agent_id: Option<String>,
    workflow_id: Option<String>,
}

/// A budget and its period so far.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "Budget")
)]
pub(super) struct Shown {
    /// `bud_…`
    id: String,
    name: Option<String>,
    /// `total`, `model`, `user`, `feature`, `agent` or `workflow`.
    kind: &'static str,
    /// Of what of its kind; null for everything.
    value: Option<String>,
    /// US dollars for each billing period.
    amount: f64,
    amount_nanos: String,
    created_at: String,
    /// The first day of the billing period that it is now.
    period_start: String,
    /// Its last day.
    period_end: String,
    /// US dollars since the period began, today included.
    spent: f64,
    spent_nanos: String,
    percent_used: f64,
    /// Events of the period without a price, which `spent` lacks.
    unpriced_event_count: i64,
    /// More was spent than is known.
    is_floor: bool,
    /// US dollars that the whole period is expected to come to; null with too little data.
    projected: Option<f64>,
    /// The interval that holds it in 80 of 100 cases.
    projected_low: Option<f64>,
    projected_high: Option<f64>,
    /// The day on which more than the budget is expected to be spent; null when it lasts.
    exhausted_on: Option<String>,
    /// `critical` when it is spent or expected to be passed, `warning` when it may be; null while it lasts.
    level: Option<String>,
    /// The same in a sentence.
    message: Option<String>,
}

/// Budgets, the oldest first.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "BudgetList")
)]
pub(super) struct List {
    budgets: Vec<Shown>,
    #[serde(flatten)]
    page: Page,
}

/// `GET /v1/budgets`
pub(super) fn list(call: &Call<'_>) -> Answer {
    let (budgets, page) = PageAsked::of(&call.query()).part(budget::list(call.sql)?);
    let budgets = budgets
        .into_iter()
        .map(|budget| shown(call, budget))
        .collect::<Result<_, _>>()?;
    Ok(json(StatusCode::OK, &List { budgets, page }))
}

/// `POST /v1/budgets`
pub(super) fn create(call: &Call<'_>) -> Answer {
    let new: NewBudget = read_body(call.request.body())?;
    let mut budget = Budget {
        id: format!("bud_{}", new_id(call.ctx)),
        name: text("name", new.name)?,
        nanos: amount(new.amount.get()).ok_or_else(|| {
            let expected = "US dollars above 0, of at most 9 decimals and a billion";
            Problem::invalid("amount", format!("Invalid amount: expected {expected}"))
        })?,
        kind: Kind::Total,
        value: None,
        created_ms: call.ctx.now_ms,
    };
    for (field, kind, value) in [
        ("model", Kind::Model, new.model),
        ("userId", Kind::EndUser, new.user_id),
        ("feature", Kind::Feature, new.feature),
        ("agentId", Kind::Agent, new.agent_id),
        ("workflowId", Kind::Workflow, new.workflow_id),
    ] {
        let Some(value) = text(field, value)? else {
            continue;
        };
        if budget.value.is_some() {
            let message = format!("Invalid {field}: a budget is for one thing");
            return Err(Problem::invalid(field, message));
        }
        budget.kind = kind;
        budget.value = Some(value);
    }
    call.tenant.settle(call.sql)?;
    if budget::list(call.sql)?.len() >= MAX_BUDGETS {
        let message = format!("There are {MAX_BUDGETS} budgets already");
        return Err(Problem::new(ErrorCode::ValidationError, message));
    }
    call.tenant.transaction(call.sql, &mut || {
        budget.store(call.sql)?;
        record_change(call, "budget.create", &budget.id, &details(&budget))
    })?;
    Ok(json(StatusCode::CREATED, &shown(call, budget)?))
}

/// `DELETE /v1/budgets/{id}`
pub(super) fn remove(call: &Call<'_>) -> Answer {
    let id = call.path_value("id");
    let budget = budget::list(call.sql)?
        .into_iter()
        .find(|budget| budget.id == id)
        .ok_or_else(|| Problem::new(ErrorCode::NotFound, format!("No such budget {id}")))?;
    call.tenant.settle(call.sql)?;
    call.tenant.transaction(call.sql, &mut || {
        budget.remove(call.sql)?;
        record_change(call, "budget.delete", &budget.id, &details(&budget))
    })?;
    Ok(json(StatusCode::OK, &shown(call, budget)?))
}

fn details(budget: &Budget) -> Json {
    value!({
        "name": budget.name,
        "amountNanos": budget.nanos.to_string(),
        "kind": budget.kind.as_str(),
        "value": budget.value,
    })
}

fn text(field: &str, value: Option<String>) -> Result<Option<String>, Problem> {
    match value {
        Some(value) if value.trim().is_empty() || value.len() > MAX_TEXT_BYTES => Err(
            Problem::invalid(field, format!("Invalid {field}: expected 1 to 512 bytes")),
        ),
        value => Ok(value),
    }
}

/// Whole nano-dollars of a JSON number or of decimal text.
fn amount(raw: &str) -> Option<i64> {
    let text = raw
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(raw);
    let nanos = Nanos::from_usd_text(text).ok()?;
    let is_whole = decimals(text)? <= 9;
    (is_whole && (1..=MAX_NANOS).contains(&nanos.get())).then(|| nanos.get())
}

/// How many decimals a number in text needs.
fn decimals(text: &str) -> Option<i64> {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let fraction = number.split_once('.').map_or("", |(_, fraction)| fraction);
    let written = i64::try_from(fraction.trim_end_matches('0').len()).ok()?;
    Some(written - exponent)
}

fn shown(call: &Call<'_>, budget: Budget) -> Result<Shown, Problem> {
    let spent = course(call, &budget)?;
    let of = |name: &str| spent.told.pointer(&format!("/budget/{name}"));
    let alert = spent.alerts().first();
    let said = |name: &str| {
        let text = alert.and_then(|alert| alert.get(name)?.as_str());
        text.map(str::to_owned)
    };
    Ok(Shown {
        kind: budget.kind.as_str(),
        amount: dollars(i128::from(budget.nanos)),
        amount_nanos: budget.nanos.to_string(),
        created_at: format_ms(budget.created_ms),
        period_start: spent.period.first.to_string(),
        period_end: spent.period.last.to_string(),
        spent: dollars(spent.nanos),
        spent_nanos: spent.nanos.to_string(),
        percent_used: percent(spent.nanos, i128::from(budget.nanos)),
        unpriced_event_count: spent.unpriced,
        is_floor: spent.unpriced > 0,
        projected: of("period/cost").and_then(Json::as_f64),
        projected_low: of("period/low").and_then(Json::as_f64),
        projected_high: of("period/high").and_then(Json::as_f64),
        exhausted_on: of("exhaustedOn").and_then(Json::as_str).map(str::to_owned),
        level: said("level"),
        message: said("message"),
        id: budget.id,
        name: budget.name,
        value: budget.value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_exact_or_refused() {
        for (raw, nanos) in [
            ("500", 500_000_000_000),
            ("\"0.000000001\"", 1),
            ("1.5e2", 150_000_000_000),
            ("12.340", 12_340_000_000),
        ] {
            assert_eq!(amount(raw), Some(nanos), "{raw}");
        }
        for wrong in [
            "0",
            "-1",
            "0.0000000001",
            "1e-10",
            "1e10",
            "\"\"",
            "\"a\"",
            "null",
            "[]",
            "true",
        ] {
            assert_eq!(amount(wrong), None, "{wrong}");
        }
    }
}
