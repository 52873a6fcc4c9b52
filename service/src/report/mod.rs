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

pub(crate) use money::{count, dollars, mean, percent, units};

use crate::route::{Kind, Parameter};

/// How a series is cut.
const GRANULARITY: &[Parameter] = &[Parameter::new(
    "granularity",
    Kind::OneOf(&["hour", "day", "week", "month"]),
    "How long a step is, by the organisation's clocks; a week begins on Monday. day when absent",
)];
