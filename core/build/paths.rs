//! The path language of the data: `usage.prompt_tokens`, `choices[].finish_reason`,
//! `usage.cacheDetails[ttl=5m].inputTokens`.

use std::fmt::Write as _;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Field(String),
    Each,
    Where { field: String, equals: String },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathTo(pub(crate) Vec<Step>);

impl PathTo {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        for part in text.split('.') {
            let (field, filter) = match part.split_once('[') {
                Some((field, rest)) => {
                    let inner = rest
                        .strip_suffix(']')
                        .ok_or_else(|| format!("path {text:?}: no ]"))?;
                    (field, Some(inner))
                }
                None => (part, None),
            };
            if field.is_empty() {
                return Err(format!("path {text:?} has an empty field"));
            }
            steps.push(Step::Field(field.to_owned()));
            match filter {
                None => {}
                Some("") => steps.push(Step::Each),
                Some(condition) => {
                    let (field, equals) = condition
                        .split_once('=')
                        .ok_or_else(|| format!("path {text:?}: [field=value]"))?;
                    steps.push(Step::Where {
                        field: field.into(),
                        equals: equals.into(),
                    });
                }
            }
        }
        Ok(Self(steps))
    }

    pub(crate) fn emit(&self) -> String {
        let mut out = String::from("&[");
        for step in &self.0 {
            let _ = match step {
                Step::Field(name) => write!(out, "Step::Field({name:?}), "),
                Step::Each => write!(out, "Step::Each, "),
                Step::Where { field, equals } => {
                    write!(
                        out,
                        "Step::Where {{ field: {field:?}, equals: {equals:?} }}, "
                    )
                }
            };
        }
        out.push(']');
        out
    }
}

pub(crate) fn emit_list(paths: &[PathTo]) -> String {
    let items: Vec<_> = paths.iter().map(PathTo::emit).collect();
    format!("&[{}]", items.join(", "))
}

pub(crate) fn emit_option(path: Option<&PathTo>) -> String {
    path.map_or_else(|| "None".into(), |p| format!("Some({})", p.emit()))
}
