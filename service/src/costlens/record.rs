//! Runs into the ledger, and the decisions that they followed.

use super::days::Days;
use super::decision::proven;
use super::run::Run;
use crate::ingest::Priced;
use crate::router::Call;
use crate::sql::{Param, SqlError};
use crate::tenant::{FOLLOWED_WITHIN_DAYS, Stored};
use bearlumen_core::routing::capable;

/// Stores what is new of the runs' events, and notes the decisions they followed, whole or not at all. One result a run, in order.
pub(super) fn record(
    call: &Call<'_>,
    told: &[Run],
    events: &[Priced],
) -> Result<Vec<Stored>, SqlError> {
    let mut results = Vec::new();
    call.tenant.transaction(call.sql, &mut || {
        results = call.tenant.store(call.sql, events, call.ctx.now_ms)?;
        let fresh = told.iter().zip(&results);
        for (run, _) in fresh.filter(|(_, result)| **result == Stored::Recorded) {
            call.tenant.latencies().forget();
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
