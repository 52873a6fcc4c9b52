//! One call, from its response to its cost: what `cost_of` answers in every language.

use crate::money::MAX_EVENT_NANOS;
use crate::pricing::{Cost, PriceRequest, price, price_reported};
use crate::provider::{Candidates, ExtractError, Extraction, Hints, Part, extract};
use crate::response::Tape;
use crate::stream::{Folded, StreamFold};
use crate::usage::{NOT_COUNTED, Totals, Usage, Warning, is_doubt};
use serde::Serialize;
use std::borrow::Cow;

mod meter;
mod shared_meter;

pub use meter::Meter;
pub use shared_meter::SharedMeter;

/// What one call used and cost. Its JSON is the same in every language.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallCost {
    /// Who answered.
    pub provider: Cow<'static, str>,
    /// The response's format.
    pub format: &'static str,
    /// `certain`, `likely` or `ambiguous`: how sure the provider is.
    pub confidence: &'static str,
    /// Everyone it could be, the provider first.
    pub candidates: Candidates,
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
    /// What it would cost by the catalogue, where the provider states what it charged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computed_cost: Option<Cost>,
    /// The stream ended early, or the response states no usage, or nothing of it but a total: what is known is not all.
    pub incomplete: bool,
    /// The usage by model, where the response used several.
    #[serde(skip)]
    pub parts: Vec<Part>,
    /// What changed the price, as the response states it.
    #[serde(skip)]
    pub modifiers: Vec<(&'static str, String)>,
}

/// Reads a response's usage and prices it as of `at_ms`.
pub fn cost_of(tape: &Tape<'_>, hints: &Hints<'_>, at_ms: i64) -> Result<CallCost, ExtractError> {
    Ok(read(extract(tape, hints)?, at_ms))
}

/// Prices what a whole response says.
fn read(extraction: Extraction, at_ms: i64) -> CallCost {
    let incomplete = extraction
        .warnings
        .iter()
        .any(|warning| warning.code == "no_usage");
    priced(extraction, incomplete, at_ms)
}

/// The same for a stream: what its chunks said together.
pub fn cost_of_stream(
    fold: &StreamFold,
    hints: &Hints<'_>,
    at_ms: i64,
) -> Result<CallCost, ExtractError> {
    let Folded {
        extraction,
        incomplete,
    } = fold.finish(hints)?;
    Ok(priced(extraction, incomplete, at_ms))
}

fn priced(mut extraction: Extraction, incomplete: bool, at_ms: i64) -> CallCost {
    let incomplete = incomplete || states_only_a_total(&extraction);
    let mut cost = price_extraction(&extraction, incomplete, at_ms);
    let mut warnings = std::mem::take(&mut extraction.warnings);
    if warnings.iter().any(|warning| warning.code == NOT_COUNTED) {
        cost.is_a_floor();
    }
    if incomplete || warnings.iter().any(|warning| is_doubt(warning.code)) {
        cost.doubted();
    }
    let (cost, computed_cost) = if let Some(amount) = extraction.reported {
        (price_reported(amount), Some(cost))
    } else {
        let said: Vec<&str> = warnings.iter().map(|warning| warning.code).collect();
        let is_new =
            |warning: &Warning| warning.code != "no_usage" || !said.contains(&warning.code);
        cost.warnings.retain(is_new);
        warnings.append(&mut cost.warnings);
        (cost, None)
    };
    extraction.warnings = warnings;
    CallCost::of(extraction, cost, computed_cost, incomplete)
}

/// Tokens of no kind that is known have no price, and are not nothing.
fn states_only_a_total(extraction: &Extraction) -> bool {
    let stated = extraction.totals.stated_total_tokens;
    extraction.usage.is_empty() && stated.is_some_and(|total| !total.is_zero())
}

impl CallCost {
    fn of(
        extraction: Extraction,
        cost: Cost,
        computed_cost: Option<Cost>,
        incomplete: bool,
    ) -> Self {
        Self {
            format: extraction.detection.format.id,
            confidence: extraction.detection.confidence.as_str(),
            provider: extraction.detection.provider,
            candidates: extraction.detection.candidates,
            model: extraction.model,
            usage: extraction.usage,
            totals: extraction.totals,
            warnings: extraction.warnings,
            cost,
            computed_cost,
            incomplete,
            parts: extraction.parts,
            modifiers: extraction.modifiers,
        }
    }
}

/// Hands over what changes the price, as pairs of texts.
fn modifiers_of<R>(extraction: &Extraction, then: impl FnOnce(&[(&str, &str)]) -> R) -> R {
    let stated = extraction.modifiers.iter().map(|(n, v)| (*n, v.as_str()));
    let mut few = [("", ""); 4];
    if let Some(few) = few.get_mut(..stated.len()) {
        few.iter_mut()
            .zip(stated)
            .for_each(|(slot, pair)| *slot = pair);
        return then(few);
    }
    let many: Vec<(&str, &str)> = stated.collect();
    then(&many)
}

fn price_extraction(extraction: &Extraction, incomplete: bool, at_ms: i64) -> Cost {
    if incomplete && extraction.usage.is_empty() {
        return Cost::unpriced("no_usage", "no usage was stated".to_owned());
    }
    modifiers_of(extraction, |modifiers| {
        price_parts(extraction, modifiers, at_ms)
    })
}

fn price_parts(extraction: &Extraction, modifiers: &[(&str, &str)], at_ms: i64) -> Cost {
    let of = |model: Option<&str>, usage: &Usage| match model {
        Some(model) => price(&PriceRequest {
            usage,
            provider: &extraction.detection.provider,
            model,
            modifiers,
            at_ms,
        }),
        None => Cost::unpriced(
            "no_model",
            "the response names no model and no hint was given".to_owned(),
        ),
    };
    let own = extraction.model.as_deref();
    if extraction.parts.is_empty() {
        return of(own, &extraction.usage);
    }
    let parts = extraction.parts.iter().map(|part| {
        let cost = of(part.model.as_deref().or(own), &part.usage);
        (
            part.model.as_deref().filter(|model| Some(*model) != own),
            cost,
        )
    });
    let sum = Cost::sum(parts);
    // Each part is an amount that one call can cost; all together may not be.
    if sum
        .amount
        .is_some_and(|amount| amount.get() > MAX_EVENT_NANOS)
    {
        let message = "the parts of the call cost more together than one call can";
        return Cost::unpriced("amount_out_of_range", message.to_owned());
    }
    sum
}
