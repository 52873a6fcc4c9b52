//! The organisation a database belongs to.

use crate::auth::{self, CreatedKey, create_key};
use crate::http::{Problem, json};
use crate::route::{Access, Route, Verb};
use crate::router::{Answer, Call};
use crate::sql::{Param, Sql, SqlError, Value};
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
pub(crate) const ROUTES: [Route; 2] = [
    Route::new(Verb::Get, "/v1/ping", Access::Key, ping)
        .about("Whose key this is", "Answers when service and key work.")
        .without_sums(),
    Route::new(Verb::Post, "/admin/organizations", Access::Operator, create).about(
        "Make an organisation",
        "Answers it and its first key, which has every scope.",
    ),
];

/// `GET /v1/ping`
#[expect(clippy::unnecessary_wraps, reason = "every route answers alike")]
pub(crate) fn ping(call: &Call<'_>) -> Answer {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Pong<'a> {
        ok: bool,
        organization_id: &'a str,
    }
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
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Body {
        name: String,
    }
    #[derive(Serialize)]
    struct Shown<'a> {
        id: &'a str,
        name: &'a str,
    }
    #[derive(Serialize)]
    struct Created<'a> {
        organization: Shown<'a>,
        #[serde(flatten)]
        key: CreatedKey,
    }
    let body: Body = match call.request.body().as_slice() {
        [] => Body::default(),
        text => serde_json::from_slice(text)
            .map_err(|_| Problem::invalid("name", "Invalid body: expected {\"name\": \"…\"}"))?,
    };
    let name = if body.name.is_empty() {
        "default"
    } else {
        body.name.as_str()
    };
    let mut made = None;
    let mut refused = None;
    call.sql.transaction(&mut || {
        let organization = create_organization(call.sql, call.organization, name, call.ctx.now_ms)?;
        match create_key(
            call.sql,
            call.ctx,
            &organization.id,
            "sk_live_",
            "first key",
            &[],
        ) {
            Ok(key) => made = Some((organization, key)),
            Err(auth::KeyError::Sql(error)) => return Err(error),
            Err(error) => refused = Some(error),
        }
        Ok(())
    })?;
    match (made, refused) {
        (Some((organization, key)), None) => {
            let organization = Shown {
                id: organization.id.as_str(),
                name: &organization.name,
            };
            Ok(json(StatusCode::CREATED, &Created { organization, key }))
        }
        (_, refused) => {
            let cause = refused.map(|error| error.to_string());
            Err(Problem {
                cause,
                ..Problem::new(ErrorCode::InternalError, "No key could be made")
            })
        }
    }
}
