//! Format and provider of a response, with how sure that is and what else it could be.

use super::format::{Evidence, FORMATS, Format, PROVIDERS, Provider, provider_named};
use super::hints::Hints;
use super::pattern::is_like;
use super::url;
use crate::response::{At, Path, Tape, View};
use std::borrow::Cow;
use std::fmt;

/// How sure the provider is. The format is always certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Several providers write such a body; the named one is the usual sender.
    Ambiguous,
    /// The body carries this provider's mark, which others could imitate.
    Likely,
    /// A hint or a mark that only this provider leaves.
    Certain,
}

impl Confidence {
    /// `certain`, `likely` or `ambiguous`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Ambiguous => "ambiguous",
        }
    }
}

/// What a response turned out to be.
#[derive(Debug, Clone)]
pub struct Detection {
    /// How to read it.
    pub format: &'static Format,
    /// Who sent it. A hint this system has no name for stands here as given.
    pub provider: Cow<'static, str>,
    /// How sure the provider is.
    pub confidence: Confidence,
    /// Everyone it could be, the named one first.
    pub candidates: Vec<Cow<'static, str>>,
}

/// Why a response could not be placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DetectError {
    /// No known format has these fields.
    UnknownFormat,
}

impl fmt::Display for DetectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFormat => {
                f.write_str("no known provider format has the fields of this response")
            }
        }
    }
}

/// A provider's mark that a body carries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    provider: &'static Provider,
    confidence: Confidence,
}

/// Finds format and provider.
pub fn detect(tape: &Tape<'_>, hints: &Hints<'_>) -> Result<Detection, DetectError> {
    let (format, view) = find_format(tape).ok_or(DetectError::UnknownFormat)?;
    Ok(find_provider(
        format,
        &view,
        hints,
        strongest_mark(format, &view),
    ))
}

/// The first format whose fields the tape has, with where its response and usage stand.
pub(crate) fn find_format<'t, 'a>(tape: &'t Tape<'a>) -> Option<(&'static Format, View<'t, 'a>)> {
    FORMATS
        .iter()
        .find_map(|format| Some((format, matching_view(tape, format)?)))
}

fn matching_view<'t, 'a>(tape: &'t Tape<'a>, format: &Format) -> Option<View<'t, 'a>> {
    let matches = |view: &View<'_, '_>| {
        format.exists.iter().all(|path| view.exists(path))
            && (format.any.is_empty() || format.any.iter().any(|path| view.exists(path)))
            && !format.absent.iter().any(|path| view.exists(path))
            && meets(view, format.equals)
    };
    format
        .envelopes
        .iter()
        .filter_map(|path| place(tape, At::ROOT, path))
        .find_map(|response| {
            let usage = format
                .roots
                .iter()
                .find_map(|path| place(tape, response, path))?;
            let view = View {
                tape,
                response,
                usage,
            };
            matches(&view).then_some(view)
        })
}

/// Where the path leads from `from` on; an empty one leads nowhere else.
fn place(tape: &Tape<'_>, from: At, path: &Path) -> Option<At> {
    if path.steps.is_empty() {
        return Some(from);
    }
    View {
        tape,
        response: from,
        usage: from,
    }
    .place(path)
}

/// Where a response of `format` that `wanted` accepts may stand on the tape, usage or not.
pub(crate) fn find_view<'t, 'a>(
    tape: &'t Tape<'a>,
    format: &Format,
    wanted: impl Fn(&View<'_, '_>) -> bool,
) -> Option<View<'t, 'a>> {
    format
        .envelopes
        .iter()
        .filter_map(|path| place(tape, At::ROOT, path))
        .find_map(|response| {
            let usage = format
                .roots
                .iter()
                .find_map(|path| place(tape, response, path))
                .unwrap_or(response);
            let view = View {
                tape,
                response,
                usage,
            };
            wanted(&view).then_some(view)
        })
}

/// Whether each path has one of its texts.
pub(crate) fn meets(view: &View<'_, '_>, equals: &[(Path, &[&str])]) -> bool {
    equals
        .iter()
        .all(|(path, values)| view.text(path).is_some_and(|found| values.contains(&found)))
}

