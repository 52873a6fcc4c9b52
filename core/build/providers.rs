//! `catalog/providers.toml`: what names a provider in a url, a header, a hint or a body.

use crate::formats::Formats;
use crate::paths::{Emitter, PathTo};
use serde::Deserialize;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    provider: Vec<Provider>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    id: String,
    names: Vec<String>,
    #[serde(default)]
    hosts: Vec<String>,
    formats: Vec<String>,
    #[serde(default)]
    model_prefixes: Vec<String>,
    /// Where a url names the model: `/model/{}/`.
    #[serde(default)]
    model_in_url: Vec<String>,
    /// The url's name of the model says more than the body's.
    #[serde(default)]
    url_model_wins: bool,
    /// A name in the url that holds one of these says nothing: the body's counts, if it has one.
    #[serde(default)]
    opaque_models: Vec<String>,
    #[serde(default)]
    host_means: Vec<HostMeans>,
    /// Response headers that only this provider sends.
    #[serde(default)]
    headers: Vec<String>,
    #[serde(default)]
    evidence: Vec<Evidence>,
}

/// A host whose name says something about the price: `{}` is the modifier's value, unless one is given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HostMeans {
    host: String,
    modifier: String,
    value: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    path: String,
    /// A pattern of the text there; any value will do when absent.
    #[serde(default)]
    like: String,
    /// Only in these formats; in all it speaks when absent.
    #[serde(default)]
    formats: Vec<String>,
    confidence: String,
}

pub(crate) struct Providers {
    list: Vec<Provider>,
}

pub(crate) fn load(path: &Path, formats: &Formats) -> Result<Providers, String> {
    let list = crate::read::<File>(path)?.provider;
    let known = |format: &String| formats.ids().any(|(id, _)| id == format);
    for p in &list {
        if list.iter().filter(|other| other.id == p.id).count() > 1 {
            return Err(format!("providers.toml: {} stands twice", p.id));
        }
        if let Some(host) = p.hosts.iter().find(|host| host.matches("{}").count() > 1) {
            return Err(format!(
                "providers.toml: {}: {host:?} has more than one {{}}",
                p.id
            ));
        }
        if let Some(unknown) = p.formats.iter().find(|format| !known(format)) {
            return Err(format!("providers.toml: {}: no format {unknown:?}", p.id));
        }
        for means in &p.host_means {
            if means.host.matches("{}").count() != usize::from(means.value.is_none()) {
                return Err(format!(
                    "providers.toml: {}: host_means has one {{}} or a value",
                    p.id
                ));
            }
        }
        for pattern in &p.model_in_url {
            if pattern.matches("{}").count() != 1 {
                return Err(format!(
                    "providers.toml: {}: model_in_url has one {{}}",
                    p.id
                ));
            }
        }
    }
    for (format, default) in formats.ids() {
        if !list.iter().any(|p| p.id == default) {
            return Err(format!(
                "formats/{format}.toml: no provider {default:?} in providers.toml"
            ));
        }
    }
    Ok(Providers { list })
}

impl Providers {
    /// Every place of evidence, with the envelopes of the formats it counts in.
    pub(crate) fn paths(&self, formats: &Formats) -> Result<Vec<(PathTo, PathTo)>, String> {
        let mut all = Vec::new();
        for p in &self.list {
            for e in &p.evidence {
                let path = PathTo::parse(&e.path)?;
                let counts = |format: &&String| e.formats.is_empty() || e.formats.contains(*format);
                for format in p.formats.iter().filter(counts) {
                    for envelope in formats.envelopes(format)? {
                        all.push((envelope, path.clone()));
                    }
                }
            }
        }
        Ok(all)
    }

    pub(crate) fn headers(&self) -> Vec<String> {
        self.list
            .iter()
            .flat_map(|p| p.headers.iter().cloned())
            .collect()
    }

    pub(crate) fn knows(&self, id: &str) -> bool {
        self.list.iter().any(|known| known.id == id)
    }

