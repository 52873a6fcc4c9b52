//! `GET /v1/attribution/sessions`

use crate::http::{Page, PageAsked, json};
use crate::ledger::session_count::{EVERYONE, count};
use crate::report::asked::Asked;
use crate::report::labels::find;
use crate::report::shape::{Span, Totals};
use crate::report::sums::{Sums, broken};
use crate::router::{Answer, Call};
use crate::sql::{Param, Row, SqlError, Value};
use bearlumen_core::timestamp::format_ms;
use http::StatusCode;
use serde::Serialize;

/// What one session cost, all of its events.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Session {
    session_id: String,
    /// As the first event states it that does.
    session_type: Option<String>,
    /// The end user, by the caller's own id, as the first event states it that does.
    user_id: Option<String>,
    /// When its first event was, ISO 8601 in UTC.
    started_at: String,
    /// When its last event was.
    ended_at: String,
    /// Milliseconds between the two.
    duration_ms: i64,
    #[serde(flatten)]
    totals: Totals,
}

/// Sessions, the newest first.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Sessions<'a> {
    sessions: &'a [Session],
    /// The same list under another name.
    items: &'a [Session],
    #[serde(flatten)]
    page: Page,
    #[serde(flatten)]
    span: Span,
}

const NO_LABEL: i64 = -2;

/// Reads sessions; to be continued after `FROM session`.
pub(super) const SELECT: &str = "SELECT (SELECT text FROM label WHERE label.id = session.label), \
     (SELECT text FROM label WHERE label.id = session_type), (SELECT text FROM label WHERE label.id = end_user), \
     first_ms, last_ms, events, unpriced, estimated, CAST(cost_nanos AS TEXT), CAST(input_tokens AS TEXT), \
     CAST(output_tokens AS TEXT) FROM session";

impl Session {
    /// Reads a row of [`SELECT`].
    pub(super) fn read(row: Row) -> Result<Self, SqlError> {
        let text = |value: Value| match value {
            Value::Text(text) => Some(text),
            _ => None,
        };
        let number = |value: &Value| match value {
            Value::Integer(number) => Ok(i128::from(*number)),
            Value::Text(text) => text.parse().map_err(|_| broken()),
            _ => Err(broken()),
        };
        let Ok([id, kind, user, first, last, sums @ ..]) = <[Value; 11]>::try_from(row) else {
            return Err(broken());
        };
        let (Value::Integer(first_ms), Value::Integer(last_ms)) = (first, last) else {
            return Err(broken());
        };
        let [events, unpriced, estimated, cost, input, output] = &sums;
        let sums = Sums {
            events: number(events)?,
            unpriced: number(unpriced)?,
            estimated: number(estimated)?,
            cost_nanos: number(cost)?,
            input_tokens: number(input)?,
            output_tokens: number(output)?,
            quantity_micros: 0,
        };
        Ok(Self {
            session_id: text(id).ok_or_else(broken)?,
            session_type: text(kind),
            user_id: text(user),
            started_at: format_ms(first_ms),
            ended_at: format_ms(last_ms),
            duration_ms: last_ms - first_ms,
            totals: (&sums).into(),
        })
    }
}

pub(super) fn sessions(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let wanted = PageAsked::of(&asked.query);
    let mut conditions = "WHERE first_ms >= ? AND first_ms < ?".to_owned();
    let mut numbers = vec![asked.period.start_ms, asked.period.end_ms];
    // No label has this number, so a text that no event ever had finds nothing.
    let label = |name| match asked.query.get(&[name]) {
        Some(text) => find(call.sql, text).map(|label| Some(label.unwrap_or(NO_LABEL))),
        None => Ok(None),
    };
    let (session_type, end_user) = (label("session_type")?, label("user_id")?);
    for (label, condition) in [
        (session_type, " AND session_type = ?"),
        (end_user, " AND end_user = ?"),
    ] {
        if let Some(label) = label {
            conditions += condition;
            numbers.push(label);
        }
    }
    let range = (asked.period.start_ms, asked.period.end_ms);
    let total = count(call.sql, range, end_user.unwrap_or(EVERYONE), session_type)?;
    let statement = format!(
        "{SELECT} {conditions} ORDER BY first_ms DESC, session.label DESC LIMIT ? OFFSET ?"
    );
    numbers.extend([wanted.limit, wanted.offset]);
    let rows = call.sql.query(&statement, &params(&numbers))?;
    let sessions = rows
        .into_iter()
        .map(Session::read)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json(
        StatusCode::OK,
        &Sessions {
            sessions: &sessions,
            items: &sessions,
            page: wanted.page(total),
            span: asked.period.into(),
        },
    ))
}

fn params(numbers: &[i64]) -> Vec<Param<'_>> {
    numbers.iter().copied().map(Param::Integer).collect()
}
