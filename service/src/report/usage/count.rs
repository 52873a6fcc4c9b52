//! How many events match: from sums where they say it, else by counting.

use super::filter::Filter;
use crate::ledger::block::{WITHIN, within};
use crate::report::money::count;
use crate::report::period::Period;
use crate::report::sums::{Axis, Group, Ledger, Scope, Sums};
use crate::sql::{Param, SqlError, Value};

/// The number of events in a period that a filter lets pass.
pub(super) fn matching(
    ledger: &Ledger<'_>,
    filter: &Filter,
    period: Period,
) -> Result<i64, SqlError> {
    if let Some(sums) = from_sums(ledger, filter, period)? {
        let events = match filter.get("basis") {
            Some(0) => sums.unpriced,
            Some(1) => sums.estimated,
            _ => sums.events,
        };
        return Ok(count(events));
    }
    let statement = format!(
        "SELECT COUNT(*) FROM event WHERE {WITHIN}{}",
        filter.conditions()
    );
    let bounds = within(period.start_ms, period.end_ms).into_iter();
    let params: Vec<Param<'_>> = bounds.chain(filter.numbers()).map(Param::Integer).collect();
    let rows = ledger.sql.query(&statement, &params)?;
    Ok(match rows.first().map(Vec::as_slice) {
        Some([Value::Integer(number)]) => *number,
        _ => 0,
    })
}

fn from_sums(
    ledger: &Ledger<'_>,
    filter: &Filter,
    period: Period,
) -> Result<Option<Sums>, SqlError> {
    let mut columns = filter.clone();
    // Sums tell unpriced and estimated events apart, no more.
    match filter.get("basis") {
        Some(0 | 1) => columns.0.retain(|(column, _)| *column != "basis"),
        Some(_) => return Ok(None),
        None => {}
    }
    let of = |scope, axis, wanted: &dyn Fn(&Group) -> bool| {
        let groups = ledger.groups(scope, axis, period)?;
        let matching = groups.iter().filter(|(group, _)| wanted(group));
        Ok(Some(Sums::of(matching.map(|(_, sums)| sums))))
    };
    let Some((column, label)) = columns.0.first().copied() else {
        return of(Scope::Everyone, Axis::Nothing, &|_| true);
    };
    if let Some(user) = columns.get("end_user") {
        let scope = Scope::EndUser(user);
        return match columns.0.as_slice() {
            [_] => of(scope, Axis::Nothing, &|_| true),
            [a, b] => {
                let (column, label) = if a.0 == "end_user" { *b } else { *a };
                let axis = match column {
                    "model" => Axis::Model,
                    "provider" => Axis::Provider,
                    "feature" => Axis::Feature,
                    _ => return Ok(None),
                };
                of(scope, axis, &|group| group.label == label)
            }
            _ => Ok(None),
        };
    }
    if columns.is_by(&["model", "provider"]) {
        let wanted = Group {
            label: columns.get("model").unwrap_or(0),
            second: columns.get("provider").unwrap_or(0),
        };
        return of(Scope::Everyone, Axis::ModelOfProvider, &|group| {
            *group == wanted
        });
    }
    let (metric, subscription) = (columns.get("metric_name"), columns.get("subscription"));
    if columns.0.len() == usize::from(metric.is_some()) + usize::from(subscription.is_some()) {
        return of(Scope::Everyone, Axis::Metric, &|group| {
            metric.is_none_or(|label| group.label == label)
                && subscription.is_none_or(|label| group.second == label)
        });
    }
    let axis = match column {
        _ if columns.0.len() > 1 => return Ok(None),
        "model" => Axis::Model,
        "provider" => Axis::Provider,
        "feature" => Axis::Feature,
        "agent" => Axis::Agent,
        "workflow" => Axis::Workflow,
        _ => return Ok(None),
    };
    of(Scope::Everyone, axis, &|group| group.label == label)
}
