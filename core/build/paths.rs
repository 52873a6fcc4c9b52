//! The path language of the data.
//!
//! `prompt_tokens` is read from where usage stands, `/model` from the response, `@x-request-id` from the HTTP
//! headers. `choices[]` goes into each item of a list, `cacheDetails[ttl=5m]` into those whose field has that
//! text (or number: `[modality=AUDIO|4]` takes either), `output[!action]` into those that lack the field.

use std::fmt::Write as _;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Field(String),
    Each,
    Where { field: String, equals: Vec<String> },
    Without { field: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    Usage,
    Response,
    Headers,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathTo {
    pub(crate) from: From,
    pub(crate) steps: Vec<Step>,
}

impl PathTo {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if let Some(header) = text.strip_prefix('@') {
            // A header's name may hold anything but a path's own signs.
            let steps = vec![Step::Field(header.to_owned())];
            return Ok(Self {
                from: From::Headers,
                steps,
            });
        }
        let (from, rest) = match text.strip_prefix('/') {
            Some(rest) => (From::Response, rest),
            None => (From::Usage, text),
        };
        let mut steps = Vec::new();
        for part in rest.split('.').filter(|part| !part.is_empty()) {
            let mut pieces = part.split('[');
            let field = pieces.next().unwrap_or_default();
            if field.is_empty() {
                return Err(format!("path {text:?} has an empty field"));
            }
            steps.push(Step::Field(field.to_owned()));
            for piece in pieces {
                let inner = piece
                    .strip_suffix(']')
                    .ok_or_else(|| format!("path {text:?}: no ]"))?;
                steps.push(
                    match (inner, inner.strip_prefix('!'), inner.split_once('=')) {
                        ("", _, _) => Step::Each,
                        (_, Some(field), _) => Step::Without {
                            field: field.to_owned(),
                        },
                        (_, None, Some((field, equals))) => Step::Where {
                            field: field.to_owned(),
                            equals: equals.split('|').map(str::to_owned).collect(),
                        },
                        _ => return Err(format!("path {text:?}: [], [field=text] or [!field]")),
                    },
                );
            }
        }
        Ok(Self { from, steps })
    }

    pub(crate) fn parse_all(texts: &[String]) -> Result<Vec<Self>, String> {
        texts.iter().map(|text| Self::parse(text)).collect()
    }

    /// The same path from the response on, for a place where usage may stand.
    pub(crate) fn below(&self, root: &Self) -> Self {
        match self.from {
            From::Usage => Self {
                from: From::Response,
                steps: root.steps.iter().chain(&self.steps).cloned().collect(),
            },
            From::Response | From::Headers => self.clone(),
        }
    }
}

/// Emits paths with the numbers that the shape gave to names.
pub(crate) struct Emitter<'a>(pub(crate) &'a dyn Fn(&str) -> u16);

impl Emitter<'_> {
    pub(crate) fn path(&self, path: &PathTo) -> String {
        let from = match path.from {
            From::Usage => "Usage",
            From::Response => "Response",
            From::Headers => "Headers",
        };
        let plain = path.steps.iter().all(|step| matches!(step, Step::Field(_)));
        let first = match (path.from, path.steps.first()) {
            (From::Usage | From::Response, Some(Step::Field(name))) => (self.0)(name),
            _ => u16::MAX,
        };
        let mut out =
            format!("Path {{ from: From::{from}, plain: {plain}, first: {first}, steps: &[");
        for step in &path.steps {
            let _ = match step {
                Step::Field(name) => write!(out, "Step::Field(Key({})), ", (self.0)(name)),
                Step::Each => write!(out, "Step::Each, "),
                Step::Where { field, equals } => {
                    write!(
                        out,
                        "Step::Where {{ field: Key({}), equals: &{equals:?} }}, ",
                        (self.0)(field)
                    )
                }
                Step::Without { field } => {
                    write!(out, "Step::Without {{ field: Key({}) }}, ", (self.0)(field))
                }
            };
        }
        out.push_str("] }");
        out
    }

    pub(crate) fn list(&self, paths: &[PathTo]) -> String {
        let items: Vec<_> = paths.iter().map(|path| self.path(path)).collect();
        format!("&[{}]", items.join(", "))
    }

    pub(crate) fn option(&self, path: Option<&PathTo>) -> String {
        path.map_or_else(
            || "None".to_owned(),
            |path| format!("Some({})", self.path(path)),
        )
    }
}
