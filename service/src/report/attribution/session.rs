//! `GET /v1/attribution/sessions/{sessionId}`

use super::sessions::{SELECT, Session};
use crate::http::{Problem, json};
use crate::ledger::block::OF_SESSION;
use crate::report::labels::find;
use crate::report::shape::{Item, Naming, items};
use crate::report::sums::session_groups;
use crate::report::usage::{Event, select};
use crate::router::{Answer, Call};
use crate::sql::Param;
use bearlumen_core::error::ErrorCode;
use http::StatusCode;
use serde::Serialize;

/// The most events that are shown of a session.
const MAX_EVENTS: i64 = 1000;

/// One session in detail.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Detail {
    session: Session,
    /// Its costs by model, the dearest first.
    by_model: Vec<Item>,
    /// Its costs by feature, the dearest first.
    by_feature: Vec<Item>,
    /// Its first 1000 events, the oldest first.
    events: Vec<Event>,
    /// It has more events.
    has_more: bool,
}

pub(super) fn session(call: &Call<'_>) -> Answer {
    let missing = || Problem::new(ErrorCode::NotFound, "No session with this id");
    let label = find(call.sql, &call.path_value("sessionId"))?.ok_or_else(missing)?;
    let rows = call.sql.query(
        &format!("{SELECT} WHERE label = ?"),
        &[Param::Integer(label)],
    )?;
    let row = rows.into_iter().next().ok_or_else(missing)?;
    let by = |column, naming| -> Result<Vec<Item>, Problem> {
        let groups = session_groups(call.sql, label, column)?;
        let (items, _) = items(call, naming, &groups)?;
        Ok(items.into_iter().map(|(_, item)| item).collect())
    };
    let rows = call.sql.query(
        &select(
            &format!("WHERE {OF_SESSION} ORDER BY at_ms, seq LIMIT ?"),
            "at_ms, seq",
        ),
        &[label, label, MAX_EVENTS + 1].map(Param::Integer),
    )?;
    let mut events = rows
        .into_iter()
        .map(Event::read)
        .collect::<Result<Vec<_>, _>>()?;
    let most = usize::try_from(MAX_EVENTS).unwrap_or(usize::MAX);
    let has_more = events.len() > most;
    events.truncate(most);
    Ok(json(
        StatusCode::OK,
        &Detail {
            session: Session::read(row)?,
            by_model: by("model", Naming::Model)?,
            by_feature: by("feature", Naming::Feature)?,
            events,
            has_more,
        },
    ))
}