    /// The providers, and for each format who speaks it and what marks its bodies may carry, by place.
    pub(crate) fn emit(&self, emitter: &Emitter<'_>, formats: &Formats) -> Result<String, String> {
        let mut out = format!(
            "pub(crate) static PROVIDERS: [Provider; {}] = [\n",
            self.list.len()
        );
        for p in &self.list {
            let headers: Vec<String> = p
                .headers
                .iter()
                .map(|header| format!("Key({})", (emitter.0)(header)))
                .collect();
            let _ = writeln!(
                out,
                "    Provider {{ id: {:?}, names: &{:?}, hosts: &[{}], model_prefixes: &{:?}, model_in_url: &{:?}, \
                 url_model_wins: {}, opaque_models: &{:?}, hosts_mean: &[{}], headers: &[{}] }},",
                p.id,
                p.names,
                p.hosts
                    .iter()
                    .map(|host| emit_host(host))
                    .collect::<Vec<_>>()
                    .join(", "),
                p.model_prefixes,
                p.model_in_url,
                p.url_model_wins,
                p.opaque_models,
                p.host_means
                    .iter()
                    .map(HostMeans::emit)
                    .collect::<Vec<_>>()
                    .join(", "),
                headers.join(", ")
            );
        }
        let _ = writeln!(
            out,
            "];\npub(crate) static SPEAKERS: [Speakers; {}] = [",
            formats.ids().count()
        );
        for (format, _) in formats.ids() {
            let speakers: Vec<(usize, &Provider)> = self
                .list
                .iter()
                .enumerate()
                .filter(|(_, p)| p.formats.iter().any(|f| f == format))
                .collect();
            let ids: Vec<&str> = speakers.iter().map(|(_, p)| p.id.as_str()).collect();
            let mut groups: Vec<(&str, String)> = Vec::new();
            for (number, p) in &speakers {
                for e in p
                    .evidence
                    .iter()
                    .filter(|e| e.formats.is_empty() || e.formats.iter().any(|f| f == format))
                {
                    let mark =
                        mark(*number, e).map_err(|e| format!("providers.toml: {}: {e}", p.id))?;
                    match groups.iter_mut().find(|(path, _)| *path == e.path) {
                        Some((_, marks)) => marks.push_str(&mark),
                        None => groups.push((&e.path, mark)),
                    }
                }
            }
            let _ = write!(out, "    Speakers {{ ids: &{ids:?}, marks: &[");
            for (path, marks) in groups {
                // From where usage stands, if it stands there: what it begins with is looked up at a glance.
                let path = match path.strip_prefix("/usage.") {
                    Some(rest) if formats.root_is_usage(format) => PathTo::parse(rest)?,
                    _ => PathTo::parse(path)?,
                };
                let path = emitter.path(&path);
                let _ = write!(out, "MarksAt {{ path: {path}, marks: &[{marks}] }}, ");
            }
            out.push_str("] },\n");
        }
        out.push_str("];\n");
        Ok(out)
    }
}

impl HostMeans {
    fn emit(&self) -> String {
        let host = emit_host(&self.host);
        format!(
            "HostMeans {{ host: {host}, modifier: {:?}, value: {:?} }}",
            self.modifier, self.value
        )
    }
}

fn emit_host(host: &str) -> String {
    let (name, path) = host.split_at(host.find('/').unwrap_or(host.len()));
    let (before, after) = name.split_once("{}").unwrap_or(("", name));
    let has_label = name.contains("{}");
    format!(
        "Host {{ before: {before:?}, after: {after:?}, has_label: {has_label}, path: {path:?} }}"
    )
}

/// A mark with what its text begins with apart, so that most texts are told from it at a glance.
fn mark(provider: usize, e: &Evidence) -> Result<String, String> {
    let confidence = match e.confidence.as_str() {
        "certain" => "Certain",
        "likely" => "Likely",
        other => return Err(format!("confidence {other:?}")),
    };
    let (prefix, rest) = e.like.split_at(e.like.find('{').unwrap_or(e.like.len()));
    Ok(format!(
        "MarkOf {{ provider: {provider}, prefix: {prefix:?}, rest: &[{}], length: {}, \
         by_id: {}, confidence: Confidence::{confidence} }}, ",
        pieces(rest)?,
        exact_length(&e.like),
        e.path == "/id" && !e.like.is_empty()
    ))
}

/// The pieces of a pattern. Outside braces it stands for itself; inside, `any` is any text, `uuid` a UUID, and
/// `N class` or `class` N or at least one of a class.
fn pieces(pattern: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = pattern;
    while !rest.is_empty() {
        let (literal, inner) = rest.split_once('{').unwrap_or((rest, ""));
        if !literal.is_empty() {
            let _ = write!(out, "Piece::Text({literal:?}), ");
        }
        if literal.len() == rest.len() {
            break;
        }
        let (inner, after) = inner
            .split_once('}')
            .ok_or_else(|| format!("like = {pattern:?}: no }}"))?;
        rest = after;
        let (count, class) = inner.split_once(' ').unwrap_or(("0", inner));
        let class = match class {
            // As `Class` in `src/provider/pattern.rs` adds them up.
            "any" | "uuid" => 0,
            "digit" => 1,
            "hex" => 3,
            "alnum" => 7,
            "base64" => 15,
            _ => return Err(format!("like = {pattern:?}: {inner:?} is no class")),
        };
        let _ = match (inner, class) {
            ("any", _) => write!(out, "Piece::Any, "),
            ("uuid", _) => write!(out, "Piece::Uuid, "),
            _ => {
                let count: u8 = count
                    .parse()
                    .map_err(|_| format!("like = {pattern:?}: {count:?} is no count up to 255"))?;
                write!(
                    out,
                    "Piece::Run {{ count: {count}, class: Class({class}) }}, "
                )
            }
        };
    }
    Ok(out)
}

/// The length of every text that the pattern describes; 0 when they differ in length.
fn exact_length(pattern: &str) -> usize {
    let mut length = 0;
    let mut rest = pattern;
    while let Some((literal, after)) = rest.split_once('{') {
        let Some((class, after)) = after.split_once('}') else {
            return 0;
        };
        let counted = class
            .split_once(' ')
            .and_then(|(count, _)| count.parse::<usize>().ok());
        let Some(count) = counted.or((class == "uuid").then_some(36)) else {
            return 0;
        };
        length += literal.len() + count;
        rest = after;
    }
    length + rest.len()
}
