//! Format and provider of a response, with how sure that is and what else it could be.

use super::format::{
    ALWAYS_SUSPECT, FORMATS, Format, MarkOf, MarksAt, PROVIDERS, Provider, SUSPECTS, WRAPPERS,
    Wrapper, provider_named,
};
use super::hints::Hints;
use super::pattern::is_like;
use super::url;
use crate::response::{At, Path, Scalar, Tape, View};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::ptr;

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
    pub candidates: Candidates,
}

/// Everyone a response could be from, the likeliest first.
#[derive(Debug, Clone)]
pub struct Candidates {
    first: Cow<'static, str>,
    others: &'static [&'static str],
}

impl Candidates {
    /// Their ids.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let others = self.others.iter().copied().filter(|id| *id != self.first);
        std::iter::once(self.first.as_ref()).chain(others)
    }
}

impl PartialEq for Candidates {
    /// By where the others stand, not one by one: there are but a few lists.
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self.others, other.others) && self.first == other.first
    }
}

impl Serialize for Candidates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
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
    /// The provider's position in the data: of equal marks the first wins.
    order: u8,
    provider: &'static Provider,
    by_id: bool,
    confidence: Confidence,
}

/// Finds format and provider.
pub fn detect(tape: &Tape<'_>, hints: &Hints<'_>) -> Result<Detection, DetectError> {
    let Known { format, view, .. } = find_format(tape).ok_or(DetectError::UnknownFormat)?;
    Ok(find_provider(
        format,
        &view,
        hints,
        strongest_mark(format, &view),
    ))
}

/// A response whose format is known.
pub(crate) struct Known<'t, 'a> {
    pub(crate) format: &'static Format,
    /// Where the response and its usage stand.
    pub(crate) view: View<'t, 'a>,
    /// What it stood in.
    pub(crate) wrapper: Option<&'static Wrapper>,
}

/// The first format whose fields the tape has; where it has none, that of a response wrapped into something else.
pub(crate) fn find_format<'t, 'a>(tape: &'t Tape<'a>) -> Option<Known<'t, 'a>> {
    if let Some((format, view)) = find_format_at(tape, At::ROOT) {
        return Some(Known {
            format,
            view,
            wrapper: None,
        });
    }
    let whole = View::new(tape, At::ROOT, At::ROOT);
    WRAPPERS.iter().find_map(|wrapper| {
        let place = whole.place(&wrapper.place)?;
        if !wrapper.exists.iter().all(|path| whole.exists(path)) {
            return None;
        }
        let (format, view) = find_format_at(tape, place)?;
        Some(Known {
            format,
            view,
            wrapper: Some(wrapper),
        })
    })
}

fn find_format_at<'t, 'a>(tape: &'t Tape<'a>, base: At) -> Option<(&'static Format, View<'t, 'a>)> {
    // What no response of a format lacks is seen at a glance.
    let mut suspects = ALWAYS_SUSPECT;
    let keys = tape.keys(|key| {
        suspects |= SUSPECTS.get(key).copied().unwrap_or_default();
    });
    let suspected = std::iter::from_fn(|| {
        let index = suspects.trailing_zeros();
        suspects &= suspects.wrapping_sub(1);
        FORMATS.get(index as usize)
    });
    find_among(
        tape,
        base,
        suspected.filter(|format| keys.has_all(&format.must)),
    )
}

fn find_among<'t, 'a>(
    tape: &'t Tape<'a>,
    base: At,
    formats: impl Iterator<Item = &'static Format>,
) -> Option<(&'static Format, View<'t, 'a>)> {
    // Nearly all formats stand in the same few places: what was found in the last is kept for the next.
    let whole = tape.fields(base);
    let mut known = View::at(tape, &whole);
    for format in formats {
        for envelope in format.envelopes {
            let Some(response) = whole.place(tape, envelope.steps) else {
                continue;
            };
            if known.response() != response {
                known = View::new(tape, response, response);
            }
            let Some(usage) = format.roots.iter().find_map(|path| place(&known, path)) else {
                continue;
            };
            if known.usage() != usage {
                known.move_usage(usage);
            }
            if matches(&known, format) {
                return Some((format, known));
            }
        }
    }
    None
}

fn matches(view: &View<'_, '_>, format: &Format) -> bool {
    format.detects.iter().any(|detect| {
        detect.exists.iter().all(|path| view.exists(path))
            && (detect.any.is_empty() || detect.any.iter().any(|path| view.exists(path)))
            && !detect.absent.iter().any(|path| view.exists(path))
            && meets(view, detect.equals)
    })
}

