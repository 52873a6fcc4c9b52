//! `GET /v1/usage/events` and its older path.

use super::count::matching;
use super::cursor::Cursor;
use super::event::{Event, SELECT};
use super::filter::Filter;
use crate::http::{Page, PageAsked, json};
use crate::report::asked::Asked;
use crate::report::shape::Span;
use crate::router::{Answer, Call};
use crate::sql::{Param, SqlError};
use http::StatusCode;
use serde::Serialize;

/// Events of a range, the newest first.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Events<'a> {
    events: &'a [Event],
    /// The same list under another name.
    data: &'a [Event],
    /// The same list under another name.
    items: &'a [Event],
    #[serde(flatten)]
    page: Page,
    /// Asks for what follows; `null` at the end.
    next_cursor: Option<String>,
    #[serde(flatten)]
    span: Span,
}

pub(super) fn events(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let wanted = PageAsked::of(&asked.query);
    let cursor = asked
        .query
        .get(&["cursor"])
        .map(Cursor::parse)
        .transpose()?;
    let mut page = wanted.page(0);
    let mut events = Vec::new();
    if let Some(filter) = Filter::of(&asked.query, call.sql)? {
        page.total = matching(&asked.ledger(), &filter, asked.period)?;
        events = read(&asked, &filter, wanted, cursor)?;
    }
    let limit = usize::try_from(wanted.limit).unwrap_or(usize::MAX);
    page.has_more = events.len() > limit;
    events.truncate(limit);
    let last = events.last().filter(|_| page.has_more);
    let next_cursor = last.map(|event| {
        Cursor {
            at_ms: event.at_ms,
            seq: event.seq,
        }
        .to_text()
    });
    Ok(json(
        StatusCode::OK,
        &Events {
            events: &events,
            data: &events,
            items: &events,
            page,
            next_cursor,
            span: asked.period.into(),
        },
    ))
}

/// One more than asked for, which tells whether there are more.
fn read(
    asked: &Asked<'_>,
    filter: &Filter,
    page: PageAsked,
    cursor: Option<Cursor>,
) -> Result<Vec<Event>, SqlError> {
    let mut numbers = vec![asked.period.start_ms, asked.period.end_ms];
    let behind = match cursor {
        Some(Cursor { at_ms, seq }) => {
            numbers.extend([at_ms, at_ms, seq]);
            " AND at_ms <= ? AND (at_ms < ? OR seq < ?)"
        }
        None => "",
    };
    let statement = format!(
        "{SELECT} WHERE at_ms >= ? AND at_ms < ?{behind}{} ORDER BY at_ms DESC, seq DESC LIMIT ? OFFSET ?",
        filter.conditions()
    );
    numbers.extend(filter.numbers());
    numbers.extend([page.limit + 1, page.offset]);
    let params: Vec<Param<'_>> = numbers.into_iter().map(Param::Integer).collect();
    let rows = asked.call.sql.query(&statement, &params)?;
    rows.into_iter().map(Event::read).collect()
}
