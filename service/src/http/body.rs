//! JSON bodies into types: strict, in both spellings, and with an error that names the field.

use super::Problem;
use bearlumen_core::error::ErrorCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Reads a body. Its own fields are accepted in `camelCase` and `snake_case`; what lies inside them, such as
/// metadata, is the caller's own and stays as it is.
pub(crate) fn read_body<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(body).map_err(|_| {
        Problem::new(
            ErrorCode::ValidationError,
            "Invalid body: expected JSON in UTF-8",
        )
    })?;
    read_object(text, "")
}

/// Reads one object of a body; `place` is where it stands, such as `events[3].`, and precedes the names of fields.
pub(crate) fn read_object<T: DeserializeOwned>(text: &str, place: &str) -> Result<T, Problem> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(|_| {
        let what = place.trim_end_matches('.');
        let named = if what.is_empty() { "body" } else { what };
        let message = format!("Invalid {named}: expected a JSON object");
        if what.is_empty() {
            Problem::new(ErrorCode::ValidationError, message)
        } else {
            Problem::invalid(what, message)
        }
    })?;
    let mut renamed: BTreeMap<String, &RawValue> = BTreeMap::new();
    for (name, value) in fields {
        let camel = camel_case(&name);
        if renamed.insert(camel, value).is_some() {
            let field = format!("{place}{name}");
            let message = format!("Invalid {field}: it is given in both spellings");
            return Err(Problem::invalid(&field, message));
        }
    }
    let text = serde_json::to_string(&renamed).unwrap_or_default();
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        told(place, &path, &error.into_inner().to_string())
    })
}

/// Says in our words what serde found.
fn told(place: &str, path: &str, said: &str) -> Problem {
    let said = said.split(" at line ").next().unwrap_or(said);
    let quoted = |text: &str| text.split('`').nth(1).map(str::to_owned);
    let path = if path == "." { "" } else { path };
    if said.starts_with("missing field") {
        let field = format!("{place}{}", quoted(said).unwrap_or_default());
        return Problem::invalid(&field, format!("Missing {field}"));
    }
    if said.starts_with("unknown field") {
        let field = format!("{place}{}", quoted(said).unwrap_or_default());
        let expected = said
            .split_once(", ")
            .map_or("", |(_, rest)| rest)
            .replace('`', "");
        return Problem::invalid(&field, format!("Unknown field {field}: {expected}"));
    }
    let field = format!("{place}{path}");
    let expected = said
        .find("expected")
        .and_then(|at| said.get(at..))
        .unwrap_or(said);
    if field.is_empty() {
        return Problem::new(
            ErrorCode::ValidationError,
            format!("Invalid body: {expected}"),
        );
    }
    let message = format!("Invalid {field}: {}", expected.replace('`', ""));
    Problem::invalid(&field, message)
}

/// `external_id` as `externalId`; what is already that stays.
pub(crate) fn camel_case(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut upper = false;
    for letter in name.chars() {
        if letter == '_' && !camel.is_empty() {
            upper = true;
        } else if upper {
            camel.push(letter.to_ascii_uppercase());
            upper = false;
        } else {
            camel.push(letter);
        }
    }
    camel
}

/// A field of a change: left out, null, or given. With `#[serde(default)]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Edit<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is removed.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Edit<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::<T>::deserialize(deserializer)? {
            None => Self::Clear,
            Some(value) => Self::Set(value),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Debug)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    #[expect(dead_code, reason = "read, not used")]
    struct Sample {
        external_id: String,
        #[serde(default)]
        name: Edit<String>,
        amount: Option<Box<RawValue>>,
        status: Option<Status>,
    }

    #[derive(Deserialize, Debug)]
    #[serde(rename_all = "UPPERCASE")]
    enum Status {
        On,
        Off,
    }

    fn told(text: &str) -> (Option<String>, String) {
        let problem = read_object::<Sample>(text, "events[2].").unwrap_err();
        (problem.field, problem.message)
    }

    #[test]
    fn both_spellings_are_read_and_numbers_stay_exact() {
        for text in [
            r#"{"externalId": "a", "amount": 12.345678901234567890}"#,
            r#"{"external_id": "a", "amount": 12.345678901234567890}"#,
        ] {
            let sample: Sample = read_object(text, "").unwrap();
            assert_eq!(sample.amount.unwrap().get(), "12.345678901234567890");
            assert_eq!(sample.name, Edit::Keep);
        }
        let sample: Sample = read_object(r#"{"external_id": "a", "name": null}"#, "").unwrap();
        assert_eq!(sample.name, Edit::Clear);
    }

    #[test]
    fn each_mistake_names_its_field_and_what_was_expected() {
        for (text, field, message) in [
            (
                "[]",
                "events[2]",
                "Invalid events[2]: expected a JSON object",
            ),
            ("{}", "events[2].externalId", "Missing events[2].externalId"),
            (
                r#"{"externalId": 5}"#,
                "events[2].externalId",
                "Invalid events[2].externalId: expected a string",
            ),
            (
                r#"{"externalId": "a", "nmae": "b"}"#,
                "events[2].nmae",
                "Unknown field events[2].nmae: expected one of externalId, name, amount, status",
            ),
            (
                r#"{"externalId": "a", "status": "BROKEN"}"#,
                "events[2].status",
                "Invalid events[2].status: expected ON or OFF",
            ),
            (
                r#"{"externalId": "a", "external_id": "b"}"#,
                "events[2].external_id",
                "Invalid events[2].external_id: it is given in both spellings",
            ),
        ] {
            assert_eq!(
                told(text),
                (Some(field.to_owned()), message.to_owned()),
                "{text}"
            );
        }
    }
}
