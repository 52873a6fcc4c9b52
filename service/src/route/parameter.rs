//! Query parameters: their names in every spelling, and what they take.

use crate::http::{Problem, Query};

/// What a parameter's value is. The router checks all but times, whose meaning depends on the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// Texts, separated by commas or given as often as there are.
    Texts,
    /// A whole number between these two, both included.
    Integer(i64, i64),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// An ISO 8601 date or date-time.
    Time,
    /// Words from this list, separated by commas or given as often as there are.
    SomeOf(&'static [&'static str]),
}

/// A query parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    /// As the document shows it; `snake_case`. The same in `camelCase` is accepted.
    pub(crate) name: &'static str,
    /// Other names that mean the same, in `snake_case`.
    pub(crate) also: &'static [&'static str],
    pub(crate) kind: Kind,
    #[cfg(feature = "openapi")]
    pub(crate) about: &'static str,
    #[cfg(feature = "openapi")]
    pub(crate) required: bool,
}

impl Parameter {
    /// An optional parameter; `about` says what it does and in which unit it is.
    pub(crate) const fn new(name: &'static str, kind: Kind, about: &'static str) -> Self {
        #[cfg(not(feature = "openapi"))]
        let _ = about;
        Self {
            name,
            also: &[],
            kind,
            #[cfg(feature = "openapi")]
            about,
            #[cfg(feature = "openapi")]
            required: false,
        }
    }

    /// Says that the route refuses to answer without it.
    pub(crate) const fn required(self) -> Self {
        #[cfg(feature = "openapi")]
        {
            let mut required = self;
            required.required = true;
            required
        }
        #[cfg(not(feature = "openapi"))]
        self
    }

    /// Other names for it.
    pub(crate) const fn also(mut self, names: &'static [&'static str]) -> Self {
        self.also = names;
        self
    }
}

/// The range of a report.
pub(crate) const PERIOD: &[Parameter] = &[
    Parameter::new(
        "start_date",
        Kind::Time,
        "First instant of the range, inclusive. A date begins at midnight in the organisation's time zone",
    )
    .also(&["start"]),
    Parameter::new(
        "end_date",
        Kind::Time,
        "End of the range. A date means that whole day; a date-time is exclusive, except that one ending in :59 \
         seconds includes that second",
    )
    .also(&["end"]),
    Parameter::new(
        "time_window",
        Kind::OneOf(&[
            "current-period",
            "last-period",
            "last-7-days",
            "last-30-days",
        ]),
        "A range relative to now, instead of start_date and end_date",
    ),
];

/// Which part of a long list.
pub(crate) const PAGE: &[Parameter] = &[
    Parameter::new(
        "limit",
        Kind::Integer(1, 1000),
        "The most entries to answer; 100 when absent",
    ),
    Parameter::new(
        "offset",
        Kind::Integer(0, i64::MAX),
        "How many entries to pass over first",
    ),
];

/// The longest text of a parameter, as of a field of an event.
const MAX_TEXT_BYTES: usize = 512;

/// Refuses a parameter that the route does not have, since a misspelt date would silently ask about another period,
/// one that is given twice and differently, for the same reason, and a value that is not what the parameter takes.
pub(crate) fn accepted(query: &Query<'_>, groups: &[&[Parameter]]) -> Result<(), Problem> {
    let mut said: Vec<(&str, &str)> = Vec::new();
    for (name, value) in query.pairs() {
        let mut known = groups.iter().copied().flatten();
        let Some(parameter) = known.find(|p| p.name == name || p.also.contains(&name)) else {
            return Err(unknown(name, groups));
        };
        if value.is_empty() {
            continue;
        }
        parameter.kind.check(name, value)?;
        if parameter.kind.is_list() {
            continue;
        }
        match said.iter().find(|(known, _)| *known == parameter.name) {
            None => said.push((parameter.name, value)),
            Some((_, before)) if *before == value => {}
            Some(_) => {
                let message = format!("Invalid {name}: it is given twice, with different values");
                return Err(Problem::invalid(name, message));
            }
        }
    }
    Ok(())
}

fn unknown(name: &str, groups: &[&[Parameter]]) -> Problem {
    let names: Vec<&str> = groups.iter().copied().flatten().map(|p| p.name).collect();
    let expected = if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    };
    Problem::invalid(
        name,
        format!("Unknown parameter {name}: expected {expected}"),
    )
}

impl Kind {
    /// Whether it may be given several times.
    const fn is_list(self) -> bool {
        matches!(self, Self::Texts | Self::SomeOf(_))
    }

    fn check(self, name: &str, value: &str) -> Result<(), Problem> {
        let wrong = |expected: String| {
            Err(Problem::invalid(
                name,
                format!("Invalid {name}: {expected}"),
            ))
        };
        match self {
            Self::Time => Ok(()),
            Self::Text | Self::Texts if value.len() <= MAX_TEXT_BYTES => Ok(()),
            Self::Text | Self::Texts => wrong(format!("expected at most {MAX_TEXT_BYTES} bytes")),
            Self::Integer(least, most) => match value.parse::<i64>() {
                Ok(number) if (least..=most).contains(&number) => Ok(()),
                _ if most == i64::MAX => {
                    wrong(format!("expected a whole number of {least} or more"))
                }
                _ => wrong(format!("expected a whole number from {least} to {most}")),
            },
            Self::OneOf(words) if words.contains(&value) => Ok(()),
            Self::SomeOf(words) if value.split(',').all(|word| words.contains(&word.trim())) => {
                Ok(())
            }
            Self::OneOf(words) | Self::SomeOf(words) => {
                let shown: String = value.chars().take(100).collect();
                wrong(format!("{shown}. Valid options: {}", words.join(", ")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Uri;

    const SOME: &[Parameter] = &[Parameter::new("include", Kind::SomeOf(&["a", "b"]), "")];

    fn told(query: &str) -> Result<(), (Option<String>, String)> {
        let uri: Uri = format!("/?{query}").parse().unwrap();
        accepted(&Query::of(&uri), &[PERIOD, PAGE, SOME]).map_err(|p| (p.field, p.message))
    }

    #[test]
    fn every_spelling_of_a_known_name_passes() {
        for query in [
            "",
            "startDate=2026-01-01&end_date=x",
            "start=1&end=2",
            "timeWindow=last-7-days",
            "limit=1000&offset=0",
            "include=a,b&include=b",
            "limit=",
            "start=a&start_date=a&start_date=",
        ] {
            assert_eq!(told(query), Ok(()), "{query}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_what_was_expected() {
        for (query, field, message) in [
            (
                "start_dat=2026-01-01",
                "start_dat",
                "expected start_date, end_date",
            ),
            (
                "limit=1001",
                "limit",
                "expected a whole number from 1 to 1000",
            ),
            ("limit=1e2", "limit", "expected a whole number"),
            (
                "offset=-1",
                "offset",
                "expected a whole number of 0 or more",
            ),
            (
                "time_window=weekly",
                "time_window",
                "Invalid time_window: weekly. Valid options: current-period, ",
            ),
            ("include=a,c", "include", "Valid options: a, b"),
            ("limit=1&limit=2", "limit", "given twice"),
            ("start_date=a&start=b", "start", "given twice"),
        ] {
            let (named, said) = told(query).unwrap_err();
            assert_eq!(named.as_deref(), Some(field), "{query}");
            assert!(said.contains(message), "{said}");
        }
    }
}
