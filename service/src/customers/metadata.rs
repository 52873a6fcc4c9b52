//! The caller's own JSON object beside an end user or a subscription.

use crate::http::{Edit, Problem};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// As for events.
const MAX_METADATA_BYTES: usize = 10 * 1024;

/// A metadata object as it is stored: the caller's own text.
pub(super) fn checked(metadata: &RawValue) -> Result<String, Problem> {
    let text = metadata.get();
    let Ok(object) = serde_json::from_str::<Map<String, Value>>(text) else {
        return Err(Problem::invalid(
            "metadata",
            "Invalid metadata: expected a JSON object",
        ));
    };
    // Blanks and escapes do not count, up to six bytes for each of a text's.
    let is_long = text.len() > MAX_METADATA_BYTES
        && (text.len() > 8 * MAX_METADATA_BYTES
            || Value::Object(object).to_string().len() > MAX_METADATA_BYTES);
    if is_long {
        let message =
            format!("Invalid metadata: expected at most {MAX_METADATA_BYTES} bytes of JSON");
        return Err(Problem::invalid("metadata", message));
    }
    Ok(text.to_owned())
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
