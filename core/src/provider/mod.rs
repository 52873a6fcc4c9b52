//! Which format a response has, who sent it, and what it says was used.

mod detect;
mod extract;
mod format;
mod hints;

pub use detect::{Confidence, DetectError, Detection, detect};
pub use extract::{ExtractError, Extraction, extract};
pub use format::{Format, provider_named, provider_of_model};
pub use hints::Hints;
