//! Reads usage by a format's table: stated, overlapping counts become disjoint buckets.

use super::detect::{DetectError, Detection, detect};
use super::format::{Format, Reading};
use super::hints::Hints;
use crate::bucket::{Bucket, BucketIndex, COUNT};
use crate::quantity::{Quantity, QuantityError};
use crate::response::{Number, Path, Tape, number, text};
use crate::usage::{Totals, Usage, Warning};
use std::fmt;

/// What one response says.
#[derive(Debug, Clone)]
pub struct Extraction {
    /// Format, provider, confidence.
    pub detection: Detection,
    /// The model as the response names it, or the hint.
    pub model: Option<String>,
    /// The provider's id of the response.
    pub response_id: Option<String>,
    /// Disjoint buckets.
    pub usage: Usage,
    /// Inclusive totals.
    pub totals: Totals,
    /// What changes the price: `service_tier`, `speed`, …, as the response states it.
    pub modifiers: Vec<(&'static str, String)>,
    /// What was odd.
    pub warnings: Vec<Warning>,
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
pub fn extract(tape: &Tape<'_>, hints: &Hints<'_>) -> Result<Extraction, ExtractError> {
    let detection = detect(tape, hints).map_err(ExtractError::Detect)?;
    let format = detection.format;
    let mut warnings = Vec::new();
    let usage = read_buckets(tape, format, &mut warnings)?;
    let stated = match format.stated_total.map(|path| count(tape, path)) {
        Some(Ok(stated)) => stated,
        Some(Err(reason)) => {
            warnings.push(Warning::new(
                "invalid_count",
                format!("the stated total {}", describe(reason)),
            ));
            None
        }
        None => None,
    };
    let totals = usage.totals(stated);
    if let Some(stated) = stated
        && stated != totals.total_tokens
    {
        let message = format!(
            "the response states {stated} tokens in total, its parts are {}",
            totals.total_tokens
        );
        warnings.push(Warning::new("total_mismatch", message));
    }
    let find = |paths: &[Path]| {
        paths
            .iter()
            .find_map(|path| text(tape, path))
            .map(str::to_owned)
    };
    let model = find(format.model)
        .filter(|model| !model.is_empty())
        .or_else(|| hints.model.map(str::to_owned));
    let modifiers = format
        .modifiers
        .iter()
        .filter_map(|(name, path)| text(tape, path).map(|value| (*name, value.to_owned())))
        .collect();
    Ok(Extraction {
        model,
        response_id: find(format.response_id),
        usage,
        totals,
        modifiers,
        warnings,
        detection,
    })
}

fn read_buckets(
    tape: &Tape<'_>,
    format: &Format,
    warnings: &mut Vec<Warning>,
) -> Result<Usage, ExtractError> {
    // What inner buckets took out of each stated count, in millionths.
    let mut claimed = [0_u64; COUNT];
    let mut usage = Usage::default();
    for reading in format.readings {
        let bucket = BucketIndex::new(reading.bucket);
        let stated = match stated_count(tape, reading) {
            Ok(Some(stated)) => stated,
            Ok(None) if reading.required => return Err(bad(bucket, "is missing")),
            Ok(None) => continue,
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
        for parent in reading.inside {
            if let Some(claim) = claimed.get_mut(usize::from(*parent)) {
                *claim = claim.saturating_add(own);
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

fn bad(bucket: BucketIndex, reason: &'static str) -> ExtractError {
    let bucket = crate::bucket::BUCKETS
        .get(bucket.get())
        .map_or("", |info| info.id);
    ExtractError::BadCount { bucket, reason }
}

const fn describe(error: QuantityError) -> &'static str {
    match error {
        QuantityError::Negative => "is negative",
        QuantityError::TooLarge => "is beyond 10^12",
        QuantityError::NotANumber => "is not a number",
    }
}

fn stated_count(tape: &Tape<'_>, reading: &Reading) -> Result<Option<Quantity>, QuantityError> {
    for path in reading.paths {
        if let Some(found) = count(tape, path)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The sum of the numbers a path leads to; `None` when it leads to none.
fn count(tape: &Tape<'_>, path: Path) -> Result<Option<Quantity>, QuantityError> {
    let mut sum = None;
    let mut wrong = None;
    number(tape, path, |found| {
        let quantity = match found {
            Number::Whole(units) => Quantity::whole(units),
            Number::Text(text) => Quantity::from_text(&text),
            Number::Other => Err(QuantityError::NotANumber),
        };
        match quantity {
            Ok(quantity) => sum = Some(sum.unwrap_or(Quantity::ZERO).saturating_add(quantity)),
            Err(error) => wrong = Some(error),
        }
    });
    wrong.map_or(Ok(sum), Err)
}
