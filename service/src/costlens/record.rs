//! Runs into the ledger, and what only they tell: how long a call took and whether it succeeded, by model and day.

use super::run::Run;
use crate::ingest::Priced;
use crate::router::Call;
use crate::sql::{Param, SqlError, Value};
use crate::tenant::Stored;
use std::collections::BTreeMap;

const ADD: &str = "INSERT INTO run_rollup (slot, provider, model, runs, succeeded, timed, latency_ms) \
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 \
     FROM json_each(?) WHERE true \
     ON CONFLICT (slot, provider, model) DO UPDATE SET runs = runs + excluded.runs, \
     succeeded = succeeded + excluded.succeeded, timed = timed + excluded.timed, \
     latency_ms = latency_ms + excluded.latency_ms";

/// What the runs of a model add to a day.
#[derive(Default)]
struct Added {
    runs: i64,
    succeeded: i64,
    timed: i64,
    latency_ms: i64,
}

/// Stores what is new of the runs' events, with their measurements, whole or not at all. One result a run, in order.
pub(super) fn record(
    call: &Call<'_>,
    told: &[Run],
    events: &[Priced],
) -> Result<Vec<Stored>, SqlError> {
    let organization = call.tenant.organization(call.sql)?;
    let mut results = Vec::new();
    call.tenant.transaction(call.sql, &mut || {
        results = call.tenant.store(call.sql, events, call.ctx.now_ms)?;
        let mut texts = Vec::new();
        let fresh = told.iter().zip(events).zip(&results);
        let fresh: Vec<_> = fresh
            .filter(|(_, result)| **result == Stored::Recorded)
            .map(|(both, _)| both)
            .collect();
        for (run, _) in &fresh {
            texts.push(run.provider.as_str());
            texts.push(run.model.as_str());
        }
        if texts.is_empty() {
            return Ok(());
        }
        let labels = call.tenant.labels(call.sql, &texts)?;
        let mut added: BTreeMap<(i64, i64, i64), Added> = BTreeMap::new();
        for ((run, event), label) in fresh.iter().zip(labels.chunks_exact(2)) {
            let [provider, model] = label else { continue };
            let day = organization.calendar.day_of(event.at_ms);
            let sums = added.entry((day, *provider, *model)).or_default();
            sums.runs += 1;
            sums.succeeded += i64::from(run.success);
            if let Some(latency) = run.latency_ms {
                sums.timed += 1;
                sums.latency_ms += latency;
            }
        }
        let rows: Vec<[i64; 7]> = added
            .iter()
            .map(|((day, provider, model), sums)| {
                let Added {
                    runs,
                    succeeded,
                    timed,
                    latency_ms,
                } = *sums;
                [*day, *provider, *model, runs, succeeded, timed, latency_ms]
            })
            .collect();
        let list = serde_json::to_string(&rows).unwrap_or_default();
        call.sql.execute(ADD, &[Param::Text(&list)])?;
        for (run, _) in &fresh {
            followed(call, run)?;
        }
        Ok(())
    })?;
    Ok(results)
}

/// Notes that a routing decision was followed, once.
fn followed(call: &Call<'_>, run: &Run) -> Result<(), SqlError> {
    let Some(id) = run.decision.as_deref() else {
        return Ok(());
    };
    let rows = call.sql.query(
        "SELECT slot FROM routing_decision WHERE id = ? AND model = ? AND followed = 0",
        &[Param::Text(id), Param::Text(&run.model)],
    )?;
    let Some([Value::Integer(slot)]) = rows.first().map(Vec::as_slice) else {
        return Ok(());
    };
    call.sql.execute(
        "UPDATE routing_decision SET followed = 1 WHERE id = ?",
        &[Param::Text(id)],
    )?;
    call.sql.execute(
        "UPDATE routing_rollup SET followed = followed + 1 WHERE slot = ?",
        &[Param::Integer(*slot)],
    )
}
