//! A call's cost as a text that JavaScript makes an object of: first a line of JSON with every word, then the numbers.
//!
//! A program prices few kinds of calls over and over, whose words are the same each time. So JavaScript keeps what it
//! read of the first line, and only numbers are left to read. `src/cost-packed.ts` reads both, in this order.

use bearlumen_core::call::CallCost;
use bearlumen_core::money::Nanos;
use bearlumen_core::pricing::Cost;
use bearlumen_core::quantity::Quantity;
use serde::ser::{Serialize, SerializeSeq, Serializer};
use std::fmt::Write as _;

/// A call's cost, packed.
pub(crate) fn pack(call: &CallCost) -> String {
    let mut text = crate::to_json(&Words(call));
    text.push('\n');
    let mut numbers = Numbers(text);
    for (_, quantity) in call.usage.iter() {
        numbers.quantity(Some(*quantity));
    }
    let totals = &call.totals;
    numbers.quantity(Some(totals.input_tokens));
    numbers.quantity(Some(totals.output_tokens));
    numbers.quantity(Some(totals.total_tokens));
    numbers.quantity(totals.stated_total_tokens);
    for cost in [Some(&call.cost), call.computed_cost.as_ref()] {
        let Some(cost) = cost else { continue };
        for amount in [cost.amount, cost.low, cost.high] {
            numbers.whole(amount.map(Nanos::get));
        }
        for line in &cost.lines {
            numbers.quantity(Some(line.quantity));
            numbers.whole(Some(line.amount_nanos));
        }
    }
    numbers.0
}

/// Numbers, a comma behind each. What there is none of is an empty place.
struct Numbers(String);

impl Numbers {
    fn whole(&mut self, number: Option<i64>) {
        if let Some(number) = number {
            // Writing into a string cannot fail.
            let _ = write!(self.0, "{number}");
        }
        self.0.push(',');
    }

    fn quantity(&mut self, quantity: Option<Quantity>) {
        match quantity.map(Quantity::split) {
            Some((units, 0)) => self.whole(i64::try_from(units).ok()),
            Some(_) => {
                self.0.push_str(&crate::to_json(&quantity));
                self.0.push(',');
            }
            None => self.whole(None),
        }
    }
}

/// Everything that is no number.
struct Words<'a>(&'a CallCost);

impl Serialize for Words<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let call = self.0;
        let mut list = serializer.serialize_seq(None)?;
        list.serialize_element(&call.provider)?;
        list.serialize_element(call.format)?;
        list.serialize_element(call.confidence)?;
        // The candidates are many, and always the same few lists: `candidates_among` says them once.
        list.serialize_element(&call.candidates.is_one())?;
        list.serialize_element(&call.model)?;
        list.serialize_element(&Listed(|| call.usage.iter().map(|(bucket, _)| bucket.id())))?;
        list.serialize_element(&call.warnings)?;
        list.serialize_element(&CostWords(&call.cost))?;
        list.serialize_element(&call.computed_cost.as_ref().map(CostWords))?;
        list.serialize_element(&call.incomplete)?;
        list.end()
    }
}

struct CostWords<'a>(&'a Cost);

impl Serialize for CostWords<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let cost = self.0;
        let mut list = serializer.serialize_seq(None)?;
        list.serialize_element(&cost.basis)?;
        list.serialize_element(&cost.price_id)?;
        list.serialize_element(&Listed(|| {
            cost.lines.iter().map(|line| {
                let rate = line.rate.usd_per_unit();
                (line.bucket.id(), rate, &line.modifiers)
            })
        }))?;
        list.end()
    }
}

/// What an iterator yields, as a list.
struct Listed<F>(F);

impl<I, F> Serialize for Listed<F>
where
    I: IntoIterator<Item: Serialize>,
    F: Fn() -> I,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}
