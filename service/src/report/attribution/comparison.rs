//! `GET /v1/attribution/session-comparison`

use crate::http::json;
use crate::report::asked::Asked;
use crate::report::labels::Texts;
use crate::report::money::{count, dollars, mean, units};
use crate::report::period::Period;
use crate::report::shape::{Span, Totals};
use crate::report::sums::{Sums, broken};
use crate::router::{Answer, Call};
use crate::sql::{Param, Row, Sql, SqlError, Value};
use bearlumen_core::order;
use http::StatusCode;
use serde::Serialize;
use std::collections::HashMap;

/// The sessions of one type.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct SessionType {
    /// `null` for sessions without a type.
    session_type: Option<String>,
    session_count: i64,
    /// US dollars; `null` when no event has a price.
    average_cost_per_session: Option<f64>,
    /// US dollars of the cheapest session.
    min_cost: f64,
    /// The same in nano-dollars (10^-9 USD), as decimal text.
    min_cost_nanos: String,
    /// US dollars of the dearest session.
    max_cost: f64,
    /// The same in nano-dollars, as decimal text.
    max_cost_nanos: String,
    /// US dollars of the session in the middle, the mean of two where two are in the middle; `null` when no event has a
    /// price.
    median_cost: Option<f64>,
    average_events_per_session: f64,
    /// Milliseconds from a session's first event to its last.
    average_duration_ms: f64,
    #[serde(flatten)]
    totals: Totals,
}

/// Types of sessions side by side.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Comparison<'a> {
    items: &'a [SessionType],
    /// The same list under another name.
    session_types: &'a [SessionType],
    #[serde(flatten)]
    span: Span,
}

pub(super) fn comparison(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let wanted = asked.query.words("session_types");
    let types = read(call.sql, asked.period)?;
    let medians = medians(call.sql, asked.period)?;
    let texts = Texts::of(call, types.iter().map(|found| found.label))?;
    let mut types: Vec<&Found> = types
        .iter()
        .filter(|found| {
            wanted.is_empty() || texts.get(found.label).is_some_and(|t| wanted.contains(&t))
        })
        .collect();
    order::by(&mut types, |a, b| {
        let by_cost = b.sums.cost_nanos.cmp(&a.sums.cost_nanos);
        by_cost.then_with(|| texts.get(a.label).cmp(&texts.get(b.label)))
    });
    let items: Vec<SessionType> = types
        .into_iter()
        .map(|found| SessionType {
            session_type: texts.owned(found.label),
            session_count: count(found.sessions),
            average_cost_per_session: known(mean(found.sums.cost_nanos, found.sessions), found),
            min_cost: dollars(found.min),
            min_cost_nanos: found.min.to_string(),
            max_cost: dollars(found.max),
            max_cost_nanos: found.max.to_string(),
            median_cost: known(
                medians
                    .get(&found.label)
                    .and_then(|(sum, count)| mean(*sum, *count)),
                found,
            ),
            average_events_per_session: average(found.sums.events, found.sessions),
            average_duration_ms: average(found.duration_ms, found.sessions),
            totals: (&found.sums).into(),
        })
        .collect();
    Ok(json(
        StatusCode::OK,
        &Comparison {
            items: &items,
            session_types: &items,
            span: asked.period.into(),
        },
    ))
}

/// An average, unless no event of the sessions has a price.
fn known(cost: Option<f64>, found: &Found) -> Option<f64> {
    cost.filter(|_| found.sums.unpriced < found.sums.events)
}

struct Found {
    label: i64,
    sessions: i128,
    min: i128,
    max: i128,
    duration_ms: i128,
    sums: Sums,
}

fn read(sql: &dyn Sql, period: Period) -> Result<Vec<Found>, SqlError> {
    let rows = sql.query(
        "SELECT IFNULL(session_type, 0), COUNT(*), CAST(MIN(cost_nanos) AS TEXT), CAST(MAX(cost_nanos) AS TEXT), \
         CAST(SUM(last_ms - first_ms) AS TEXT), SUM(events), SUM(unpriced), SUM(estimated), \
         CAST(SUM(cost_nanos) AS TEXT), CAST(SUM(input_tokens) AS TEXT), CAST(SUM(output_tokens) AS TEXT) \
         FROM session WHERE first_ms >= ? AND first_ms < ? GROUP BY 1",
        &[Param::Integer(period.start_ms), Param::Integer(period.end_ms)],
    )?;
    rows.iter().map(found).collect()
}

fn found(row: &Row) -> Result<Found, SqlError> {
    let numbers = row
        .iter()
        .map(|value| match value {
            Value::Integer(number) => Ok(i128::from(*number)),
            Value::Text(text) => text.parse().map_err(|_| broken()),
            _ => Err(broken()),
        })
        .collect::<Result<Vec<i128>, SqlError>>()?;
    let [label, sessions, min, max, duration_ms, sums @ ..] = numbers.as_slice() else {
        return Err(broken());
    };
    let &[
        events,
        unpriced,
        estimated,
        cost_nanos,
        input_tokens,
        output_tokens,
    ] = sums
    else {
        return Err(broken());
    };
    Ok(Found {
        label: i64::try_from(*label).map_err(|_| broken())?,
        sessions: *sessions,
        min: *min,
        max: *max,
        duration_ms: *duration_ms,
        sums: Sums {
            events,
            unpriced,
            estimated,
            cost_nanos,
            input_tokens,
            output_tokens,
            quantity_micros: 0,
        },
    })
}

/// By type: the sum of the one or two costs in the middle, and how many there are.
fn medians(sql: &dyn Sql, period: Period) -> Result<HashMap<i64, (i128, i128)>, SqlError> {
    let rows = sql.query(
        "SELECT type, CAST(SUM(cost_nanos) AS TEXT), COUNT(*) FROM ( \
         SELECT IFNULL(session_type, 0) AS type, cost_nanos, \
         ROW_NUMBER() OVER (PARTITION BY IFNULL(session_type, 0) ORDER BY cost_nanos) AS place, \
         COUNT(*) OVER (PARTITION BY IFNULL(session_type, 0)) AS sessions \
         FROM session WHERE first_ms >= ? AND first_ms < ?) \
         WHERE place IN ((sessions + 1) / 2, (sessions + 2) / 2) GROUP BY type",
        &[
            Param::Integer(period.start_ms),
            Param::Integer(period.end_ms),
        ],
    )?;
    let pair = |row: Row| match row.as_slice() {
        [
            Value::Integer(label),
            Value::Text(sum),
            Value::Integer(count),
        ] => {
            let sum = sum.parse().map_err(|_| broken())?;
            Ok((*label, (sum, i128::from(*count))))
        }
        _ => Err(broken()),
    };
    rows.into_iter().map(pair).collect()
}

/// A mean that is no money, to six decimals.
fn average(sum: i128, count: i128) -> f64 {
    if count == 0 {
        return 0.0;
    }
    units((sum * 1_000_000 + count / 2).div_euclid(count))
}
