//! `/v1/end-users`

use super::end_user::{COLUMNS, EndUser, find, note, read};
use super::metadata;
use crate::http::{Edit, Page, PageAsked, Problem, json, read_body};
use crate::route::{Kind, Parameter};
use crate::router::{Answer, Call};
use crate::sql::Param;
use bearlumen_core::error::ErrorCode;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Which end users to list.
pub(super) const FILTERS: &[Parameter] = &[
    Parameter::new(
        "status",
        Kind::OneOf(&["ACTIVE", "DEACTIVATED"]),
        "Only those",
    ),
    Parameter::new(
        "external_id",
        Kind::Text,
        "Only the one with this external id",
    ),
];

/// An end user to be registered.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct NewEndUser {
    /// The caller's own id, 1 to 512 bytes: the `userId` of events.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 512)))]
    external_id: String,
    /// 1 to 512 bytes.
    name: Option<String>,
    /// An e-mail address.
    email: Option<String>,
    /// A JSON object of the caller's own, at most 10 KB.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")
    )]
    metadata: Option<Box<RawValue>>,
}

/// What is changed of an end user.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "EndUserChange")
)]
pub(super) struct Change {
    /// 1 to 512 bytes; null removes it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<String>"))]
    name: Edit<String>,
    /// An e-mail address; null removes it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<String>"))]
    email: Edit<String>,
    /// A JSON object that replaces the former one; null removes it.
    #[serde(default)]
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")
    )]
    metadata: Edit<Box<RawValue>>,
}

/// One end user.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "EndUserAnswer")
)]
pub(super) struct One {
    end_user: EndUser,
}

/// End users.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "EndUserList")
)]
pub(super) struct List {
    /// The same list as `items`.
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<EndUser>"))]
    end_users: Box<RawValue>,
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<EndUser>"))]
    items: Box<RawValue>,
    /// How many are active, whatever was asked for.
    active_count: i64,
    /// How many are deactivated, whatever was asked for.
    deactivated_count: i64,
    #[serde(flatten)]
    page: Page,
}

/// A list under two names, written once.
pub(super) fn list_text(items: &[impl Serialize]) -> Box<RawValue> {
    serde_json::value::to_raw_value(items).unwrap_or_default()
}

/// `POST /v1/end-users`
pub(super) fn create(call: &Call<'_>) -> Answer {
    let new: NewEndUser = read_body(call.request.body())?;
    let external_id = metadata::text("externalId", new.external_id)?;
    let name = new
        .name
        .map(|name| metadata::text("name", name))
        .transpose()?;
    let email = new.email.map(email_checked).transpose()?;
    let metadata = new.metadata.as_deref().map(metadata::checked).transpose()?;
    // An event that names it may not have reached the table.
    call.tenant.settle(call.sql)?;
    let known = find_external(call, &external_id)?;
    if known.is_some_and(|known| known.registered) {
        let message = "An end user with this externalId is registered already";
        return Err(Problem {
            field: Some("externalId".to_owned()),
            ..Problem::new(ErrorCode::DuplicateCustomer, message)
        });
    }
    let now = Param::Integer(call.ctx.now_ms);
    call.tenant.transaction(call.sql, &mut || {
        note(call, &external_id)?;
        call.sql.execute(
            "UPDATE end_user SET name = ?, email = ?, metadata = ?, registered_ms = ?, updated_ms = ? WHERE external_id = ?",
            &[
                Param::of(name.as_deref()),
                Param::of(email.as_deref()),
                Param::of(metadata.as_deref()),
                now,
                now,
                Param::Text(&external_id),
            ],
        )
    })?;
    let end_user = find_external(call, &external_id)?.ok_or_else(|| unknown(&external_id))?;
    Ok(json(StatusCode::CREATED, &One { end_user }))
}

fn find_external(call: &Call<'_>, external_id: &str) -> Result<Option<EndUser>, Problem> {
    let text = format!("SELECT {COLUMNS} FROM end_user WHERE external_id = ?");
    let rows = call.sql.query(&text, &[Param::Text(external_id)])?;
    Ok(rows.into_iter().find_map(read))
}

fn unknown(named: &str) -> Problem {
    Problem::new(ErrorCode::NotFound, format!("No such end user {named}"))
}

/// The end user that the path names.
fn named(call: &Call<'_>) -> Result<EndUser, Problem> {
    let id = call.path_value("id");
    call.tenant.settle(call.sql)?;
    find(call.sql, &id)?.ok_or_else(|| unknown(&id))
}

/// `GET /v1/end-users/{id}`
pub(super) fn show(call: &Call<'_>) -> Answer {
    let end_user = named(call)?;
    Ok(json(StatusCode::OK, &One { end_user }))
}

