//! `GET /v1/dimensions`

use super::define::Definition;
use crate::http::json;
use crate::report::asked::calendar;
use crate::report::labels::{Texts, find};
use crate::report::period::Calendar;
use crate::router::{Answer, Call};
use crate::sql::{Param, Row, SqlError, Value};
use bearlumen_core::timestamp::format_ms;
use http::StatusCode;
use serde::Serialize;
use std::collections::BTreeMap;

/// All dimensions.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Definitions<'a> {
    definitions: &'a [Definition],
    /// The same list under another name.
    items: &'a [Definition],
}

/// On which day a key was last seen, as a text and as a number.
const SEEN: &str = "SELECT a, MAX(slot), 'text' FROM rollup WHERE kind = 7 AND grain = 1 GROUP BY a \
     UNION ALL SELECT key, MAX(slot), 'numeric' FROM numeric_sum WHERE grain = 1 GROUP BY key";

const SEEN_ONE: &str = "SELECT MAX(slot) FROM (SELECT MAX(slot) AS slot FROM rollup WHERE kind = 7 AND grain = 1 AND a = ? \
     UNION ALL SELECT MAX(slot) FROM numeric_sum WHERE grain = 1 AND key = ?)";

pub(super) fn definitions(call: &Call<'_>) -> Answer {
    let calendar = calendar(call)?;
    let seen = call.sql.query(SEEN, &[])?;
    let labels = seen.iter().filter_map(|row| match row.first() {
        Some(Value::Integer(label)) => Some(*label),
        _ => None,
    });
    let texts = Texts::of(call, labels)?;
    let mut by_key: BTreeMap<String, Definition> = BTreeMap::new();
    for row in seen {
        add_seen(&mut by_key, &row, &texts, &calendar);
    }
    let described = call.sql.query(
        "SELECT key, name, type, description, created_ms FROM dimension_definition",
        &[],
    )?;
    for row in described {
        add_described(&mut by_key, row);
    }
    let definitions: Vec<Definition> = by_key.into_values().collect();
    Ok(json(
        StatusCode::OK,
        &Definitions {
            definitions: &definitions,
            items: &definitions,
        },
    ))
}

/// When a key was last seen.
pub(super) fn last_seen(call: &Call<'_>, key: &str) -> Result<Option<String>, SqlError> {
    let Some(label) = find(call.sql, key)? else {
        return Ok(None);
    };
    let label = Param::Integer(label);
    let rows = call.sql.query(SEEN_ONE, &[label, label])?;
    Ok(match rows.first().map(Vec::as_slice) {
        Some([Value::Integer(day)]) => calendar(call)?.start_of_day(*day).map(format_ms),
        _ => None,
    })
}

fn add_seen(
    by_key: &mut BTreeMap<String, Definition>,
    row: &Row,
    texts: &Texts,
    calendar: &Calendar,
) {
    let [
        Value::Integer(label),
        Value::Integer(day),
        Value::Text(kind),
    ] = row.as_slice()
    else {
        return;
    };
    let Some(key) = texts.get(*label) else { return };
    let last_seen_at = calendar.start_of_day(*day).map(format_ms);
    if let Some(known) = by_key.get_mut(key) {
        // A key that is both is shown as the text that costs are grouped by.
        known.last_seen_at = known.last_seen_at.take().max(last_seen_at);
        return;
    }
    let definition = Definition {
        key: key.to_owned(),
        name: key.to_owned(),
        r#type: kind.clone(),
        description: None,
        configured: false,
        created_at: None,
        last_seen_at,
    };
    by_key.insert(key.to_owned(), definition);
}

fn add_described(by_key: &mut BTreeMap<String, Definition>, row: Row) {
    if let Ok(
        [
            Value::Text(key),
            Value::Text(name),
            Value::Text(kind),
            description,
            Value::Integer(created_ms),
        ],
    ) = <[Value; 5]>::try_from(row)
    {
        let last_seen_at = by_key
            .get_mut(&key)
            .and_then(|seen| seen.last_seen_at.take());
        let definition = Definition {
            key: key.clone(),
            name,
            r#type: kind,
            description: match description {
                Value::Text(text) => Some(text),
                _ => None,
            },
            configured: true,
            created_at: Some(format_ms(created_ms)),
            last_seen_at,
        };
        by_key.insert(key, definition);
    }
}
