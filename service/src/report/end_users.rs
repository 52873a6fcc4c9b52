//! Who end users are.

use crate::http::Problem;
use crate::sql::{Param, Sql, SqlError, Value};
use bearlumen_core::error::ErrorCode;
use serde::Serialize;
use std::collections::HashMap;

/// An end user as reports name them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Known {
    /// `eu_…`
    pub(crate) end_user_id: String,
    /// The caller's own id.
    pub(crate) external_id: String,
    /// The name given, else the caller's own id.
    pub(crate) end_user_name: String,
}

/// The end user that a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Subject {
    #[serde(skip)]
    pub(crate) label: i64,
    /// `eu_…`
    end_user_id: String,
    /// The caller's own id.
    external_id: String,
}

impl Known {
    /// The end users of labels.
    pub(crate) fn of(
        sql: &dyn Sql,
        labels: impl Iterator<Item = i64>,
    ) -> Result<HashMap<i64, Self>, SqlError> {
        let list = format!("{:?}", labels.collect::<Vec<i64>>());
        let rows = sql.query(
            "SELECT label, end_user.id, external_id, IFNULL(name, external_id) FROM json_each(?) AS wanted \
             JOIN end_user ON end_user.label = wanted.value",
            &[Param::Text(&list)],
        )?;
        let pair = |row: Vec<Value>| match <[Value; 4]>::try_from(row) {
            Ok(
                [
                    Value::Integer(label),
                    Value::Text(end_user_id),
                    Value::Text(external_id),
                    Value::Text(end_user_name),
                ],
            ) => Some((
                label,
                Self {
                    end_user_id,
                    external_id,
                    end_user_name,
                },
            )),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(pair).collect())
    }
}

impl Subject {
    /// The end user with this id of the caller's.
    pub(crate) fn find(sql: &dyn Sql, external_id: &str) -> Result<Self, Problem> {
        let rows = sql.query(
            "SELECT label, id, external_id FROM end_user WHERE external_id = ?",
            &[Param::Text(external_id)],
        )?;
        match rows.into_iter().next().map(<[Value; 3]>::try_from) {
            Some(Ok(
                [
                    Value::Integer(label),
                    Value::Text(end_user_id),
                    Value::Text(external_id),
                ],
            )) => Ok(Self {
                label,
                end_user_id,
                external_id,
            }),
            _ => Err(Problem::new(
                ErrorCode::NotFound,
                "No end user with this external id",
            )),
        }
    }
}
