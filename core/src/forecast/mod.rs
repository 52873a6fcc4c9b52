//! What the coming days will cost: daily sums in, a projection with its interval and the reasons for it out.
//!
//! The level follows the days by exponential smoothing, a weekly season multiplies it, and a trend is added only when
//! it is significant. Spikes are set aside, steps are followed at once. `docs/forecast.md` states the method, its
//! definitions and how it fares on series whose truth is known.
//!
//! Only `+ - * /` and square roots are used, which IEEE 754 defines to the last bit, so every platform answers alike.

#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "statistics: floats hold estimates here; money enters and leaves as whole nano-dollars"
)]

mod factors;
mod fit;
mod interval;
mod json;
mod project;
mod robust;
mod season;
mod series;
mod smooth;
mod stretches;
mod trend;

pub use factors::{Factor, usd};
pub use interval::Level;
pub use json::forecast_json;
pub(crate) use json::range_json;
pub use project::{Forecast, Projection, Range, StepFound, forecast, next_day};
pub use series::{DailyCosts, MAX_DAYS};
pub use trend::Direction;

/// Days of a series that are looked at: twelve weeks hold the level, the season and a trend, and no stale habits.
pub(crate) const WINDOW_DAYS: usize = 84;

/// Days needed before anything is said: one of each weekday.
pub const MIN_DAYS: usize = 7;

/// Days needed before weekdays are told apart: two of each.
pub(crate) const MIN_SEASON_DAYS: usize = 14;

/// The furthest day ahead.
pub const MAX_HORIZON_DAYS: usize = 90;
