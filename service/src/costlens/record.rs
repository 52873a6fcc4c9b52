//! Runs into the ledger, and what only they tell: how long a call took and whether it succeeded, by model and day.

use super::days::Days;
use super::decision::proven;
use super::run::Run;
use crate::ingest::Priced;
use crate::router::Call;
use crate::sql::{Param, SqlError};
use crate::tenant::{FOLLOWED_WITHIN_DAYS, Stored};
use bearlumen_core::routing::capable;
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
            texts.push(run.seller.as_str());
            texts.push(run.model.as_str());
        }
        if texts.is_empty() {
            return Ok(());
        }
        call.tenant.latencies().forget();
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
    // A decision names the model as the catalogue does; a run may use any of its names.
    let known = capable(&run.seller, &run.model).map_or("", |row| row.id);
    let models = [run.model.as_str(), known];
    let Some((made, id)) = proven(id, &models, call.organization, call.ctx.settings) else {
        return Ok(());
    };
    let age_days = Days::today(call)? - made.day;
    if age_days > FOLLOWED_WITHIN_DAYS {
        return Ok(());
    }
    let asked = "SELECT COUNT(*) FROM routing_decision WHERE id = ?";
    if call.sql.count(asked, &[Param::Text(&id)])? > 0 {
        return Ok(());
    }
    call.tenant.decisions().include(call.sql, &made)?;
    call.sql.execute(
        "INSERT INTO routing_decision (id, slot, model, followed) VALUES (?, ?, ?, 1)",
        &[
            Param::Text(&id),
            Param::Integer(made.day),
            Param::Text(&run.model),
        ],
    )?;
    call.sql.execute(
        "UPDATE routing_rollup SET followed = followed + 1 WHERE slot = ?",
        &[Param::Integer(made.day)],
    )
}
