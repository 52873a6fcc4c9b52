//! What a dimension's name stands for.

use crate::http::{Problem, Query};
use crate::report::labels::find;
use crate::report::shape::Naming;
use crate::report::sums::Axis;
use crate::sql::{Sql, SqlError};

/// A dimension that a request names.
pub(crate) struct Named {
    pub(crate) name: String,
    /// `None` when no event ever had it.
    pub(crate) axis: Option<Axis>,
    pub(crate) naming: Naming,
}

impl Named {
    /// Reads the parameter `dimension`.
    pub(crate) fn asked(query: &Query<'_>, sql: &dyn Sql) -> Result<Self, Problem> {
        let name = query.get(&["dimension"]).ok_or_else(|| {
            Problem::invalid(
                "dimension",
                "Missing dimension: expected a key of the events' dimensions, or model, provider, feature, agent_id, \
                 workflow_id or user_id",
            )
        })?;
        let built_in = match name {
            "model" => Some((Axis::Model, Naming::Model)),
            "provider" => Some((Axis::Provider, Naming::Provider)),
            "feature" => Some((Axis::Feature, Naming::Feature)),
            "agent" | "agent_id" | "agentId" => Some((Axis::Agent, Naming::Agent)),
            "workflow" | "workflow_id" | "workflowId" => Some((Axis::Workflow, Naming::Workflow)),
            "end_user" | "endUser" | "user_id" | "userId" => Some((Axis::EndUser, Naming::EndUser)),
            _ => None,
        };
        match built_in {
            Some((axis, naming)) => Ok(Self {
                name: name.to_owned(),
                axis: Some(axis),
                naming,
            }),
            None => Ok(Self::custom(name, sql)?),
        }
    }

    /// A dimension of the caller's own.
    pub(crate) fn custom(name: &str, sql: &dyn Sql) -> Result<Self, SqlError> {
        Ok(Self {
            name: name.to_owned(),
            axis: find(sql, name)?.map(Axis::Dimension),
            naming: Naming::Value,
        })
    }
}