/// `PATCH /v1/end-users/{id}`
pub(super) fn change(call: &Call<'_>) -> Answer {
    let change: Change = read_body(call.request.body())?;
    let known = named(call)?;
    let mut set = vec!["updated_ms = ?"];
    let mut values: Vec<Option<String>> = Vec::new();
    for (column, value) in [
        (
            "name = ?",
            metadata::edited(change.name, |name| metadata::text("name", name))?,
        ),
        ("email = ?", metadata::edited(change.email, email_checked)?),
        (
            "metadata = ?",
            metadata::edited(change.metadata, |stored| metadata::checked(&stored))?,
        ),
    ] {
        if let Some(value) = value {
            set.push(column);
            values.push(value.0);
        }
    }
    let text = format!("UPDATE end_user SET {} WHERE id = ?", set.join(", "));
    let mut params = vec![Param::Integer(call.ctx.now_ms)];
    params.extend(values.iter().map(|value| Param::of(value.as_deref())));
    params.push(Param::Text(&known.id));
    call.sql.execute(&text, &params)?;
    show(call)
}

/// `POST /v1/end-users/{id}/deactivate`
pub(super) fn deactivate(call: &Call<'_>) -> Answer {
    let known = named(call)?;
    let now = Param::Integer(call.ctx.now_ms);
    call.sql.execute(
        "UPDATE end_user SET deactivated_ms = ?, updated_ms = ? WHERE id = ? AND deactivated_ms IS NULL",
        &[now, now, Param::Text(&known.id)],
    )?;
    show(call)
}

/// `POST /v1/end-users/{id}/reactivate`
pub(super) fn reactivate(call: &Call<'_>) -> Answer {
    let known = named(call)?;
    call.sql.execute(
        "UPDATE end_user SET deactivated_ms = NULL, updated_ms = ? WHERE id = ? AND deactivated_ms IS NOT NULL",
        &[Param::Integer(call.ctx.now_ms), Param::Text(&known.id)],
    )?;
    show(call)
}

/// `GET /v1/end-users`
pub(super) fn list(call: &Call<'_>) -> Answer {
    let query = call.query();
    let asked = PageAsked::of(&query);
    let mut conditions = vec!["true"];
    let mut params = Vec::new();
    match query.get(&["status"]) {
        Some("ACTIVE") => conditions.push("deactivated_ms IS NULL"),
        Some(_) => conditions.push("deactivated_ms IS NOT NULL"),
        None => {}
    }
    if let Some(external_id) = query.get(&["external_id"]) {
        conditions.push("external_id = ?");
        params.push(Param::Text(external_id));
    }
    let conditions = conditions.join(" AND ");
    let total = call.sql.count(
        &format!("SELECT COUNT(*) FROM end_user WHERE {conditions}"),
        &params,
    )?;
    params.push(Param::Integer(asked.limit));
    params.push(Param::Integer(asked.offset));
    let rows = call.sql.query(
        &format!(
            "SELECT {COLUMNS} FROM end_user WHERE {conditions} ORDER BY created_ms, label LIMIT ? OFFSET ?"
        ),
        &params,
    )?;
    let count = |condition: &str| {
        call.sql.count(
            &format!("SELECT COUNT(*) FROM end_user WHERE deactivated_ms {condition}"),
            &[],
        )
    };
    let found: Vec<EndUser> = rows.into_iter().filter_map(read).collect();
    Ok(json(
        StatusCode::OK,
        &List {
            end_users: list_text(&found),
            items: list_text(&found),
            active_count: count("IS NULL")?,
            deactivated_count: count("IS NOT NULL")?,
            page: asked.page(total),
        },
    ))
}

/// An address that mail could be sent to: one `@`, a name before it, a dotted host after it, nothing blank. Whether
/// anybody is there only mail can tell.
fn email_checked(email: String) -> Result<String, Problem> {
    let is_host = |host: &str| {
        host.contains('.')
            && host.split('.').all(|label| {
                !label.is_empty()
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            })
    };
    let right = email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && email.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && name.len() <= 64
                && !name.starts_with('.')
                && !name.ends_with('.')
                && !name.contains("..")
                && !host.contains('@')
                && is_host(host)
        });
    if right {
        return Ok(email);
    }
    let message = "Invalid email: expected an address such as name@example.com";
    Err(Problem {
        field: Some("email".to_owned()),
        ..Problem::new(ErrorCode::InvalidEmail, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for right in [
            "name@example.com",
            "first.last+tag@sub.example.co.uk",
            "jörg@müller.de",
            "a@b.c",
        ] {
            assert!(email_checked(right.to_owned()).is_ok(), "{right}");
        }
        for wrong in [
            "",
            "name",
            "name@",
            "@example.com",
            "a@b",
            "a@@b.c",
            "a b@c.d",
            "a@b..c",
            "a@-b.c",
            "a@b.c-",
            ".a@b.c",
            "a..b@c.d",
            "a@b.c\n",
            "[email protected]",
        ] {
            let problem = email_checked(wrong.to_owned()).unwrap_err();
            assert_eq!(problem.code, ErrorCode::InvalidEmail, "{wrong}");
        }
    }
}
