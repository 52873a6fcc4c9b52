//! `GET /v1/usage/events` and its older path.

use super::count::matching;
use super::cursor::Cursor;
use super::event::{Event, select};
use super::filter::Filter;
use crate::http::{Page, PageAsked, json};
use crate::ledger::block::{WITHIN, newest, within};
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

/// One more than asked for, which tells whether there are more. Read backwards, a stretch of time after the other that
/// the blocks say to hold enough of them; where a filter lets few pass, ever longer ones.
fn read(
    asked: &Asked<'_>,
    filter: &Filter,
    page: PageAsked,
    cursor: Option<Cursor>,
) -> Result<Vec<Event>, SqlError> {
    let sql = asked.call.sql;
    let start_ms = asked.period.start_ms;
    let mut end_ms = asked.period.end_ms;
    let mut conditions = format!("WHERE {WITHIN}{}", filter.conditions());
    let mut numbers: Vec<i64> = filter.numbers().collect();
    if let Some(Cursor { at_ms, seq }) = cursor {
        end_ms = end_ms.min(at_ms.saturating_add(1));
        conditions += " AND (at_ms < ? OR seq < ?)";
        numbers.extend([at_ms, seq]);
    }
    let count = format!("SELECT COUNT(*) FROM event {conditions}");
    let statement = select(
        &format!("{conditions} ORDER BY at_ms DESC, seq DESC LIMIT ? OFFSET ?"),
        "at_ms DESC, seq DESC",
    );
    let mut events = Vec::new();
    let mut left = page.limit + 1;
    let mut skipped = page.offset;
    let mut wanted = left.saturating_add(skipped);
    while left > 0 && start_ms < end_ms {
        let from_ms = newest(sql, start_ms, end_ms, wanted)?;
        let bounds = within(from_ms, end_ms).into_iter();
        let mut params: Vec<Param<'_>> = bounds
            .chain(numbers.iter().copied())
            .map(Param::Integer)
            .collect();
        let passed = if skipped > 0 {
            sql.count(&count, &params)?.min(skipped)
        } else {
            0
        };
        params.extend([left, passed].map(Param::Integer));
        for row in sql.query(&statement, &params)? {
            events.push(Event::read(row)?);
            left -= 1;
        }
        skipped -= passed;
        end_ms = from_ms;
        wanted = wanted.saturating_mul(4);
    }
    Ok(events)
}
