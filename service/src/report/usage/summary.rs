//! `GET /v1/usage/summary`

use crate::http::json;
use crate::ledger::block::{WITHIN, within};
use crate::report::asked::Asked;
use crate::report::labels::find;
use crate::report::money::count;
use crate::report::period::Period;
use crate::report::shape::{Span, Totals};
use crate::report::sums::{Axis, Ledger, Scope, Sums};
use crate::router::{Answer, Call};
use crate::sql::{Param, SqlError, Value};
use http::StatusCode;
use serde::Serialize;
use std::collections::HashSet;

/// What was used in a range.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct UsageSummary {
    /// The same as `eventCount`.
    total_events: i64,
    /// The same as `inputTokens`.
    total_input_tokens: i64,
    /// The same as `outputTokens`.
    total_output_tokens: i64,
    /// How many models were used.
    unique_models: i64,
    /// How many providers.
    unique_providers: i64,
    /// How many end users used something.
    unique_end_users: i64,
    #[serde(flatten)]
    totals: Totals,
    #[serde(flatten)]
    span: Span,
}

pub(super) fn summary(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let ledger = asked.ledger();
    let (sums, uniques) = match asked.query.get(&["subscription_id"]) {
        Some(subscription) => match find(call.sql, subscription)? {
            Some(label) => of_subscription(&ledger, label, asked.period)?,
            None => Default::default(),
        },
        None => of_everyone(&ledger, asked.period)?,
    };
    Ok(json(
        StatusCode::OK,
        &UsageSummary {
            total_events: count(sums.events),
            total_input_tokens: count(sums.input_tokens),
            total_output_tokens: count(sums.output_tokens),
            unique_models: uniques.models,
            unique_providers: uniques.providers,
            unique_end_users: uniques.end_users,
            totals: (&sums).into(),
            span: asked.period.into(),
        },
    ))
}

#[derive(Default)]
struct Uniques {
    models: i64,
    providers: i64,
    end_users: i64,
}

fn of_everyone(ledger: &Ledger<'_>, period: Period) -> Result<(Sums, Uniques), SqlError> {
    let models = ledger.groups(Scope::Everyone, Axis::ModelOfProvider, period)?;
    let number = |labels: HashSet<i64>| {
        i64::try_from(labels.iter().filter(|label| **label != 0).count()).unwrap_or(i64::MAX)
    };
    let uniques = Uniques {
        models: number(models.keys().map(|group| group.label).collect()),
        providers: number(models.keys().map(|group| group.second).collect()),
        end_users: ledger.count(Axis::EndUser, period)?,
    };
    Ok((Sums::of(models.values()), uniques))
}

/// Sums are kept by subscription; who and what is behind them only the events tell, those of its days.
fn of_subscription(
    ledger: &Ledger<'_>,
    subscription: i64,
    period: Period,
) -> Result<(Sums, Uniques), SqlError> {
    let groups = ledger.groups(Scope::Everyone, Axis::Metric, period)?;
    let own = groups
        .iter()
        .filter(|(group, _)| group.second == subscription);
    let sums = Sums::of(own.map(|(_, sums)| sums));
    let bounds = within(period.start_ms, period.end_ms).into_iter();
    let params: Vec<Param<'_>> = bounds.chain([subscription]).map(Param::Integer).collect();
    let statement = format!(
        "SELECT COUNT(DISTINCT model), COUNT(DISTINCT provider), COUNT(DISTINCT end_user) FROM event \
         WHERE {WITHIN} AND subscription = ?"
    );
    let rows = ledger.sql.query(&statement, &params)?;
    let uniques = match rows.first().map(Vec::as_slice) {
        Some(
            [
                Value::Integer(models),
                Value::Integer(providers),
                Value::Integer(end_users),
            ],
        ) => Uniques {
            models: *models,
            providers: *providers,
            end_users: *end_users,
        },
        _ => Uniques::default(),
    };
    Ok((sums, uniques))
}
