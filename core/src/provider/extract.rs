//! Everything one response says: format, provider, model, usage, modifiers, stated amounts.

use super::detect::{
    DetectError, Detection, Known, Mark, find_format, find_partial, find_provider, strongest_mark,
};
use super::format::{Extra, FORMATS, Format, PROVIDERS};
use super::hints::Hints;
use super::read::{explain_total, read_buckets, read_total};
use super::url;
use crate::bucket::{Bucket, Side};
use crate::money::{MAX_EVENT_NANOS, Nanos};
use crate::quantity::Quantity;
use crate::response::{At, Number, Path, Tape, View};
use crate::usage::{NOT_COUNTED, Totals, Usage, Warning, contradiction};
use std::collections::BTreeMap;
use std::fmt;

/// What one response says.
#[derive(Debug, Clone)]
pub struct Extraction {
    /// Format, provider, confidence.
    pub detection: Detection,
    /// The model as the response names it, or the hint.
    pub model: Option<String>,
    /// Disjoint buckets, of all parts together.
    pub usage: Usage,
    /// The usage by model, where the response used several; empty when it used one.
    pub parts: Vec<Part>,
    /// Inclusive totals.
    pub totals: Totals,
    /// What changes the price: `service_tier`, `speed`, …, as the response states it.
    pub modifiers: Vec<(&'static str, String)>,
    /// What the provider says it charged.
    pub reported: Option<Nanos>,
    /// What was odd.
    pub warnings: Vec<Warning>,
}

/// What one model used for a response.
#[derive(Debug, Clone)]
pub struct Part {
    /// The model; the response's own when the part does not say.
    pub model: Option<String>,
    /// Its disjoint buckets.
    pub usage: Usage,
}

/// Why usage could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExtractError {
    /// Not a known format.
    Detect(DetectError),
    /// A count the format cannot do without is missing or not a count.
    BadCount {
        /// The bucket it belongs to.
        bucket: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl fmt::Display for ExtractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Detect(error) => error.fmt(f),
            Self::BadCount { bucket, reason } => {
                write!(f, "the response's {bucket} count {reason}")
            }
        }
    }
}

/// Finds format and provider and reads the usage.
///
/// A response of a known format that states no usage (still queued, or of a server that never states any) is
/// read as far as it goes, with the warning `no_usage`.
pub fn extract(tape: &Tape<'_>, hints: &Hints<'_>) -> Result<Extraction, ExtractError> {
    if let Some(Known {
        format,
        view,
        wrapper,
    }) = find_format(tape)
    {
        let mark = wrapper
            .and_then(|wrapper| Mark::likely(wrapper.provider?))
            .or_else(|| strongest_mark(format, &view));
        let mut extraction = extract_view(format, &view, hints, mark)?;
        if let Some((modifier, value)) = wrapper.and_then(|wrapper| wrapper.means) {
            extraction.modifiers.push((modifier, value.to_owned()));
        }
        return Ok(extraction);
    }
    let (format, view) =
        find_partial(tape).ok_or(ExtractError::Detect(DetectError::UnknownFormat))?;
    let mut extraction =
        Extraction::without_usage(format, &view, hints, strongest_mark(format, &view));
    extraction
        .warnings
        .push(Warning::new("no_usage", "the response states no usage"));
    Ok(extraction)
}

