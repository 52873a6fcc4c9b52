//! What usage costs: the dated catalogue, model matching, and the arithmetic with its explanation.

mod card;
mod catalogue;
mod cost;
mod known;
mod model_name;
mod packed;
mod prepared;
mod price;
mod price_id;
mod rates;
mod rules;
mod tenant;

pub use card::{RateCard, Tier};
pub use catalogue::{
    MatchKind, Model, ModelMatch, find_model, models, providers, providers_selling,
};
pub use cost::{Basis, Cost, CostLine, RateModifier};
pub use known::KnownPrices;
pub use packed::{MODEL_COUNT, packed_size};
pub(crate) use prepared::Prepared;
pub(crate) use price::price_unsplit;
pub use price::{PriceRequest, price, price_by, price_reported};
pub use price_id::{PriceId, explain_price};
pub use tenant::{TenantPrices, TenantPricesError};
