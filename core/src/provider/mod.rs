//! Which format a response has, who sent it, and what it says was used.

mod detect;
mod extract;
mod format;
mod hints;
mod pattern;
mod read;
mod recipe;
mod telling;
mod url;

pub use detect::{Candidates, Confidence, DetectError, Detection, detect};
pub(crate) use detect::{
    Known, Mark, find_bare_partial, find_format, find_view, meets, strongest_mark, unwrapped,
};
pub(crate) use extract::extract_view;
pub use extract::{ExtractError, Extraction, Part, extract};
pub(crate) use format::Uncounted;
pub use format::{Format, provider_named, provider_of_model};
pub use hints::Hints;
pub(crate) use read::highest_counts;
pub(crate) use recipe::Recipe;
pub(crate) use telling::telling_keys;
pub(crate) use url::provider_named_by_url;