/// Reads a response whose format is known.
pub(crate) fn extract_view(
    format: &'static Format,
    view: &View<'_, '_>,
    hints: &Hints<'_>,
    mark: Option<Mark>,
) -> Result<Extraction, ExtractError> {
    let detection = find_provider(format, view, hints, mark);
    let provider = detection.provider.as_ref();
    let mut warnings = Vec::new();
    let stated = read_total(view, format, &mut warnings);
    let mut usage = read_buckets(view, format, provider, stated, &mut warnings)?;
    let mut parts = read_parts(view, format, provider, &mut usage)?;
    // Parts count what the usage beside them leaves out, so the stated total is not theirs.
    let mut totals = usage.totals(stated.filter(|_| parts.is_empty()));
    if let Some(stated) = totals.stated_total_tokens
        && stated != totals.total_tokens
        && explain_total(format, provider, stated, &mut usage, &mut warnings)
    {
        totals = usage.totals(Some(stated));
    } else if let Some(stated) = totals.stated_total_tokens
        && stated != totals.total_tokens
    {
        let message = format!(
            "the response states {stated} tokens in total, its parts are {}",
            totals.total_tokens
        );
        warnings.push(Warning::new("total_mismatch", message));
    }
    for extra in format.extras {
        if let Some(other) = read_extra(view, extra, provider, &mut warnings) {
            if parts.is_empty() {
                parts.push(Part {
                    model: None,
                    usage: usage.clone(),
                });
            }
            usage.add_all(&other.usage);
            parts.push(other);
            totals = usage.totals(None);
        }
    }
    for one in format.uncounted {
        if one.holds(view, provider) {
            warnings.push(Warning::new(one.code, one.message));
        }
    }
    if view.tape.contradicts_itself(view.usage()) {
        warnings.push(contradiction());
    }
    let find = |paths: &[Path]| {
        paths
            .iter()
            .find_map(|path| view.text(path))
            .filter(|text| !text.is_empty())
    };
    let model = name_model(find(format.model), provider, hints);
    let mut modifiers: Vec<(&'static str, String)> = Vec::new();
    for (name, path) in format.modifiers {
        if let Some(value) = view.word(path)
            && modifiers.iter().all(|(known, _)| known != name)
        {
            modifiers.push((name, value));
        }
    }
    let at_host = hints.url.and_then(|url| {
        let known = PROVIDERS.iter().find(|p| p.id == provider)?;
        url::host_means(url, known)
    });
    if let Some((name, value)) = at_host
        && modifiers.iter().all(|(known, _)| *known != name)
    {
        modifiers.push((name, value.into_owned()));
    }
    Ok(Extraction {
        model,
        usage,
        parts,
        totals,
        modifiers,
        reported: read_reported(view, format, &mut warnings),
        warnings,
        detection,
    })
}

impl Extraction {
    /// Adds what earlier calls of the same stream used. Where they were of other models, each is a part of its own.
    pub(crate) fn add_earlier(&mut self, earlier: Vec<Result<Self, ExtractError>>) {
        if earlier.is_empty() {
            return;
        }
        let mut stated = self.totals.stated_total_tokens;
        let mut parts = vec![Part {
            model: self.model.clone(),
            usage: self.usage.clone(),
        }];
        for one in earlier {
            let one = match one {
                Ok(one) => one,
                Err(error) => {
                    let message = format!("an earlier call of the stream is left out: {error}");
                    self.warnings.push(Warning::new(NOT_COUNTED, message));
                    continue;
                }
            };
            stated = stated
                .zip(one.totals.stated_total_tokens)
                .map(|(all, more)| all.saturating_add(more));
            self.reported = self
                .reported
                .zip(one.reported)
                .and_then(|(all, more)| all.get().checked_add(more.get()))
                .map(Nanos::new);
            for warning in one.warnings {
                if !self.warnings.contains(&warning) {
                    self.warnings.push(warning);
                }
            }
            self.usage.add_all(&one.usage);
            match parts.iter_mut().find(|part| part.model == one.model) {
                Some(part) => part.usage.add_all(&one.usage),
                None => parts.push(Part {
                    model: one.model,
                    usage: one.usage,
                }),
            }
        }
        self.totals = self.usage.totals(stated);
        if parts.len() > 1 {
            self.parts = parts;
        }
    }

    /// What can be said of a stream that broke off before its usage: who and which model.
    pub(crate) fn without_usage(
        format: &'static Format,
        view: &View<'_, '_>,
        hints: &Hints<'_>,
        mark: Option<Mark>,
    ) -> Self {
        let detection = find_provider(format, view, hints, mark);
        let find = |paths: &[Path]| {
            paths
                .iter()
                .find_map(|path| view.text(path))
                .filter(|text| !text.is_empty())
        };
        Self {
            model: name_model(find(format.model), &detection.provider, hints),
            usage: Usage::default(),
            parts: Vec::new(),
            totals: Totals::default(),
            modifiers: Vec::new(),
            reported: None,
            warnings: Vec::new(),
            detection,
        }
    }
}

fn name_model(in_body: Option<&str>, provider: &str, hints: &Hints<'_>) -> Option<String> {
    let stated = in_body.or(hints.model);
    let in_url = hints.url.and_then(|url| {
        let known = PROVIDERS.iter().find(|p| p.id == provider)?;
        if stated.is_some() && !known.url_model_wins {
            return None;
        }
        let says_something = |name: &String| {
            let mut opaque = known.opaque_models.iter();
            stated.is_none() || !opaque.any(|part| name.contains(part))
        };
        url::model_of(url, known).filter(says_something)
    });
    in_url.or_else(|| stated.map(str::to_owned))
}

/// Usage by model. What stands in no part (calls of tools) stays with the first.
fn read_parts(
    view: &View<'_, '_>,
    format: &Format,
    provider: &str,
    usage: &mut Usage,
) -> Result<Vec<Part>, ExtractError> {
    let Some(parts) = &format.parts else {
        return Ok(Vec::new());
    };
    let mut places: Vec<At> = Vec::new();
    for each in parts.each {
        if places.is_empty() {
            view.visit(each, &mut |at| places.push(at));
        }
    }
    let mut read: Vec<Part> = Vec::new();
    let mut known: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for place in places {
        let part = View::new(view.tape, place, place);
        let Some(root) = part
            .place(&parts.root)
            .or_else(|| parts.root.steps.is_empty().then_some(place))
        else {
            continue;
        };
        let mut inner = *view;
        inner.move_usage(root);
        // A part with a count missing says nothing; its warnings are those of the whole.
        let Ok(found) = read_buckets(&inner, format, provider, None, &mut Vec::new()) else {
            continue;
        };
        let tokens = found.only(|bucket| bucket.side() != Side::Other);
        let model = part.text(&parts.model);
        let position = *known.entry(model).or_insert(read.len());
        match read.get_mut(position) {
            Some(known) => known.usage.add_all(&tokens),
            None => read.push(Part {
                model: model.map(str::to_owned),
                usage: tokens,
            }),
        }
    }
    let several = read.len() > 1;
    if read.is_empty() {
        return Ok(read);
    }
    // One part that counts what the whole does says no more than its model: the whole tells more kinds apart.
    let tokens = usage.only(|bucket| bucket.side() != Side::Other);
    if let [part] = read.as_mut_slice()
        && part.usage.totals(None) == tokens.totals(None)
    {
        part.usage = tokens;
    }
    let calls = usage.only(|bucket| bucket.side() == Side::Other);
    let mut whole = calls.clone();
    for part in &read {
        whole.add_all(&part.usage);
    }
    // Each may be a count and all together none.
    for (bucket, sum) in whole.iter() {
        if let (Bucket::Known(bucket), Err(_)) = (bucket, Quantity::from_micros(sum.micros())) {
            return Err(bad(*bucket, "is beyond 10^12"));
        }
    }
    if let Some(first) = read.first_mut() {
        first.usage.add_all(&calls);
    }
    *usage = whole;
    if !several && read.first().is_some_and(|part| part.model.is_none()) {
        read.clear();
    }
    Ok(read)
}

/// What another model used beside the response's own usage. Without its name nobody can price it, and it is only
/// said.
fn read_extra(
    view: &View<'_, '_>,
    extra: &Extra,
    provider: &str,
    warnings: &mut Vec<Warning>,
) -> Option<Part> {
    let place = view.place(&extra.usage)?;
    let mut inner = *view;
    inner.move_usage(place);
    let format = FORMATS.get(extra.format)?;
    let mut odd = Vec::new();
    let usage = read_buckets(&inner, format, provider, None, &mut odd).unwrap_or_default();
    if usage.is_empty() {
        return None;
    }
    warnings.append(&mut odd);
    let model = extra.model.iter().find_map(|path| view.text(path));
    if model.is_none() {
        let message = format!(
            "{} tokens of {} belong to a model that the response does not name",
            usage.totals(None).total_tokens,
            extra.what
        );
        warnings.push(Warning::new(NOT_COUNTED, message));
        return None;
    }
    Some(Part {
        model: model.map(str::to_owned),
        usage,
    })
}

fn read_reported(
    view: &View<'_, '_>,
    format: &Format,
    warnings: &mut Vec<Warning>,
) -> Option<Nanos> {
    format.reported.iter().find_map(|reported| {
        let holds = |path: &Option<Path>| path.as_ref().is_some_and(|path| view.exists(path));
        let stated = stated_amount(view, &reported.path, reported.scale)?;
        let amount = match (stated, &reported.plus) {
            (Ok(amount), Some(plus)) if holds(&reported.plus_where) => {
                // Without the other part the charge is not known.
                let more = stated_amount(view, plus, reported.scale)?;
                more.and_then(|more| possible(amount.get().checked_add(more.get())))
            }
            (stated, _) => stated,
        };
        let Ok(amount) = amount else {
            let message = "the stated charge is no amount that one call can cost";
            warnings.push(Warning::new("invalid_amount", message));
            return None;
        };
        (amount > Nanos::ZERO || holds(&reported.free_where)).then_some(amount)
    })
}

/// What stands where a charge should is none that one call can have.
struct NoAmount;

fn possible(nanos: Option<i64>) -> Result<Nanos, NoAmount> {
    let nanos = nanos.filter(|nanos| (0..=MAX_EVENT_NANOS).contains(nanos));
    nanos.map(Nanos::new).ok_or(NoAmount)
}

/// The amount that stands somewhere, if anything does.
fn stated_amount(view: &View<'_, '_>, path: &Path, scale: u8) -> Option<Result<Nanos, NoAmount>> {
    let mut stated: Option<String> = None;
    view.numbers(path, |number| match number {
        Number::Whole(value) => stated = Some(value.to_string()),
        // Whole numbers of 64 bits are texts in some JSON.
        Number::Text(text) | Number::Quoted(text) => stated = Some(text),
        Number::Other => {}
    });
    let amount = Nanos::from_scaled_text(&stated?, i32::from(scale));
    Some(possible(amount.ok().map(Nanos::get)))
}

/// The quantity as a bucket's own error would call it.
pub(super) fn bad(bucket: crate::bucket::BucketIndex, reason: &'static str) -> ExtractError {
    let bucket = crate::bucket::BUCKETS
        .get(bucket.get())
        .map_or("", |info| info.id);
    ExtractError::BadCount { bucket, reason }
}