/// Where the path leads from the response on; an empty one stays there.
fn place(view: &View<'_, '_>, path: &Path) -> Option<At> {
    if path.steps.is_empty() {
        return Some(view.response());
    }
    view.place(path)
}

/// Where a response of `format` that `wanted` accepts may stand on the tape, usage or not.
pub(crate) fn find_view<'t, 'a>(
    tape: &'t Tape<'a>,
    format: &Format,
    wanted: impl Fn(&View<'_, '_>) -> bool,
) -> Option<View<'t, 'a>> {
    find_view_at(tape, At::ROOT, format, wanted)
}

fn find_view_at<'t, 'a>(
    tape: &'t Tape<'a>,
    base: At,
    format: &Format,
    wanted: impl Fn(&View<'_, '_>) -> bool,
) -> Option<View<'t, 'a>> {
    let whole = View::new(tape, base, base);
    format
        .envelopes
        .iter()
        .filter_map(|path| place(&whole, path))
        .find_map(|response| {
            let mut view = View::new(tape, response, response);
            if let Some(usage) = format.roots.iter().find_map(|path| place(&view, path)) {
                view.move_usage(usage);
            }
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
    find_partial_at(tape, At::ROOT).or_else(|| {
        let whole = View::new(tape, At::ROOT, At::ROOT);
        let mut places = WRAPPERS
            .iter()
            .filter_map(|wrapper| whole.place(&wrapper.place));
        places.find_map(|place| find_partial_at(tape, place))
    })
}

/// The same of a tape that is wrapped into nothing.
pub(crate) fn find_bare_partial<'t, 'a>(
    tape: &'t Tape<'a>,
) -> Option<(&'static Format, View<'t, 'a>)> {
    find_partial_at(tape, At::ROOT)
}

/// What stands in the first wrapper that the tape has.
pub(crate) fn unwrapped(tape: &Tape<'_>) -> Option<Tape<'static>> {
    let whole = View::new(tape, At::ROOT, At::ROOT);
    let mut places = WRAPPERS
        .iter()
        .filter_map(|wrapper| whole.place(&wrapper.place));
    let place = places.find(|place| tape.scalar(*place).is_none() && !tape.is_list(*place))?;
    Some(tape.owned_from(place))
}

fn find_partial_at<'t, 'a>(
    tape: &'t Tape<'a>,
    base: At,
) -> Option<(&'static Format, View<'t, 'a>)> {
    FORMATS
        .iter()
        .filter(|format| !format.stream.partial.is_empty())
        .find_map(|format| {
            let view = find_view_at(tape, base, format, |view| {
                meets(view, format.stream.partial)
            })?;
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
        ..
    }) = mark
    {
        return sure(format, Cow::Borrowed(provider.id));
    }
    let said = format.provider.iter().find_map(|path| view.text(path));
    let (first, confidence) = if let Some(named) = said.and_then(provider_named) {
        (named, Confidence::Likely)
    } else if let Some(mark) = mark {
        let theirs = mark.provider.model_prefixes;
        let is_strange = mark.by_id
            && !theirs.is_empty()
            && !model_of(format, view, hints)
                .is_some_and(|model| theirs.iter().any(|prefix| model.starts_with(prefix)));
        if is_strange {
            (mark.provider.id, Confidence::Ambiguous)
        } else {
            (mark.provider.id, mark.confidence)
        }
    } else {
        let by_model = provider_by_model(format, view, hints);
        (
            by_model.unwrap_or(format.default_provider),
            Confidence::Ambiguous,
        )
    };
    let candidates = Candidates {
        first: Cow::Borrowed(first),
        others: format.speakers().ids,
    };
    Detection {
        format,
        provider: Cow::Borrowed(first),
        confidence,
        candidates,
    }
}

fn model_of<'t>(format: &Format, view: &View<'t, '_>, hints: &Hints<'t>) -> Option<&'t str> {
    let in_body = format.model.iter().find_map(|path| view.text(path));
    in_body.or(hints.model)
}

/// The speaker whose own models are named like the response's.
fn provider_by_model(
    format: &Format,
    view: &View<'_, '_>,
    hints: &Hints<'_>,
) -> Option<&'static str> {
    let model = model_of(format, view, hints)?;
    let speakers = format.speakers().ids;
    let named_so = |p: &&Provider| {
        p.model_prefixes
            .iter()
            .any(|prefix| model.starts_with(prefix))
    };
    PROVIDERS
        .iter()
        .filter(|p| speakers.contains(&p.id))
        .find(named_so)
        .map(|p| p.id)
}

