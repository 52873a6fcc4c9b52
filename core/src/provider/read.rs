//! Stated, overlapping counts become disjoint buckets.

use super::extract::{ExtractError, bad};
use super::format::{Count, Format, Reading, WrittenAs};
use crate::bucket::{Bucket, BucketIndex, COUNT, OUTPUT_REASONING};
use crate::quantity::{Quantity, QuantityError};
use crate::response::{Number, Path, View};
use crate::usage::{Usage, Warning};

/// What the response calls its total.
pub(super) fn read_total(
    view: &View<'_, '_>,
    format: &Format,
    warnings: &mut Vec<Warning>,
) -> Option<Quantity> {
    for path in format.stated_total {
        match sum(view, path, WrittenAs::Number) {
            Ok(Some(stated)) => return Some(stated),
            Ok(None) => {}
            Err(error) => {
                let message = format!("the stated total {}", describe(error));
                warnings.push(Warning::new("invalid_count", message));
            }
        }
    }
    None
}

/// Reads all buckets. Where the counts contradict the stated total and standing beside each other explains it,
/// they are taken to stand beside each other.
pub(super) fn read_buckets(
    view: &View<'_, '_>,
    format: &Format,
    provider: &str,
    stated: Option<Quantity>,
    warnings: &mut Vec<Warning>,
) -> Result<Usage, ExtractError> {
    let mut found = Vec::new();
    let usage = read_as(view, format, provider, false, &mut found)?;
    let fits =
        |usage: &Usage| stated.is_none_or(|stated| usage.totals(None).total_tokens == stated);
    let (mut usage, found) = if fits(&usage) {
        (usage, found)
    } else {
        let mut beside = Vec::new();
        match read_as(view, format, provider, true, &mut beside) {
            Ok(other) if fits(&other) => {
                let message = "the counts add up to the stated total only beside each other, and were read so";
                beside.push(Warning::new("counts_beside", message));
                (other, beside)
            }
            _ => (usage, found),
        }
    };
    warnings.extend(found);
    if let Some(stated) = stated
        && format.hidden_output.contains(&provider)
        && let Some(hidden) = stated.checked_sub(usage.totals(None).total_tokens)
    {
        usage.add(Bucket::Known(OUTPUT_REASONING), hidden);
    }
    Ok(usage)
}

/// Says why the counts are not the stated total, where that is known of a provider. False when it is not.
#[cold]
pub(super) fn explain_total(
    format: &Format,
    provider: &str,
    stated: Quantity,
    usage: &mut Usage,
    warnings: &mut Vec<Warning>,
) -> bool {
    let of = |reading: &Reading| Bucket::Known(BucketIndex::new(reading.bucket));
    let total = usage.totals(None).total_tokens;
    let mut outside = Quantity::ZERO;
    for reading in format.readings {
        if reading.outside_total_for.contains(&provider) {
            outside = outside.saturating_add(usage.of(&of(reading)));
        }
    }
    if !outside.is_zero() && total.checked_sub(outside) == Some(stated) {
        let message =
            format!("the stated total leaves out {outside} tokens that are billed beside");
        warnings.push(Warning::new("outside_total", message));
        return true;
    }
    let overlapping = format.readings.iter().find(|reading| {
        reading.overlaps_for.contains(&provider) && !usage.of(&of(reading)).is_zero()
    });
    let Some(bucket) = overlapping.map(of) else {
        return false;
    };
    let twice = usage.of(&bucket);
    let rest = total
        .checked_sub(twice)
        .and_then(|once| stated.checked_sub(once));
    let input = Bucket::named("input");
    let (Some(rest), true) = (rest, usage.of(&input).is_zero()) else {
        return false;
    };
    usage.add(input, rest);
    warnings.retain(|warning| warning.code != "parts_exceed_total");
    let message =
        format!("{twice} tokens of {bucket} are counted elsewhere too, and billed by both");
    warnings.push(Warning::new("counted_twice", message));
    true
}

/// What the response states of the counts of which a stream's highest counts.
pub(crate) fn highest_counts(
    view: &View<'_, '_>,
    format: &Format,
) -> impl Iterator<Item = (Bucket, Quantity)> {
    let highest = format.readings.iter().filter(|reading| reading.highest);
    highest.filter_map(move |reading| {
        let stated = stated_count(view, reading).ok()??;
        Some((Bucket::Known(BucketIndex::new(reading.bucket)), stated))
    })
}

