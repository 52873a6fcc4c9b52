//! Format and provider of a response, with how sure that is and what else it could be.

use super::format::{Evidence, FORMATS, Format, PROVIDERS, Provider, provider_named};
use super::hints::Hints;
use crate::response::{Tape, exists, text};
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
    pub provider: String,
    /// How sure the provider is.
    pub confidence: Confidence,
    /// Everyone it could be, the named one first.
    pub candidates: Vec<String>,
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

/// Finds format and provider.
pub fn detect(tape: &Tape<'_>, hints: &Hints<'_>) -> Result<Detection, DetectError> {
    let format = FORMATS
        .iter()
        .find(|format| matches(tape, format))
        .ok_or(DetectError::UnknownFormat)?;
    let speaks = |p: &&Provider| p.formats.contains(&format.id);

    if let Some(hinted) = hints.provider {
        let provider = provider_named(hinted).map_or_else(|| hinted.to_owned(), str::to_owned);
        return Ok(sure(format, provider, Confidence::Certain));
    }
    if let Some(provider) = hints.provider_by_url() {
        return Ok(sure(format, provider.to_owned(), Confidence::Certain));
    }
    let marked = PROVIDERS
        .iter()
        .filter(speaks)
        .filter_map(|p| {
            let strongest = p
                .evidence
                .iter()
                .filter(|e| holds(tape, e))
                .map(|e| e.confidence)
                .max();
            strongest.map(|confidence| (p, confidence))
        })
        // Of equal marks the first provider in the data wins.
        .reduce(|best, next| if next.1 > best.1 { next } else { best });
    if let Some((provider, Confidence::Certain)) = marked {
        return Ok(sure(format, provider.id.to_owned(), Confidence::Certain));
    }
    let model = format
        .model
        .iter()
        .find_map(|path| text(tape, path))
        .or(hints.model);
    let by_model = model.and_then(|model| {
        PROVIDERS.iter().filter(speaks).find(|p| {
            p.model_prefixes
                .iter()
                .any(|prefix| model.starts_with(prefix))
        })
    });
    let (first, confidence) = match (marked, by_model) {
        (Some((provider, confidence)), _) => (provider.id, confidence),
        (None, Some(provider)) => (provider.id, Confidence::Ambiguous),
        (None, None) => (format.default_provider, Confidence::Ambiguous),
    };
    let mut candidates = vec![first.to_owned()];
    candidates.extend(
        PROVIDERS
            .iter()
            .filter(speaks)
            .map(|p| p.id)
            .filter(|id| *id != first)
            .map(str::to_owned),
    );
    Ok(Detection {
        format,
        provider: first.to_owned(),
        confidence,
        candidates,
    })
}

fn sure(format: &'static Format, provider: String, confidence: Confidence) -> Detection {
    Detection {
        format,
        candidates: vec![provider.clone()],
        provider,
        confidence,
    }
}

fn matches(tape: &Tape<'_>, format: &Format) -> bool {
    format.exists.iter().all(|path| exists(tape, path))
        && !format.absent.iter().any(|path| exists(tape, path))
        && format
            .equals
            .iter()
            .all(|(path, values)| text(tape, path).is_some_and(|found| values.contains(&found)))
}

fn holds(tape: &Tape<'_>, evidence: &Evidence) -> bool {
    if evidence.prefix.is_empty() {
        return exists(tape, evidence.path);
    }
    text(tape, evidence.path).is_some_and(|found| {
        found.starts_with(evidence.prefix)
            && (evidence.length == 0 || found.len() == evidence.length)
    })
}
