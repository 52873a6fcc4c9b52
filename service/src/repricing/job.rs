//! A repricing as it is stored and shown.

use super::outcome::{Difference, Outcome};
use crate::ledger::block::LAST_SEQ;
use crate::sql::{Param, Row, Sql, SqlError, Value};
use bearlumen_core::timestamp::format_ms;
use serde::{Deserialize, Serialize};

/// A repricing under way or done.
pub(super) struct Job {
    pub(super) seq: i64,
    pub(super) id: String,
    pub(super) done: bool,
    pub(super) start_ms: i64,
    pub(super) end_ms: i64,
    /// The last event that was judged: its time and its `seq`.
    pub(super) at: (i64, i64),
    /// Later events were priced when they came.
    pub(super) until_seq: i64,
    pub(super) dry_run: bool,
    pub(super) which: Which,
    pub(super) outcome: Outcome,
    created_ms: i64,
    finished_ms: Option<i64>,
}

/// Which events of the range, and why.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Which {
    pub(super) model: Option<String>,
    pub(super) provider: Option<String>,
    pub(super) reason: Option<String>,
}

const COLUMNS: &str = "seq, id, status, start_ms, end_ms, at_ms, at_seq, until_seq, dry_run, request, result, created_ms, \
     finished_ms";

impl Job {
    /// Stores a new one.
    pub(super) fn insert(
        sql: &dyn Sql,
        id: &str,
        (start_ms, end_ms): (i64, i64),
        dry_run: bool,
        which: &Which,
        now_ms: i64,
    ) -> Result<(), SqlError> {
        sql.execute(
            &format!(
                "INSERT INTO repricing (id, status, start_ms, end_ms, at_ms, at_seq, until_seq, dry_run, request, \
                 result, created_ms) SELECT ?, 'running', ?, ?, ?, 0, {LAST_SEQ}, ?, ?, ?, ?"
            ),
            &[
                Param::Text(id),
                Param::Integer(start_ms),
                Param::Integer(end_ms),
                Param::Integer(start_ms),
                Param::Integer(i64::from(dry_run)),
                Param::Text(&serde_json::to_string(which).unwrap_or_default()),
                Param::Text(&serde_json::to_string(&Outcome::default()).unwrap_or_default()),
                Param::Integer(now_ms),
            ],
        )
    }

    /// The one under way.
    pub(super) fn running(sql: &dyn Sql) -> Result<Option<Self>, SqlError> {
        let text = format!("SELECT {COLUMNS} FROM repricing WHERE status = 'running' LIMIT 1");
        Ok(sql.query(&text, &[])?.into_iter().find_map(Self::read))
    }

    pub(super) fn find(sql: &dyn Sql, id: &str) -> Result<Option<Self>, SqlError> {
        let text = format!("SELECT {COLUMNS} FROM repricing WHERE id = ?");
        let rows = sql.query(&text, &[Param::Text(id)])?;
        Ok(rows.into_iter().find_map(Self::read))
    }

    /// A page, the latest first.
    pub(super) fn list(sql: &dyn Sql, limit: i64, offset: i64) -> Result<Vec<Self>, SqlError> {
        let text = format!("SELECT {COLUMNS} FROM repricing ORDER BY seq DESC LIMIT ? OFFSET ?");
        let rows = sql.query(&text, &[Param::Integer(limit), Param::Integer(offset)])?;
        Ok(rows.into_iter().filter_map(Self::read).collect())
    }

    /// Stores how far it is.
    pub(super) fn update(&self, sql: &dyn Sql, now_ms: i64) -> Result<(), SqlError> {
        let (status, finished) = if self.done {
            ("done", Param::Integer(now_ms))
        } else {
            ("running", Param::Null)
        };
        sql.execute(
            "UPDATE repricing SET status = ?, at_ms = ?, at_seq = ?, result = ?, finished_ms = ? WHERE seq = ?",
            &[
                Param::Text(status),
                Param::Integer(self.at.0),
                Param::Integer(self.at.1),
                Param::Text(&serde_json::to_string(&self.outcome).unwrap_or_default()),
                finished,
                Param::Integer(self.seq),
            ],
        )
    }

    fn read(row: Row) -> Option<Self> {
        let [
            Value::Integer(seq),
            Value::Text(id),
            Value::Text(status),
            Value::Integer(start_ms),
            Value::Integer(end_ms),
            Value::Integer(at_ms),
            Value::Integer(at_seq),
            Value::Integer(until_seq),
            Value::Integer(dry_run),
            Value::Text(request),
            Value::Text(result),
            Value::Integer(created_ms),
            finished,
        ] = <[Value; 13]>::try_from(row).ok()?
        else {
            return None;
        };
        Some(Self {
            seq,
            id,
            done: status == "done",
            start_ms,
            end_ms,
            at: (at_ms, at_seq),
            until_seq,
            dry_run: dry_run != 0,
            which: serde_json::from_str(&request).ok()?,
            outcome: serde_json::from_str(&result).ok()?,
            created_ms,
            finished_ms: match finished {
                Value::Integer(ms) => Some(ms),
                _ => None,
            },
        })
    }
}

/// A repricing.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Repricing {
    /// `rep_…`
    repricing_id: String,
    /// Nothing is changed.
    dry_run: bool,
    /// `running` or `done`.
    status: &'static str,
    /// The range, ISO 8601.
    period_start: String,
    /// The last millisecond inside, ISO 8601.
    period_end: String,
    /// Only events of this model; null for all.
    model: Option<String>,
    /// Only events of this provider; null for all.
    provider: Option<String>,
    /// The caller's own words.
    reason: Option<String>,
    #[serde(flatten)]
    difference: Difference,
    by_model: Vec<ModelDifference>,
    by_day: Vec<DayDifference>,
    /// ISO 8601.
    created_at: String,
    /// ISO 8601; null while it runs.
    finished_at: Option<String>,
}

/// The difference of a model.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct ModelDifference {
    /// Null for events that name none.
    model: Option<String>,
    /// Null for events that name none.
    provider: Option<String>,
    #[serde(flatten)]
    difference: Difference,
}

/// The difference of a day.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct DayDifference {
    /// In the organisation's time zone.
    date: String,
    #[serde(flatten)]
    difference: Difference,
}

impl From<Job> for Repricing {
    fn from(job: Job) -> Self {
        let named = |text: &String| (!text.is_empty()).then(|| text.clone());
        let by_model = job.outcome.by_model.iter().flat_map(|(provider, models)| {
            models.iter().map(move |(model, change)| ModelDifference {
                model: named(model),
                provider: named(provider),
                difference: change.into(),
            })
        });
        let by_day = job
            .outcome
            .by_day
            .iter()
            .map(|(day, change)| DayDifference {
                date: day.clone(),
                difference: change.into(),
            });
        Self {
            repricing_id: job.id,
            dry_run: job.dry_run,
            status: if job.done { "done" } else { "running" },
            period_start: format_ms(job.start_ms),
            period_end: format_ms(job.end_ms - 1),
            model: job.which.model,
            provider: job.which.provider,
            reason: job.which.reason,
            difference: (&job.outcome.total).into(),
            by_model: by_model.collect(),
            by_day: by_day.collect(),
            created_at: format_ms(job.created_ms),
            finished_at: job.finished_ms.map(format_ms),
        }
    }
}
