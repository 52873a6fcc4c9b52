//! Which model should answer: the cheapest that is adequate, with everything that was considered and why it was not
//! taken. A pure function of the question, the price catalogue and the table of quality classes.

mod candidate;
mod decide;
mod json;
mod quality;
mod tokens;

pub use candidate::Prices;
pub(crate) use json::own_prices;
pub use json::{
    Against, Considered, Decision, EstimatedCost, Requirement, Routed, Tokens, route, route_json,
};
pub use quality::{Capable, Class, capable, capable_models, quality_of};
pub use tokens::{TokenEstimate, estimate_tokens};
