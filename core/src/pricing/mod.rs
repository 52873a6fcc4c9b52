//! What usage costs: the dated catalogue, model matching, and the arithmetic with its explanation.

mod catalogue;
mod cost;
mod model_name;
mod price;

pub use catalogue::{Model, RateCard, find_model};
pub use cost::{Basis, Cost, CostLine};
pub(crate) use price::price_unsplit;
pub use price::{PriceRequest, price, price_reported};
