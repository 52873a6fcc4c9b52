//! A call's cost as a short list that JavaScript makes an object of: text that repeats no names is read in half the
//! time. `src/cost-packed.ts` reads it, field by field in this order.

use bearlumen_core::call::CallCost;
use bearlumen_core::money::Nanos;
use bearlumen_core::pricing::{Cost, CostLine};
use bearlumen_core::usage::{Totals, Usage, Warning};
use serde::ser::{Serialize, SerializeSeq, Serializer};

/// A call's cost.
pub(crate) struct Packed<'a>(pub(crate) &'a CallCost);

impl Serialize for Packed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let call = self.0;
        let mut list = serializer.serialize_seq(None)?;
        list.serialize_element(&call.provider)?;
        list.serialize_element(call.format)?;
        list.serialize_element(call.confidence)?;
        // The candidates are many, and always the same few lists: `candidates_among` says them once.
        list.serialize_element(&call.candidates.is_one())?;
        list.serialize_element(&call.model)?;
        list.serialize_element(&PackedUsage(&call.usage))?;
        list.serialize_element(&totals(&call.totals))?;
        list.serialize_element(&PackedWarnings(&call.warnings))?;
        list.serialize_element(&PackedCost(&call.cost))?;
        list.serialize_element(&call.computed_cost.as_ref().map(PackedCost))?;
        list.serialize_element(&call.incomplete)?;
        list.end()
    }
}

fn totals(totals: &Totals) -> impl Serialize {
    (
        totals.input_tokens,
        totals.output_tokens,
        totals.total_tokens,
        totals.stated_total_tokens,
    )
}

/// Names and quantities in turn.
struct PackedUsage<'a>(&'a Usage);

impl Serialize for PackedUsage<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for (bucket, quantity) in self.0.iter() {
            list.serialize_element(bucket.id())?;
            list.serialize_element(quantity)?;
        }
        list.end()
    }
}

/// Codes and messages in turn.
struct PackedWarnings<'a>(&'a [Warning]);

impl Serialize for PackedWarnings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for warning in self.0 {
            list.serialize_element(warning.code)?;
            list.serialize_element(&warning.message)?;
        }
        list.end()
    }
}

struct PackedCost<'a>(&'a Cost);

impl Serialize for PackedCost<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let cost = self.0;
        let mut list = serializer.serialize_seq(None)?;
        list.serialize_element(&cost.amount)?;
        list.serialize_element(&cost.amount.map(Nanos::get))?;
        list.serialize_element(&cost.basis)?;
        list.serialize_element(&cost.low)?;
        list.serialize_element(&cost.high)?;
        list.serialize_element(&cost.price_id)?;
        list.serialize_element(&PackedLines(&cost.lines))?;
        list.end()
    }
}

/// Five values a line.
struct PackedLines<'a>(&'a [CostLine]);

impl Serialize for PackedLines<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for line in self.0 {
            list.serialize_element(line.bucket.id())?;
            list.serialize_element(&line.quantity)?;
            list.serialize_element(&line.rate.usd_per_unit())?;
            list.serialize_element(&line.modifiers)?;
            list.serialize_element(&line.amount_nanos)?;
        }
        list.end()
    }
}
