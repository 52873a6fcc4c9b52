//! What a request asks of the ledger.

use super::period::{Calendar, Granularity, Period, Slot, read};
use super::sums::Ledger;
use crate::http::{Problem, Query};
use crate::ledger::Kept;
use crate::router::Call;
use crate::sql::SqlError;
use std::rc::Rc;

/// A report's question: the range, by the organisation's calendar, and the other parameters.
pub(crate) struct Asked<'a> {
    pub(crate) call: &'a Call<'a>,
    pub(crate) query: Query<'a>,
    calendar: Calendar,
    kept: Rc<Kept>,
    pub(crate) period: Period,
    /// The range that it is compared with.
    pub(crate) before: Period,
}

impl<'a> Asked<'a> {
    pub(crate) fn of(call: &'a Call<'a>) -> Result<Self, Problem> {
        let query = call.query();
        let calendar = calendar(call)?;
        let compared = read(&query, &calendar, call.ctx.now_ms)?;
        Ok(Self {
            call,
            query,
            calendar,
            kept: call.tenant.kept(),
            period: compared.now,
            before: compared.before,
        })
    }

    pub(crate) fn ledger(&self) -> Ledger<'_> {
        Ledger {
            sql: self.call.sql,
            calendar: &self.calendar,
            kept: &self.kept,
        }
    }

    /// The steps of a series over the range.
    pub(crate) fn steps(&self) -> Result<(Granularity, Vec<Slot>), Problem> {
        let granularity = Granularity::read(&self.query)?;
        let steps = granularity.slots(self.period, &self.calendar)?;
        Ok((granularity, steps))
    }
}

/// The organisation's calendar.
pub(crate) fn calendar(call: &Call<'_>) -> Result<Calendar, SqlError> {
    let organization = call.tenant.organization(call.sql)?;
    let zone = organization.calendar.zone().clone();
    Ok(Calendar::new(zone, organization.anchor_day))
}