/// The first format that knows the tape as one of its responses without usage.
pub(crate) fn find_partial<'t, 'a>(tape: &'t Tape<'a>) -> Option<(&'static Format, View<'t, 'a>)> {
    FORMATS
        .iter()
        .filter(|format| !format.stream.partial.is_empty())
        .find_map(|format| {
            let view = find_view(tape, format, |view| meets(view, format.stream.partial))?;
            Some((format, view))
        })
}

/// Names the provider of a response of `format`.
pub(crate) fn find_provider(
    format: &'static Format,
    view: &View<'_, '_>,
    hints: &Hints<'_>,
    mark: Option<Mark>,
) -> Detection {
    if let Some(hinted) = hints.provider {
        let provider =
            provider_named(hinted).map_or_else(|| Cow::Owned(hinted.to_owned()), Cow::Borrowed);
        return sure(format, provider);
    }
    if let Some(provider) = hints.url.and_then(url::provider_of) {
        return sure(format, Cow::Borrowed(provider.id));
    }
    if let Some(provider) = by_header(view.tape) {
        return sure(format, Cow::Borrowed(provider.id));
    }
    if let Some(Mark {
        provider,
        confidence: Confidence::Certain,
    }) = mark
    {
        return sure(format, Cow::Borrowed(provider.id));
    }
    let model = format
        .model
        .iter()
        .find_map(|path| view.text(path))
        .or(hints.model);
    let by_model = model.and_then(|model| {
        PROVIDERS.iter().filter(|p| speaks(p, format)).find(|p| {
            p.model_prefixes
                .iter()
                .any(|prefix| model.starts_with(prefix))
        })
    });
    let (first, confidence) = match (mark, by_model) {
        (Some(mark), _) => (mark.provider.id, mark.confidence),
        (None, Some(provider)) => (provider.id, Confidence::Ambiguous),
        (None, None) => (format.default_provider, Confidence::Ambiguous),
    };
    let others = PROVIDERS
        .iter()
        .filter(|p| speaks(p, format))
        .map(|p| p.id)
        .filter(|id| *id != first);
    let candidates = std::iter::once(first)
        .chain(others)
        .map(Cow::Borrowed)
        .collect();
    Detection {
        format,
        provider: Cow::Borrowed(first),
        confidence,
        candidates,
    }
}

fn sure(format: &'static Format, provider: Cow<'static, str>) -> Detection {
    Detection {
        format,
        candidates: vec![provider.clone()],
        provider,
        confidence: Confidence::Certain,
    }
}

fn speaks(provider: &Provider, format: &Format) -> bool {
    provider.formats.contains(&format.id)
}

fn by_header(tape: &Tape<'_>) -> Option<&'static Provider> {
    let headers = tape.headers()?;
    PROVIDERS.iter().find(|p| {
        p.headers
            .iter()
            .any(|key| tape.field(headers, *key).is_some())
    })
}

/// The strongest mark in a body; of equal ones that of the provider that stands first in the data.
pub(crate) fn strongest_mark(format: &Format, view: &View<'_, '_>) -> Option<Mark> {
    let mut best: Option<Mark> = None;
    for provider in PROVIDERS.iter().filter(|p| speaks(p, format)) {
        let held = provider
            .evidence
            .iter()
            .filter(|e| holds(view, e, format))
            .map(|e| e.confidence)
            .max();
        if let Some(confidence) = held
            && best.is_none_or(|best| confidence > best.confidence)
        {
            best = Some(Mark {
                provider,
                confidence,
            });
            if confidence == Confidence::Certain {
                break;
            }
        }
    }
    best
}

impl Mark {
    /// The stronger of two.
    pub(crate) fn or(self, other: Self) -> Self {
        if other.confidence > self.confidence {
            other
        } else {
            self
        }
    }
}

fn holds(view: &View<'_, '_>, evidence: &Evidence, format: &Format) -> bool {
    if !evidence.formats.is_empty() && !evidence.formats.contains(&format.id) {
        return false;
    }
    if evidence.like.is_empty() {
        return view.exists(&evidence.path);
    }
    view.text(&evidence.path)
        .is_some_and(|found| is_like(found, evidence.like))
}
