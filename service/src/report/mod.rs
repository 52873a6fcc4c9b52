//! What was used and what it cost: the reports over sums and events.

mod asked;
pub(crate) mod attribution;
pub(crate) mod costs;
pub(crate) mod dimensions;
pub(crate) mod end_user_costs;
mod end_users;
mod labels;
mod money;
mod period;
mod shape;
mod sums;
pub(crate) mod usage;

// Margins and insights read the same sums.
pub(crate) use asked::Asked;
pub(crate) use end_users::Known;
pub(crate) use labels::Texts;
pub(crate) use money::{count, dollars, mean, percent, units};
pub(crate) use period::{BillingDays, Calendar, Period, Slot, day_numbered, end_ms, start_ms};
pub(crate) use shape::{Item, Naming, Span, Totals, items};
pub(crate) use sums::{Axis, Group, Scope, Sums};
pub(crate) use usage::{Event, as_sent, select};

use crate::route::{Kind, Parameter};

/// How a series is cut.
pub(crate) const GRANULARITY: &[Parameter] = &[Parameter::new(
    "granularity",
    Kind::OneOf(&["hour", "day", "week", "month"]),
    "How long a step is, by the organisation's clocks; a week begins on Monday. day when absent",
)];
