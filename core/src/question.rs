//! Reads the JSON questions of the advisory functions: every mistake names its field, either spelling of a name is
//! understood, and a name that means nothing is refused rather than ignored.

use crate::error::ErrorCode;
use crate::event::FieldError;
use crate::money::Nanos;
use crate::timestamp::{self, DAY_MS, Moment};
use jiff::civil::Date;
use serde_json::{Map, Value};

/// The largest question, 8 MiB: some thousands of series or events.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// An object of the question and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Fields<'a> {
    map: &'a Map<String, Value>,
    path: String,
}

/// The question as a value; its top is an object.
pub(crate) fn parse(text: &str) -> Result<Value, FieldError> {
    if text.len() > MAX_BYTES {
        return Err(FieldError::expected("", "at most 8 MiB of JSON"));
    }
    serde_json::from_str(text).map_err(|_| FieldError::expected("body", "a JSON object"))
}

impl<'a> Fields<'a> {
    /// The fields of `value`, which stands at `path`; all their names are among `known`, in camelCase.
    pub(crate) fn of(value: &'a Value, path: &str, known: &[&str]) -> Result<Self, FieldError> {
        let Value::Object(map) = value else {
            let place = if path.is_empty() { "body" } else { path };
            return Err(FieldError::expected(place, "a JSON object"));
        };
        let fields = Self {
            map,
            path: path.to_owned(),
        };
        let is_known = |name: &String| known.iter().any(|k| k == name || snake(k) == *name);
        match map.keys().find(|name| !is_known(name)) {
            Some(unknown) => {
                let place = fields.place(unknown);
                let known = known.join(", ");
                Err(FieldError {
                    code: ErrorCode::ValidationError,
                    message: format!("Unknown field {place}: expected one of {known}"),
                    field: place,
                })
            }
            None => Ok(fields),
        }
    }

    /// Where `name` stands, for messages.
    pub(crate) fn place(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// The value called `name`; `null` is none.
    pub(crate) fn value(&self, name: &str) -> Option<&'a Value> {
        self.map
            .get(name)
            .or_else(|| self.map.get(&snake(name)))
            .filter(|value| !value.is_null())
    }

    /// A text that is not empty.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>, FieldError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, "a text")),
        }
    }

    /// A text that has to be there.
    pub(crate) fn needed_text(&self, name: &str) -> Result<&'a str, FieldError> {
        self.text(name)?
            .ok_or_else(|| FieldError::missing(&self.place(name), "a text"))
    }

    /// One of `choices`.
    pub(crate) fn choice(
        &self,
        name: &str,
        choices: &[&str],
    ) -> Result<Option<&'a str>, FieldError> {
        match self.text(name)? {
            Some(text) if !choices.contains(&text) => {
                Err(self.wrong(name, &format!("one of {}", choices.join(", "))))
            }
            found => Ok(found),
        }
    }

    /// A whole number from 0 on, as a JSON number or as decimal text.
    pub(crate) fn whole(&self, name: &str) -> Result<Option<u64>, FieldError> {
        self.value(name)
            .map(|value| {
                whole(value)
                    .and_then(|n| u64::try_from(n).ok())
                    .ok_or_else(|| self.wrong(name, "a whole number, 0 or more"))
            })
            .transpose()
    }

    /// Nano-dollars from 0 on.
    pub(crate) fn nanos(&self, name: &str) -> Result<Option<Nanos>, FieldError> {
        self.value(name)
            .map(|value| {
                whole(value)
                    .filter(|nanos| *nanos >= 0)
                    .map(Nanos::new)
                    .ok_or_else(|| self.wrong(name, "whole nano-dollars, 0 or more"))
            })
            .transpose()
    }

    /// True, false or absent.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, FieldError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.wrong(name, "true or false")),
        }
    }

    /// A date.
    pub(crate) fn date(&self, name: &str) -> Result<Option<Date>, FieldError> {
        self.text(name)?
            .map(|text| {
                text.parse()
                    .map_err(|_| self.wrong(name, "a date such as 2026-01-31"))
            })
            .transpose()
    }

    /// An instant in milliseconds since 1970; a date is its midnight UTC.
    pub(crate) fn instant(&self, name: &str) -> Result<Option<i64>, FieldError> {
        let expected = "a time such as 2026-01-31T12:00:00Z";
        self.text(name)?
            .map(|text| match timestamp::parse(text) {
                Some(Moment::Instant(ms)) => Ok(ms),
                Some(Moment::Day(date)) => days_since_1970(date)
                    .map(|days| days * DAY_MS)
                    .ok_or_else(|| self.wrong(name, expected)),
                None => Err(self.wrong(name, expected)),
            })
            .transpose()
    }

    /// The items of a list, at most `limit`; none when absent.
    pub(crate) fn list(&self, name: &str, limit: usize) -> Result<&'a [Value], FieldError> {
        match self.value(name) {
            None => Ok(&[]),
            Some(Value::Array(items)) if items.len() <= limit => Ok(items),
            Some(_) => Err(self.wrong(name, &format!("a list of at most {limit}"))),
        }
    }

    /// The objects of a list, each with its place.
    pub(crate) fn objects(
        &self,
        name: &str,
        limit: usize,
        known: &[&str],
    ) -> Result<Vec<Fields<'a>>, FieldError> {
        let item = |(index, value): (usize, &'a Value)| {
            Fields::of(value, &format!("{}[{index}]", self.place(name)), known)
        };
        self.list(name, limit)?
            .iter()
            .enumerate()
            .map(item)
            .collect()
    }

    /// The texts of a list.
    pub(crate) fn texts(&self, name: &str, limit: usize) -> Result<Vec<&'a str>, FieldError> {
        self.list(name, limit)?
            .iter()
            .map(|value| {
                value
                    .as_str()
                    .ok_or_else(|| self.wrong(name, "a list of texts"))
            })
            .collect()
    }

    /// The entries of an object, by name.
    pub(crate) fn entries(&self, name: &str) -> Result<Option<&'a Map<String, Value>>, FieldError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(_) => Err(self.wrong(name, "an object")),
        }
    }

    /// `name` is not what it should be.
    pub(crate) fn wrong(&self, name: &str, expected: &str) -> FieldError {
        FieldError::expected(self.place(name), expected)
    }
}

/// A whole number, as a JSON number or as decimal text: amounts beyond 2^53 come as text.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn days_since_1970(date: Date) -> Option<i64> {
    let span = date.since(jiff::civil::date(1970, 1, 1)).ok()?;
    Some(i64::from(span.get_days()))
}

/// `dailyNanos` as `daily_nanos`.
fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_names_its_place_and_what_was_expected() {
        let value = parse(r#"{"daily_nanos": 3, "rows": [{"at": "x"}, {"colour": 1}]}"#).unwrap();
        let fields = Fields::of(&value, "", &["dailyNanos", "rows"]).unwrap();
        assert_eq!(fields.whole("dailyNanos"), Ok(Some(3)));
        let rows = fields.objects("rows", 9, &["at"]);
        assert_eq!(rows.unwrap_err().field, "rows[1].colour");
        let row = Fields::of(&value["rows"][0], "rows[0]", &["at"]).unwrap();
        let error = row.instant("at").unwrap_err();
        assert_eq!(
            error.message,
            "Invalid rows[0].at: expected a time such as 2026-01-31T12:00:00Z"
        );
        assert_eq!(
            Fields::of(&value, "", &["rows"]).unwrap_err().field,
            "daily_nanos"
        );
    }
}
