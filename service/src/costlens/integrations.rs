//! `POST /integrations/run` and `POST /integrations/batch`.

use super::days::Days;
use super::plan::{Allowance, allowance};
use super::record::record;
use super::run::{Run, body};
use super::sums::events;
use crate::http::{CorrelationId, Problem, json};
use crate::ingest::{Priced, beyond_sums};
use crate::report::percent;
use crate::router::{Answer, Call, Tally};
use crate::sql::SqlError;
use crate::tenant::Stored;
use bearlumen_core::error::ErrorCode;
use http::{Response, StatusCode};
use serde::Serialize;
use serde_json::Value;

/// A run that was recorded.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct RunShown<'a> {
    /// `run_…`
    id: &'a str,
    /// The client's own, or one made here.
    request_id: &'a str,
    correlation_id: String,
    provider: &'a str,
    model: &'a str,
    /// Whether the call succeeded, as the client says.
    success: bool,
}

/// The answer to one run.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct One<'a> {
    success: bool,
    run: RunShown<'a>,
}

/// One run of a batch: what was recorded, or why it was not.
#[derive(Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) enum Entry<'a> {
    /// Recorded now or before.
    Recorded(RunShown<'a>),
    /// Refused; nothing of it was kept.
    #[serde(rename_all = "camelCase")]
    Refused {
        /// As sent.
        request_id: Option<String>,
        /// Always false.
        success: bool,
        /// What is wrong.
        error: String,
    },
}

/// The answer to a batch.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Many<'a> {
    /// No run was refused.
    success: bool,
    /// Runs that are recorded.
    processed: usize,
    /// Runs that were refused.
    errors: usize,
    /// In the order of the request.
    runs: Vec<Entry<'a>>,
    batch_stats: BatchStats,
    /// Why nothing was recorded; absent when something was.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Counts of a batch.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct BatchStats {
    total_runs: usize,
    /// Recorded, now or before.
    successful: usize,
    /// Refused.
    failed: usize,
    /// Per cent.
    success_rate: f64,
}

fn shown<'a>(run: &'a Run, call: &Call<'_>) -> RunShown<'a> {
    let correlation_id = run
        .correlation_id
        .clone()
        .unwrap_or_else(|| CorrelationId::new(&call.ctx.entropy).as_str().to_owned());
    RunShown {
        id: &run.id,
        request_id: &run.request_id,
        correlation_id,
        provider: &run.provider,
        model: &run.model,
        success: run.success,
    }
}

fn conflict() -> Problem {
    let message = "The requestId was used for a different run, which is unchanged";
    Problem {
        field: Some("requestId".into()),
        ..Problem::new(ErrorCode::IdempotencyConflict, message)
    }
}

/// What the organisation's plan allows.
fn allowed(call: &Call<'_>) -> Result<Allowance, SqlError> {
    Ok(allowance(&call.tenant.organization(call.sql)?.plan))
}

/// Refuses runs that the plan's month has no room for. Those that were recorded before take none.
fn within_month(call: &Call<'_>, allowed: &Allowance, sent: &[Priced]) -> Result<(), Problem> {
    let Some(most) = allowed.runs_a_month else {
        return Ok(());
    };
    let mut new = 0;
    for event in sent {
        new += i64::from(call.tenant.find_event(call.sql, &event.id())?.is_none());
    }
    call.tenant.settle(call.sql)?;
    let used = events(call.sql, Days::month(call)?)?;
    if new == 0 || used + new <= most {
        return Ok(());
    }
    let message = format!(
        "The plan {} allows {most} runs a month and {used} are used. Upgrade needed",
        allowed.plan.as_str()
    );
    Err(Problem::new(ErrorCode::PaymentRequired, message))
}

/// Refuses a batch that comes too soon after others of the key.
fn in_time(call: &Call<'_>, allowed: &Allowance) -> Result<(), Problem> {
    let Some(rate) = allowed.batches else {
        return Ok(());
    };
    let name = format!("batches {}", call.actor());
    let wait_us = call.tenant.limits().count(&name, rate, call.ctx.now_ms);
    if wait_us == 0 {
        return Ok(());
    }
    let seconds = u64::try_from(wait_us)
        .unwrap_or_default()
        .div_ceil(1_000_000);
    let message = format!(
        "Rate limit exceeded: the plan {} allows a key {} batches a minute",
        allowed.plan.as_str(),
        rate.per_minute
    );
    Err(Problem {
        retry_after_s: Some(seconds),
        ..Problem::new(ErrorCode::RateLimitExceeded, message)
    })
}

