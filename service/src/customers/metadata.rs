//! The caller's own JSON object beside an end user or a subscription.

use crate::http::{Edit, Problem};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// As for events.
const MAX_METADATA_BYTES: usize = 10 * 1024;

/// A metadata object as it is stored: the caller's own text.
pub(super) fn checked(metadata: &RawValue) -> Result<String, Problem> {
    let text = metadata.get();
    if serde_json::from_str::<BTreeMap<String, &RawValue>>(text).is_err() {
        return Err(Problem::invalid(
            "metadata",
            "Invalid metadata: expected a JSON object",
        ));
    }
    if text.len() > MAX_METADATA_BYTES && compact_length(text) > MAX_METADATA_BYTES {
        let message =
            format!("Invalid metadata: expected at most {MAX_METADATA_BYTES} bytes of JSON");
        return Err(Problem::invalid("metadata", message));
    }
    Ok(text.to_owned())
}

/// How long a text is without the blanks and escapes that it was sent with. An escape has up to six bytes for one, and what
/// is far longer than that is not worth reading.
fn compact_length(text: &str) -> usize {
    if text.len() > 8 * MAX_METADATA_BYTES {
        return text.len();
    }
    serde_json::from_str::<Value>(text).map_or(text.len(), |value| value.to_string().len())
}

/// A stored object as it is shown.
pub(super) fn shown(stored: Option<String>) -> Option<Box<RawValue>> {
    RawValue::from_string(stored?).ok()
}

/// What a column becomes.
pub(super) struct NewValue(pub(super) Option<String>);

/// What an edited field's column becomes; `None` when it stays.
pub(super) fn edited<T>(
    edit: Edit<T>,
    check: impl Fn(T) -> Result<String, Problem>,
) -> Result<Option<NewValue>, Problem> {
    Ok(match edit {
        Edit::Keep => None,
        Edit::Clear => Some(NewValue(None)),
        Edit::Set(value) => Some(NewValue(Some(check(value)?))),
    })
}

/// A text of the caller's: not empty, not too long.
pub(super) fn text(field: &str, value: String) -> Result<String, Problem> {
    const MAX_TEXT_BYTES: usize = 512;
    if value.trim().is_empty() || value.len() > MAX_TEXT_BYTES {
        let message = format!("Invalid {field}: expected a text of 1 to {MAX_TEXT_BYTES} bytes");
        return Err(Problem::invalid(field, message));
    }
    Ok(value)
}
