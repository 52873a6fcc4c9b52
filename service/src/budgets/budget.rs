//! A budget as it is stored.

use crate::sql::{Param, Row, Sql, SqlError, SqlErrorKind, Value};

/// What a budget is for. The number is that of the kind of rollup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Total = 0,
    Model = 1,
    EndUser = 3,
    Feature = 4,
    Agent = 5,
    Workflow = 6,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Total,
        Self::Model,
        Self::EndUser,
        Self::Feature,
        Self::Agent,
        Self::Workflow,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Model => "model",
            Self::EndUser => "user",
            Self::Feature => "feature",
            Self::Agent => "agent",
            Self::Workflow => "workflow",
        }
    }
}

/// A budget of each billing period.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) nanos: i64,
    pub(crate) kind: Kind,
    /// Of what of its kind; nothing for everything.
    pub(crate) value: Option<String>,
    pub(crate) created_ms: i64,
}

/// All budgets, the oldest first.
pub(crate) fn list(sql: &dyn Sql) -> Result<Vec<Budget>, SqlError> {
    let rows = sql.query(
        "SELECT id, name, CAST(nanos AS TEXT), kind, value, created_ms FROM budget ORDER BY created_ms, id",
        &[],
    )?;
    rows.into_iter().map(read).collect()
}

impl Budget {
    pub(super) fn store(&self, sql: &dyn Sql) -> Result<(), SqlError> {
        sql.execute(
            "INSERT INTO budget (id, name, nanos, kind, value, created_ms) VALUES (?, ?, ?, ?, ?, ?)",
            &[
                Param::Text(&self.id),
                Param::of(self.name.as_deref()),
                Param::Integer(self.nanos),
                Param::Integer(self.kind as i64),
                Param::of(self.value.as_deref()),
                Param::Integer(self.created_ms),
            ],
        )
    }

    pub(super) fn remove(&self, sql: &dyn Sql) -> Result<(), SqlError> {
        sql.execute("DELETE FROM budget WHERE id = ?", &[Param::Text(&self.id)])
    }
}

fn read(row: Row) -> Result<Budget, SqlError> {
    let text = |value: Value| match value {
        Value::Text(text) => Some(text),
        _ => None,
    };
    if let Ok(
        [
            Value::Text(id),
            name,
            Value::Text(nanos),
            Value::Integer(kind),
            value,
            Value::Integer(created_ms),
        ],
    ) = <[Value; 6]>::try_from(row)
        && let Ok(nanos) = nanos.parse()
        && let Some(kind) = Kind::ALL.into_iter().find(|of| *of as i64 == kind)
    {
        return Ok(Budget {
            id,
            name: text(name),
            nanos,
            kind,
            value: text(value),
            created_ms,
        });
    }
    Err(SqlError {
        kind: SqlErrorKind::Other,
        message: "a budget cannot be read back".to_owned(),
    })
}