fn read_as(
    view: &View<'_, '_>,
    format: &Format,
    provider: &str,
    beside: bool,
    warnings: &mut Vec<Warning>,
) -> Result<Usage, ExtractError> {
    // What inner buckets took out of each stated count, in millionths.
    let mut claimed = [0_u64; COUNT];
    let mut usage = Usage::default();
    for reading in format.readings {
        if !reading.only_for.is_empty() && !reading.only_for.contains(&provider) {
            continue;
        }
        if reading
            .unless
            .as_ref()
            .is_some_and(|path| view.exists(path))
        {
            continue;
        }
        let bucket = BucketIndex::new(reading.bucket);
        let stated = match stated_count(view, reading) {
            Ok(Some(stated)) => stated,
            Ok(None) if reading.required => return Err(bad(bucket, "is missing")),
            Ok(None) => {
                if reading.expected {
                    let message = format!(
                        "the response does not state its {} count",
                        Bucket::Known(bucket)
                    );
                    warnings.push(Warning::new("count_missing", message));
                }
                continue;
            }
            Err(error) if reading.required => return Err(bad(bucket, describe(error))),
            Err(error) => {
                let message = format!("the {} count {}", Bucket::Known(bucket), describe(error));
                warnings.push(Warning::new("invalid_count", message));
                continue;
            }
        };
        let inner = claimed.get(bucket.get()).copied().unwrap_or_default();
        let own = stated.micros().saturating_sub(inner);
        if inner > stated.micros() {
            let message = format!(
                "the parts of {} are more than the {stated} stated",
                Bucket::Known(bucket)
            );
            warnings.push(Warning::new("parts_exceed_total", message));
        }
        let may_stand_beside = !reading.beside_for.is_empty() || bucket == OUTPUT_REASONING;
        let stands_beside = beside && may_stand_beside || reading.beside_for.contains(&provider);
        if !stands_beside {
            for parent in reading.inside {
                if let Some(claim) = claimed.get_mut(usize::from(*parent)) {
                    *claim = claim.saturating_add(own);
                }
            }
        }
        let Ok(own) = Quantity::from_micros(own) else {
            continue;
        };
        match &reading.remainder {
            Some(remainder) if !own.is_zero() => {
                let target = Bucket::Known(BucketIndex::new(remainder.bucket));
                let message = format!(
                    "{own} of {} taken as {target}: the response does not say",
                    Bucket::Known(bucket)
                );
                warnings.push(Warning::new(remainder.warning, message));
                usage.add(target, own);
            }
            _ => usage.add(Bucket::Known(bucket), own),
        }
    }
    Ok(usage)
}

fn stated_count(view: &View<'_, '_>, reading: &Reading) -> Result<Option<Quantity>, QuantityError> {
    // What stands in several places is one text.
    if let Some(Count::Texts) = reading.count {
        let texts = view.count_texts(reading.paths);
        return (texts > 0).then(|| Quantity::whole(texts)).transpose();
    }
    for path in reading.paths {
        if let Some(count) = reading.count {
            let places = match count {
                Count::Places | Count::Texts => view.count(path),
                Count::Once => view.count(path).min(1),
            };
            if places > 0 {
                return Quantity::whole(places).map(Some);
            }
        } else if let Some(found) = sum(view, path, reading.written_as)? {
            let times = reading.times.as_ref().map_or(1, |path| view.count(path));
            return Quantity::from_micros(found.micros().saturating_mul(times.max(1))).map(Some);
        }
    }
    Ok(None)
}

/// The sum of the numbers a path leads to; `None` when it leads to none.
#[inline]
fn sum(
    view: &View<'_, '_>,
    path: &Path,
    written_as: WrittenAs,
) -> Result<Option<Quantity>, QuantityError> {
    match view.whole_number(path) {
        Ok(units) => units.map(Quantity::whole).transpose(),
        Err(()) => sum_of_all(view, path, written_as),
    }
}

fn sum_of_all(
    view: &View<'_, '_>,
    path: &Path,
    written_as: WrittenAs,
) -> Result<Option<Quantity>, QuantityError> {
    let mut sum = None;
    let mut wrong = None;
    view.numbers(path, |found| {
        let quantity = match found {
            Number::Whole(units) => Quantity::whole(units),
            Number::Text(text) => Quantity::from_text(&text),
            Number::Quoted(text) if written_as == WrittenAs::Text => Quantity::from_text(&text),
            Number::Quoted(_) | Number::Other => Err(QuantityError::NotANumber),
        };
        match quantity {
            Ok(quantity) => sum = Some(sum.unwrap_or(Quantity::ZERO).saturating_add(quantity)),
            Err(error) => wrong = Some(error),
        }
    });
    if let Some(error) = wrong {
        return Err(error);
    }
    // Each may be a count and all together none.
    sum.map(|sum: Quantity| Quantity::from_micros(sum.micros()))
        .transpose()
}

const fn describe(error: QuantityError) -> &'static str {
    match error {
        QuantityError::Negative => "is negative",
        QuantityError::TooLarge => "is beyond 10^12",
        QuantityError::NotANumber => "is not a number",
    }
}
