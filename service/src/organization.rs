//! The organisation a database belongs to.

use crate::auth::{self, CreatedKey, create_logged_key};
use crate::http::{Problem, json, read_body};
use crate::limits::Plan;
use crate::route::{Access, Route, Verb};
use crate::router::{Answer, Call};
use crate::settings;
use crate::sql::{Param, Sql, SqlError, Value};
use crate::tenant::organization::{OrganizationSettings, PLAN, write_setting};
use bearlumen_core::error::ErrorCode;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Names an organisation: `org_` and 13 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrganizationId {
    bytes: [u8; 8],
    text: String,
}

impl OrganizationId {
    /// The id of these 8 bytes.
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        Self {
            bytes,
            text: format!("org_{}", auth::encode(&bytes)),
        }
    }

    /// Reads `org_…`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = auth::decode(text.strip_prefix("org_")?)?;
        let id = Self::from_bytes(bytes.try_into().ok()?);
        (id.text == text).then_some(id)
    }

    /// `org_…`
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn bytes(&self) -> [u8; 8] {
        self.bytes
    }
}

impl fmt::Display for OrganizationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// An organisation as its database knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// What its owner calls it.
    pub name: String,
}

/// Makes this database an organisation's. A database that is one already stays what it is; the answer tells.
pub fn create_organization(
    sql: &dyn Sql,
    id: &OrganizationId,
    name: &str,
    now_ms: i64,
) -> Result<Organization, SqlError> {
    sql.execute(
        "INSERT INTO organization (id, name, created_ms) SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM organization)",
        &[Param::Text(id.as_str()), Param::Text(name), Param::Integer(now_ms)],
    )?;
    let stored = find_organization(sql)?;
    Ok(stored.unwrap_or(Organization {
        id: id.clone(),
        name: name.to_owned(),
    }))
}

/// The organisation this database belongs to, if it was created.
pub fn find_organization(sql: &dyn Sql) -> Result<Option<Organization>, SqlError> {
    let rows = sql.query("SELECT id, name FROM organization", &[])?;
    Ok(rows.first().and_then(|row| match row.as_slice() {
        [Value::Text(id), Value::Text(name)] => Some(Organization {
            id: OrganizationId::parse(id)?,
            name: name.clone(),
        }),
        _ => None,
    }))
}

/// The organisation itself.
pub(crate) const ROUTES: [Route; 4] = [
    Route::new(Verb::Get, "/v1/ping", Access::Key, ping)
        .about("Whose key this is", "Answers when service and key work.")
        .without_sums()
        .answers::<Pong<'static>>(200),
    Route::new(Verb::Post, "/admin/organizations", Access::Operator, create)
        .about(
            "Make an organisation",
            "Answers it and its first key, which has every scope.",
        )
        .takes_optionally::<NewOrganization>()
        .answers::<Created<'static>>(201),
    Route::new(
        Verb::Get,
        "/admin/organizations/{id}",
        Access::Operator,
        show,
    )
    .about("An organisation and its settings", "")
    .without_sums()
    .answers::<OneShown<'static>>(200),
    Route::new(
        Verb::Patch,
        "/admin/organizations/{id}",
        Access::Operator,
        change,
    )
    .about(
        "Change an organisation's name or plan",
        "What is left out stays.",
    )
    .takes::<OrganizationChange>()
    .answers::<OneShown<'static>>(200),
];

/// Gives the organisation another name.
pub(crate) fn rename_organization(sql: &dyn Sql, name: &str) -> Result<(), SqlError> {
    sql.execute("UPDATE organization SET name = ?", &[Param::Text(name)])
}

/// The organisation that an operator asks for.
pub(crate) fn known(call: &Call<'_>) -> Result<Organization, Problem> {
    find_organization(call.sql)?
        .ok_or_else(|| Problem::new(ErrorCode::NotFound, "No such organization"))
}

/// Who answers, and for whom.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Pong<'a> {
    /// Always true.
    ok: bool,
    /// `org_…`
    organization_id: &'a str,
}

/// An organisation to be made.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct NewOrganization {
    /// What it is called, up to 200 characters; `default` when empty.
    name: String,
}

