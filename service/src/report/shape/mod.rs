//! What reports answer, in the parts they share.

mod breakdown;
mod item;
mod series;
mod totals;
mod written;

pub(crate) use breakdown::Breakdown;
pub(crate) use item::{Item, Naming, items};
pub(crate) use series::{Series, SeriesAnswer, Trend, points};
pub(crate) use totals::{Comparison, Span, Totals};
pub(crate) use written::Written;
