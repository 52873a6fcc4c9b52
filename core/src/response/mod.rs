//! A provider response, reduced to the fields that say something about usage.
//!
//! The data in `catalog/` names every path that is ever read. Their union, [`Shape`], decides what is kept;
//! message text is skipped without being copied. JSON text and the host languages' objects both become the
//! same [`Tape`], so that one interpreter serves all of them.

mod json;
mod outline;
mod path;
mod scan;
mod shape;
mod tape;
#[cfg(test)]
mod tests;

pub use json::{MAX_RESPONSE_BYTES, ParseError, parse_json};
pub(crate) use outline::{KeySet, Outline, outline_hash};
pub(crate) use path::{From, Number, Path, Step, View};
pub use shape::{Key, MAX_RESPONSE_NODES, Shape, response_shape};
pub(crate) use tape::{At, Keys};
pub use tape::{Scalar, Tape, TapeWriter};
#[cfg(test)]
pub(crate) use tests::responses as recorded_responses;