/// What became of runs, for the host's figures.
fn tallied(
    mut response: Response<Vec<u8>>,
    stored: &[Stored],
    refused: usize,
) -> Response<Vec<u8>> {
    let count = |wanted: fn(&Stored) -> bool| stored.iter().filter(|s| wanted(s)).count();
    response.extensions_mut().insert(Tally {
        recorded: count(|stored| matches!(stored, Stored::Recorded)),
        duplicate: count(|stored| matches!(stored, Stored::Duplicate { .. })),
        failed: refused,
    });
    response
}

/// `POST /integrations/run`
pub(super) fn run(call: &Call<'_>) -> Answer {
    let body = Value::Object(body(call)?);
    let own = call.tenant.own_prices(call.sql)?;
    let (run, event) = Run::read(&body, call, 0, own.as_deref())?;
    let (runs, events) = ([run], [event]);
    within_month(call, &allowed(call)?, &events)?;
    let stored = record(call, &runs, &events)?;
    let [run] = &runs;
    match stored.first() {
        Some(Stored::Recorded | Stored::Duplicate { .. }) => {
            let body = One {
                success: true,
                run: shown(run, call),
            };
            Ok(tallied(json(StatusCode::OK, &body), &stored, 0))
        }
        Some(Stored::BeyondSums) => Err(beyond_sums()),
        Some(Stored::Conflict) | None => Err(conflict()),
    }
}

/// `POST /integrations/batch`
pub(super) fn batch(call: &Call<'_>) -> Answer {
    let body = body(call)?;
    let Some(Value::Array(sent)) = body.get("runs") else {
        let message = "Missing runs: expected a list of runs";
        return Err(Problem::invalid("runs", message));
    };
    if sent.is_empty() {
        let message = "Invalid runs: expected at least one run";
        return Err(Problem::invalid("runs", message));
    }
    let allowed = allowed(call)?;
    if sent.len() > allowed.batch {
        let message = format!(
            "A batch of this plan is at most {} runs, {} were sent. Upgrade needed",
            allowed.batch,
            sent.len()
        );
        return Err(Problem::new(ErrorCode::PaymentRequired, message));
    }
    in_time(call, &allowed)?;
    let own = call.tenant.own_prices(call.sql)?;
    let (mut runs, mut events) = (Vec::new(), Vec::new());
    let mut outcomes: Vec<Result<usize, Problem>> = Vec::with_capacity(sent.len());
    for (position, value) in sent.iter().enumerate() {
        let read = Run::read(value, call, position as u64, own.as_deref());
        outcomes.push(read.map(|(run, event)| {
            runs.push(run);
            events.push(event);
            runs.len() - 1
        }));
    }
    within_month(call, &allowed, &events)?;
    let stored = if runs.is_empty() {
        Vec::new()
    } else {
        record(call, &runs, &events)?
    };
    let entry = |(outcome, value): (&Result<usize, Problem>, &Value)| match outcome {
        Ok(place) => match (runs.get(*place), stored.get(*place)) {
            (Some(run), Some(Stored::Recorded | Stored::Duplicate { .. })) => {
                Entry::Recorded(shown(run, call))
            }
            (_, Some(Stored::BeyondSums)) => refused(value, &beyond_sums()),
            _ => refused(value, &conflict()),
        },
        Err(problem) => refused(value, problem),
    };
    let told: Vec<Entry<'_>> = outcomes.iter().zip(sent).map(entry).collect();
    let failed = told
        .iter()
        .filter(|entry| matches!(entry, Entry::Refused { .. }))
        .count();
    let successful = told.len() - failed;
    let status = if successful > 0 {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let error = told.first().and_then(|first| match first {
        Entry::Refused { error, .. } if successful == 0 => {
            Some(format!("No run could be recorded; the first: {error}"))
        }
        _ => None,
    });
    let body = Many {
        success: failed == 0,
        error,
        processed: successful,
        errors: failed,
        batch_stats: BatchStats {
            total_runs: told.len(),
            successful,
            failed,
            success_rate: percent(successful as i128, told.len() as i128),
        },
        runs: told,
    };
    Ok(tallied(json(status, &body), &stored, failed))
}

fn refused<'a>(value: &Value, problem: &Problem) -> Entry<'a> {
    Entry::Refused {
        request_id: value
            .get("requestId")
            .and_then(Value::as_str)
            .map(str::to_owned),
        success: false,
        error: problem.message.clone(),
    }
}