fn sure(format: &'static Format, provider: Cow<'static, str>) -> Detection {
    Detection {
        format,
        candidates: Candidates {
            first: provider.clone(),
            others: &[],
        },
        provider,
        confidence: Confidence::Certain,
    }
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
    strongest(format.speakers().marks.iter().filter_map(|place| {
        let text = match view.tape.scalar(view.place(&place.path)?) {
            Some(Scalar::Text(text)) => Some(text.as_ref()),
            _ => None,
        };
        Some((place, text))
    }))
}

/// The strongest of the marks that may stand in some places, with the texts that stand there.
#[inline]
pub(super) fn strongest<'t>(
    places: impl Iterator<Item = (&'static MarksAt, Option<&'t str>)>,
) -> Option<Mark> {
    let mut best: Option<&MarkOf> = None;
    for (place, text) in places {
        for mark in place.marks {
            let beaten = best.is_some_and(|held| {
                held.confidence > mark.confidence
                    || (held.confidence == mark.confidence && held.provider <= mark.provider)
            });
            if !beaten && holds(mark, text) {
                best = Some(mark);
            }
        }
    }
    best.and_then(Mark::of)
}

#[inline]
fn holds(mark: &MarkOf, text: Option<&str>) -> bool {
    if mark.prefix.is_empty() && mark.rest.is_empty() {
        return true;
    }
    let Some(text) = text.filter(|text| mark.length == 0 || text.len() == mark.length) else {
        return false;
    };
    // Most are told apart by their first letter.
    let (text, prefix) = (text.as_bytes(), mark.prefix.as_bytes());
    let begins_so = prefix
        .first()
        .is_none_or(|first| text.first() == Some(first));
    begins_so
        && text
            .strip_prefix(prefix)
            .is_some_and(|rest| is_like(rest, mark.rest))
}

impl PartialEq for Mark {
    fn eq(&self, other: &Self) -> bool {
        let facts = |mark: &Self| (mark.order, mark.by_id, mark.confidence);
        facts(self) == facts(other)
    }
}

impl Mark {
    fn of(mark: &MarkOf) -> Option<Self> {
        let provider = PROVIDERS.get(usize::from(mark.provider))?;
        Some(Self {
            order: mark.provider,
            provider,
            by_id: mark.by_id,
            confidence: mark.confidence,
        })
    }

    /// What stands around a response says that it is `provider`'s.
    pub(crate) fn likely(provider: &str) -> Option<Self> {
        let at = PROVIDERS.iter().position(|known| known.id == provider)?;
        Some(Self {
            order: u8::try_from(at).ok()?,
            provider: PROVIDERS.get(at)?,
            by_id: false,
            confidence: Confidence::Likely,
        })
    }

    /// The stronger of two.
    pub(crate) fn or(self, other: Self) -> Self {
        let stronger = other.confidence > self.confidence
            || (other.confidence == self.confidence && other.order < self.order);
        if stronger { other } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::{parse_json, recorded_responses};
    use serde_json::{Map, Value};

    fn found<'t>(
        tape: &'t Tape<'_>,
        find: impl Fn(&'t Tape<'_>) -> Option<(&'static Format, View<'t, 't>)>,
    ) -> Option<(&'static str, At, At)> {
        find(tape).map(|(format, view)| (format.id, view.response(), view.usage()))
    }

    /// Each response whole, and without each of its fields and of those one below.
    fn variants(body: &str) -> Vec<String> {
        let Ok(Value::Object(whole)) = serde_json::from_str(body) else {
            return Vec::new();
        };
        let without = |object: &Map<String, Value>, name: &str| {
            let mut object = object.clone();
            object.remove(name);
            object
        };
        let mut bodies = vec![body.to_owned()];
        for (name, value) in &whole {
            bodies.push(Value::Object(without(&whole, name)).to_string());
            for inner in value.as_object().into_iter().flatten() {
                let mut other = whole.clone();
                other[name] = Value::Object(without(value.as_object().unwrap(), inner.0));
                bodies.push(Value::Object(other).to_string());
            }
        }
        bodies
    }

    #[test]
    fn what_is_dismissed_at_a_glance_is_of_no_such_format() {
        let mut known = 0;
        for body in recorded_responses()
            .iter()
            .filter(|body| body.len() < 20_000)
        {
            for body in variants(body) {
                let tape = parse_json(body.as_bytes()).unwrap();
                let at_a_glance = found(&tape, |tape| find_format_at(tape, At::ROOT));
                let one_by_one = found(&tape, |tape| find_among(tape, At::ROOT, FORMATS.iter()));
                assert_eq!(at_a_glance, one_by_one, "{body}");
                known += usize::from(one_by_one.is_some());
            }
        }
        assert!(known > 100, "only {known} were of a known format");
    }
}
