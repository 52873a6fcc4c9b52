//! How one response was read, to read others of the same outline without finding it out again.

use super::detect::{Detection, Known, Mark, find_format, strongest, strongest_mark};
use super::extract::{Extraction, Part};
use super::format::{Count as Counted, Format, MarksAt, Reading};
use super::hints::Hints;
use super::url;
use crate::bucket::{Bucket, BucketIndex, COUNT, Side};
use crate::quantity::Quantity;
use crate::response::{At, KeySet, Outline, Path, Scalar, Tape, View};
use crate::usage::{Totals, Usage};

/// The most buckets that a recipe fills.
const SLOTS: usize = 12;

/// How to read responses that differ from one in nothing but numbers and the text of ids.
///
/// It is followed only as long as all is plain: whole counts that add up. Where anything would be worth a warning, it
/// gives up, and [`extract`](super::extract()) has to read the response.
#[derive(Debug)]
pub(crate) struct Recipe {
    outline: Outline,
    /// Where ids and the like stand that say who answered, and what they said.
    marks: Vec<(At, &'static MarksAt)>,
    mark: Option<Mark>,
    steps: Vec<Count>,
    /// The buckets in order, with the side they add to.
    slots: Vec<(BucketIndex, Side)>,
    stated: Vec<At>,
    detection: Detection,
    model: Option<String>,
    modifiers: Vec<(&'static str, String)>,
}

/// One stated count.
#[derive(Debug)]
struct Count {
    bucket: BucketIndex,
    slot: usize,
    source: Source,
    /// The buckets whose stated counts include this one.
    inside: &'static [u8],
    /// What is left over would go elsewhere, with a warning.
    must_be_used_up: bool,
}

/// Where a count comes from.
#[derive(Debug)]
enum Source {
    /// The numbers there, added up.
    Places(Vec<At>),
    /// It is how often something stands there, and the outline says how often.
    Always(Quantity),
    /// It is not stated.
    Nowhere,
}

impl Recipe {
    /// The recipe by which `read` was read; `None` where it takes more than a recipe can say.
    pub(crate) fn of(
        tape: &Tape<'_>,
        hints: &Hints<'_>,
        read: &Extraction,
        telling: &KeySet,
    ) -> Option<Self> {
        if !read.warnings.is_empty() || tape.headers().is_some() {
            return None;
        }
        let Known {
            format,
            view,
            wrapper: None,
        } = find_format(tape)?
        else {
            return None;
        };
        let provider = read.detection.provider.as_ref();
        if has_more(format, &view, provider, &read.parts) {
            return None;
        }
        let outline = Outline::of(tape, telling)?;
        let steps = counts(format, &view, provider)?;
        let mut slots: Vec<BucketIndex> = Vec::with_capacity(steps.len());
        for step in &steps {
            // Into its place: sorting them at the end brings a whole sort along for a handful.
            let place = slots.partition_point(|known| *known <= step.bucket);
            slots.insert(place, step.bucket);
        }
        if slots.len() > SLOTS || slots.windows(2).any(|pair| pair.first() == pair.last()) {
            return None;
        }
        let slot_of = |step: Count| {
            let slot = slots.iter().position(|bucket| *bucket == step.bucket)?;
            Some(Count { slot, ..step })
        };
        let by_mark = hints.provider.is_none() && hints.url.and_then(url::provider_of).is_none();
        Some(Self {
            outline,
            marks: if by_mark {
                marked(format, &view)
            } else {
                Vec::new()
            },
            mark: strongest_mark(format, &view).filter(|_| by_mark),
            steps: steps.into_iter().map(slot_of).collect::<Option<_>>()?,
            slots: slots
                .iter()
                .map(|bucket| Some((*bucket, bucket.info()?.side)))
                .collect::<Option<_>>()?,
            stated: format
                .stated_total
                .iter()
                .map(|path| places(&view, path))
                .find(|places| places.as_ref().is_none_or(|places| !places.is_empty()))
                .unwrap_or_else(|| Some(Vec::new()))?,
            detection: read.detection.clone(),
            model: read.model.clone(),
            modifiers: read.modifiers.clone(),
        })
    }

    /// Reads a response of the same outline; `None` where it is not, or not plain.
    pub(crate) fn follow(&self, tape: &Tape<'_>) -> Option<Extraction> {
        if !self.outline.is_of(tape) || self.mark(tape) != self.mark {
            return None;
        }
        let quantities = self.quantities(tape)?;
        let mut usage = Vec::with_capacity(self.slots.len());
        let mut sums = [Quantity::ZERO; 2];
        for ((bucket, side), quantity) in self.slots.iter().zip(quantities) {
            if quantity.is_zero() {
                continue;
            }
            match (side, &mut sums) {
                (Side::Input, [sum, _]) | (Side::Output, [_, sum]) => {
                    *sum = sum.saturating_add(quantity);
                }
                (Side::Other, _) => {}
            }
            usage.push((Bucket::Known(*bucket), quantity));
        }
        let [input_tokens, output_tokens] = sums;
        let total_tokens = input_tokens.saturating_add(output_tokens);
        let stated_total_tokens = match &*self.stated {
            [] => None,
            stated => Some(sum(tape, stated).filter(|stated| *stated == total_tokens)?),
        };
        Some(Extraction {
            detection: self.detection.clone(),
            model: self.model.clone(),
            usage: Usage::of_sorted(usage),
            parts: Vec::new(),
            totals: Totals {
                input_tokens,
                output_tokens,
                total_tokens,
                stated_total_tokens,
            },
            modifiers: self.modifiers.clone(),
            reported: None,
            warnings: Vec::new(),
        })
    }

    /// What is left of each stated count for its own bucket, slot by slot.
    #[inline]
    fn quantities(&self, tape: &Tape<'_>) -> Option<[Quantity; SLOTS]> {
        let mut claimed = [0_u64; COUNT];
        let mut quantities = [Quantity::ZERO; SLOTS];
        for step in &self.steps {
            let stated = match &step.source {
                Source::Places(places) => sum(tape, places)?,
                Source::Always(quantity) => *quantity,
                Source::Nowhere => continue,
            };
            let inner = *claimed.get(step.bucket.get())?;
            let own = stated.micros().checked_sub(inner)?;
            for parent in step.inside {
                let claim = claimed.get_mut(usize::from(*parent))?;
                *claim = claim.saturating_add(own);
            }
            let own = Quantity::from_micros(own).ok()?;
            if step.must_be_used_up && !own.is_zero() {
                return None;
            }
            *quantities.get_mut(step.slot)? = own;
        }
        Some(quantities)
    }

    #[inline]
    fn mark(&self, tape: &Tape<'_>) -> Option<Mark> {
        strongest(
            self.marks
                .iter()
                .map(|(at, marks)| (*marks, text(tape, *at))),
        )
    }
}

fn text<'t>(tape: &'t Tape<'_>, at: At) -> Option<&'t str> {
    match tape.scalar(at) {
        Some(Scalar::Text(text)) => Some(text),
        _ => None,
    }
}

/// The places of marks that the response has.
fn marked(format: &Format, view: &View<'_, '_>) -> Vec<(At, &'static MarksAt)> {
    let places = format.speakers().marks.iter();
    places
        .filter_map(|marks| Some((view.place(&marks.path)?, marks)))
        .collect()
}

/// Whether the response says anything that no recipe holds: parts by model, charges, what another model used.
fn has_more(format: &Format, view: &View<'_, '_>, provider: &str, parts: &[Part]) -> bool {
    let mut has_parts = !parts.is_empty();
    if let Some(parts) = &format.parts {
        for each in parts.each {
            view.visit(each, &mut |_| has_parts = true);
        }
    }
    has_parts
        || format.hidden_output.contains(&provider)
        || format.extras.iter().any(|extra| view.exists(&extra.usage))
        || format.uncounted.iter().any(|one| one.holds(view, provider))
        || format.reported.iter().any(|one| view.exists(&one.path))
}

/// The counts that the response states, in the order in which they are read.
fn counts(format: &Format, view: &View<'_, '_>, provider: &str) -> Option<Vec<Count>> {
    let mut steps = Vec::new();
    for reading in format.readings {
        let is_for_others = !reading.only_for.is_empty() && !reading.only_for.contains(&provider);
        if is_for_others
            || reading
                .unless
                .as_ref()
                .is_some_and(|path| view.exists(path))
        {
            continue;
        }
        let source = source(view, reading)?;
        if matches!(source, Source::Nowhere) {
            continue;
        }
        let inside = if reading.beside_for.contains(&provider) {
            &[]
        } else {
            reading.inside
        };
        steps.push(Count {
            bucket: BucketIndex::new(reading.bucket),
            slot: 0,
            source,
            inside,
            must_be_used_up: reading.remainder.is_some(),
        });
    }
    Some(steps)
}

/// Where a reading's count stands; `None` where the outline alone does not say.
fn source(view: &View<'_, '_>, reading: &Reading) -> Option<Source> {
    for path in reading.paths {
        match reading.count {
            None => {
                let places = places(view, path)?;
                if !places.is_empty() {
                    let times = reading.times.as_ref().map_or(1, |path| view.count(path));
                    let times = usize::try_from(times.max(1)).ok()?;
                    // More would be slower than finding it out again.
                    return (times <= SLOTS).then(|| Source::Places(places.repeat(times)));
                }
            }
            Some(Counted::Places) => {
                let count = view.count(path);
                if count > 0 {
                    return Some(Source::Always(Quantity::whole(count).ok()?));
                }
            }
            Some(Counted::Once) if view.count(path) > 0 => {
                return Some(Source::Always(Quantity::ONE));
            }
            // How many of them differ is for the texts to say.
            Some(Counted::Texts) if view.count(path) > 0 => return None,
            Some(Counted::Texts | Counted::Once) => {}
        }
    }
    Some(Source::Nowhere)
}

/// The whole numbers that a path leads to; `None` where it leads to anything else.
fn places(view: &View<'_, '_>, path: &Path) -> Option<Vec<At>> {
    let mut places = Vec::new();
    let mut are_whole = true;
    view.visit(path, &mut |at| match view.tape.scalar(at) {
        Some(Scalar::Null) => {}
        Some(Scalar::Unsigned(_)) => places.push(at),
        _ => are_whole = false,
    });
    are_whole.then_some(places)
}

#[inline]
fn sum(tape: &Tape<'_>, places: &[At]) -> Option<Quantity> {
    let whole = |at: &At| match tape.scalar(*at) {
        Some(Scalar::Unsigned(units)) => Quantity::whole(*units).ok(),
        _ => None,
    };
    if let [one] = places {
        return whole(one);
    }
    let mut sum = Quantity::ZERO;
    for at in places {
        sum = sum.saturating_add(whole(at)?);
    }
    Quantity::from_micros(sum.micros()).ok()
}