/// What the operator changes of an organisation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct OrganizationChange {
    /// What it is called, 1 to 200 characters.
    name: Option<String>,
    /// What its keys may do a minute: `self_hosted` (no limit), `free`, `starter`, `pro`, `enterprise`.
    plan: Option<String>,
}

/// An organisation as the operator sees it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "Organization")
)]
struct Shown<'a> {
    /// `org_…`
    id: &'a str,
    #[serde(flatten)]
    settings: settings::Shown<'a>,
}

/// An organisation.
#[derive(Serialize)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "OrganizationAnswer")
)]
struct OneShown<'a> {
    organization: Shown<'a>,
}

/// A new organisation and its first key.
#[derive(Serialize)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "CreatedOrganization")
)]
struct Created<'a> {
    organization: Shown<'a>,
    #[serde(flatten)]
    key: CreatedKey,
}

const MAX_NAME_CHARS: usize = 200;

fn check_name(name: &str) -> Result<(), Problem> {
    if name.trim().is_empty() || name.chars().count() > MAX_NAME_CHARS {
        let message = format!("Invalid name: expected 1 to {MAX_NAME_CHARS} characters");
        return Err(Problem::invalid("name", message));
    }
    Ok(())
}

fn shown<'a>(organization: &'a Organization, settings: &'a OrganizationSettings) -> Shown<'a> {
    Shown {
        id: organization.id.as_str(),
        settings: settings::shown(&organization.name, settings),
    }
}

/// `GET /admin/organizations/{id}`
fn show(call: &Call<'_>) -> Answer {
    let organization = known(call)?;
    let settings = call.tenant.organization(call.sql)?;
    let organization = shown(&organization, &settings);
    Ok(json(StatusCode::OK, &OneShown { organization }))
}

/// `PATCH /admin/organizations/{id}`
fn change(call: &Call<'_>) -> Answer {
    let change: OrganizationChange = read_body(call.request.body())?;
    let _: Organization = known(call)?;
    if let Some(name) = &change.name {
        check_name(name)?;
    }
    let plan = match change.plan.as_deref() {
        None => None,
        Some(name) => Some(Plan::parse(name).ok_or_else(|| {
            let plans: Vec<&str> = Plan::ALL.into_iter().map(Plan::as_str).collect();
            Problem::invalid(
                "plan",
                format!("Invalid plan: expected one of {}", plans.join(", ")),
            )
        })?),
    };
    call.tenant.transaction(call.sql, &mut || {
        let mut details = serde_json::Map::new();
        if let Some(name) = &change.name {
            rename_organization(call.sql, name)?;
            details.insert("name".to_owned(), name.as_str().into());
        }
        if let Some(plan) = plan {
            write_setting(call.sql, PLAN, plan.as_str())?;
            details.insert("plan".to_owned(), plan.as_str().into());
        }
        settings::record_change(
            call,
            "organization.change",
            call.organization.as_str(),
            &details.into(),
        )
    })?;
    call.tenant.forget_organization();
    show(call)
}

/// `GET /v1/ping`
#[expect(clippy::unnecessary_wraps, reason = "every route answers alike")]
pub(crate) fn ping(call: &Call<'_>) -> Answer {
    Ok(json(
        StatusCode::OK,
        &Pong {
            ok: true,
            organization_id: call.organization.as_str(),
        },
    ))
}

/// `POST /admin/organizations`: the organisation and its first key, with every scope.
pub(crate) fn create(call: &Call<'_>) -> Answer {
    let body: NewOrganization = match call.request.body().as_slice() {
        [] => NewOrganization::default(),
        text => read_body(text)?,
    };
    let name = if body.name.is_empty() {
        "default"
    } else {
        body.name.as_str()
    };
    check_name(name)?;
    let mut made = None;
    let key = create_logged_key(
        call,
        "api_key.create",
        "sk_live_",
        "first key",
        &[],
        &mut || {
            made = Some(create_organization(
                call.sql,
                call.organization,
                name,
                call.ctx.now_ms,
            )?);
            Ok(())
        },
    )?;
    let organization =
        made.ok_or_else(|| Problem::new(ErrorCode::InternalError, "No organisation was made"))?;
    let settings = call.tenant.organization(call.sql)?;
    let organization = shown(&organization, &settings);
    Ok(json(StatusCode::CREATED, &Created { organization, key }))
}
