//! One call, from its response to its cost: what `cost_of` answers in every language.

use crate::pricing::{Cost, PriceRequest, price};
use crate::provider::{ExtractError, Hints, extract};
use crate::response::Tape;
use crate::usage::{Totals, Usage, Warning, is_doubt};
use serde::Serialize;

/// What one call used and cost. Its JSON is the same in every language.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallCost {
    /// Who answered.
    pub provider: String,
    /// The response's format.
    pub format: &'static str,
    /// `certain`, `likely` or `ambiguous`: how sure the provider is.
    pub confidence: &'static str,
    /// Everyone it could be, the provider first.
    pub candidates: Vec<String>,
    /// The model as the response names it.
    pub model: Option<String>,
    /// Disjoint buckets.
    pub usage: Usage,
    /// Inclusive totals.
    pub totals: Totals,
    /// What was odd.
    pub warnings: Vec<Warning>,
    /// What it cost and why.
    pub cost: Cost,
    /// The stream ended early: what is known is not all.
    pub incomplete: bool,
    /// What changed the price, as the response states it.
    #[serde(skip)]
    pub modifiers: Vec<(&'static str, String)>,
    /// The provider's id of the response.
    #[serde(skip)]
    pub response_id: Option<String>,
}

/// Reads a response's usage and prices it as of `at_ms`.
pub fn cost_of(tape: &Tape<'_>, hints: &Hints<'_>, at_ms: i64) -> Result<CallCost, ExtractError> {
    let extraction = extract(tape, hints)?;
    let detection = extraction.detection;
    let modifiers: Vec<(&str, &str)> = extraction
        .modifiers
        .iter()
        .map(|(n, v)| (*n, v.as_str()))
        .collect();
    let mut cost = match extraction.model.as_deref() {
        Some(model) => price(&PriceRequest {
            usage: &extraction.usage,
            provider: &detection.provider,
            model,
            modifiers: &modifiers,
            at_ms,
        }),
        None => Cost::unpriced(
            "no_model",
            "the response names no model and no hint was given".to_owned(),
        ),
    };
    let mut warnings = extraction.warnings;
    if warnings.iter().any(|warning| is_doubt(warning.code)) {
        cost.doubted();
    }
    warnings.append(&mut cost.warnings);
    Ok(CallCost {
        provider: detection.provider,
        format: detection.format.id,
        confidence: detection.confidence.as_str(),
        candidates: detection.candidates,
        model: extraction.model,
        usage: extraction.usage,
        totals: extraction.totals,
        warnings,
        cost,
        incomplete: false,
        modifiers: extraction.modifiers,
        response_id: extraction.response_id,
    })
}
