//! `/v1/revenue/events`

use super::event::{COLUMNS, NewRevenue, Revenue, RevenueEvent, find, read};
use crate::customers::find_or_note;
use crate::http::{Page, PageAsked, Problem, json, read_body, read_object};
use crate::route::{Kind, Parameter};
use crate::router::{Answer, Call};
use crate::settings::Instants;
use crate::sql::{Param, SqlError};
use bearlumen_core::error::ErrorCode;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The most events of a request.
const MAX_EVENTS: usize = 1000;

/// Which events to list.
pub(super) const FILTERS: &[Parameter] = &[Parameter::new(
    "user_id",
    Kind::Text,
    "Only those of this end user, by its id or external id",
)];

/// One revenue event, or several.
#[cfg(feature = "openapi")]
#[derive(schemars::JsonSchema)]
#[schemars(untagged, rename = "ReportedRevenue")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum Reported {
    /// One event.
    One(NewRevenue),
    /// Up to 1000 events.
    Several {
        /// All are recorded, or none.
        events: Vec<NewRevenue>,
    },
}

#[cfg(not(feature = "openapi"))]
pub(super) enum Reported {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Several {
    events: Vec<Box<RawValue>>,
}

/// What was recorded: of one event its own fields, of several how many were.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "RecordedRevenue")
)]
pub(super) struct Answered {
    /// The event, when one was sent.
    #[serde(flatten)]
    one: Option<RecordedOne>,
    /// How many were new.
    recorded_count: usize,
    /// How many were reported before.
    skipped_count: usize,
    /// By the order they were sent in.
    results: Vec<RecordedOne>,
}

/// An event that was reported.
#[derive(Serialize, Clone)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct RecordedOne {
    /// False when it was reported before.
    recorded: bool,
    #[serde(flatten)]
    event: RevenueEvent,
}

/// Revenue events.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "RevenueEventList")
)]
pub(super) struct List {
    events: Vec<RevenueEvent>,
    /// The same list.
    items: Vec<RevenueEvent>,
    #[serde(flatten)]
    page: Page,
}

/// `POST /v1/revenue/events`
pub(super) fn create(call: &Call<'_>) -> Answer {
    let instants = Instants::of(call)?;
    let body = call.request.body();
    let is_list = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(body)
        .is_ok_and(|fields| fields.contains_key("events"));
    let mut events = Vec::new();
    if is_list {
        let several: Several = read_body(body)?;
        if several.events.is_empty() || several.events.len() > MAX_EVENTS {
            let message = format!(
                "Invalid events: expected 1 to {MAX_EVENTS} events, got {}",
                several.events.len()
            );
            return Err(Problem::invalid("events", message));
        }
        for (position, text) in several.events.iter().enumerate() {
            let place = format!("events[{position}].");
            let new: NewRevenue = read_object(text.get(), &place)?;
            events.push(new.checked(&place, &instants, &call.ctx.entropy, position)?);
        }
    } else {
        let new: NewRevenue = read_body(body)?;
        events.push(new.checked("", &instants, &call.ctx.entropy, 0)?);
    }
    call.tenant.settle(call.sql)?;
    let mut results = Vec::new();
    let mut refused = None;
    call.tenant
        .transaction(call.sql, &mut || {
            for (position, event) in events.iter().enumerate() {
                match record(call, event)? {
                    Ok(result) => results.push(result),
                    Err(problem) => {
                        refused = Some(placed(problem, is_list, position));
                        // Undoes what stands before it.
                        return Err(SqlError {
                            kind: crate::sql::SqlErrorKind::Constraint,
                            message: "refused".to_owned(),
                        });
                    }
                }
            }
            Ok(())
        })
        .or_else(|error| {
            if refused.is_some() {
                Ok(())
            } else {
                Err(error)
            }
        })?;
    if let Some(problem) = refused {
        return Err(problem);
    }
    let recorded_count = results.iter().filter(|result| result.recorded).count();
    let status = if recorded_count > 0 {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let answered = Answered {
        one: if is_list {
            None
        } else {
            results.first().cloned()
        },
        recorded_count,
        skipped_count: results.len() - recorded_count,
        results,
    };
    Ok(json(status, &answered))
}

fn placed(problem: Problem, is_list: bool, position: usize) -> Problem {
    let field = problem.field.map(|field| {
        if is_list {
            format!("events[{position}].{field}")
        } else {
            field
        }
    });
    Problem { field, ..problem }
}

/// Stores one event inside a transaction. The inner `Err` is the caller's mistake.
fn record(call: &Call<'_>, event: &Revenue) -> Result<Result<RecordedOne, Problem>, SqlError> {
    let shown = |recorded: bool, event: RevenueEvent| Ok(RecordedOne { recorded, event });
    if let Some((known, hash)) = find(call.sql, &event.id)? {
        if hash == event.content_hash {
            return Ok(shown(false, known));
        }
        let message = "The idempotencyKey was used for different revenue, which is unchanged";
        return Ok(Err(Problem {
            field: Some("idempotencyKey".to_owned()),
            ..Problem::new(ErrorCode::IdempotencyConflict, message)
        }));
    }
    let Some(external_id) = find_or_note(call, &event.user)? else {
        let message = format!("No such end user {}", event.user);
        return Ok(Err(Problem {
            field: Some("userId".to_owned()),
            ..Problem::new(ErrorCode::NotFound, message)
        }));
    };
    call.sql.execute(
        "INSERT INTO revenue_event (id, content_hash, external_id, amount_nanos, period_start_ms, period_end_ms, \
         subscription, description, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &[
            Param::Text(&event.id),
            Param::Text(&event.content_hash),
            Param::Text(&external_id),
            Param::Integer(event.amount_nanos),
            Param::Integer(event.period.start_ms),
            Param::Integer(event.period.end_ms),
            Param::of(event.subscription.as_deref()),
            Param::of(event.description.as_deref()),
            Param::Integer(call.ctx.now_ms),
        ],
    )?;
    match find(call.sql, &event.id)? {
        Some((stored, _)) => Ok(shown(true, stored)),
        None => Err(SqlError {
            kind: crate::sql::SqlErrorKind::Other,
            message: "a revenue event is gone after its insertion".to_owned(),
        }),
    }
}

/// `GET /v1/revenue/events`
pub(super) fn list(call: &Call<'_>) -> Answer {
    let query = call.query();
    let asked = PageAsked::of(&query);
    let (condition, mut params) = match query.get(&["user_id"]) {
        None => ("true", Vec::new()),
        Some(user) => (
            "external_id = IFNULL((SELECT external_id FROM end_user WHERE id = ?), ?)",
            vec![Param::Text(user), Param::Text(user)],
        ),
    };
    let total = call.sql.count(
        &format!("SELECT COUNT(*) FROM revenue_event WHERE {condition}"),
        &params,
    )?;
    params.push(Param::Integer(asked.limit));
    params.push(Param::Integer(asked.offset));
    let rows = call.sql.query(
        &format!("SELECT {COLUMNS} FROM revenue_event WHERE {condition} ORDER BY seq DESC LIMIT ? OFFSET ?"),
        &params,
    )?;
    let events: Vec<RevenueEvent> = rows.into_iter().filter_map(read).collect();
    Ok(json(
        StatusCode::OK,
        &List {
            items: events.clone(),
            events,
            page: asked.page(total),
        },
    ))
}
