//! Events as they stand in their blocks, read back to be summed again.

use super::block::{Block, Item, broken};
use super::fact::{Fact, FactLabels};
use super::sums::Sums;
use super::told::Told;
use crate::sql::SqlError;
use bearlumen_core::quantity::Quantity;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A stored event, before its bucket names and dimensions are labels.
pub(crate) struct StoredEvent<'a> {
    seq: i64,
    /// Without buckets, texts and numbers.
    fact: Fact,
    detail: Option<&'a RawValue>,
}

/// What `detail` says about sums.
#[derive(Deserialize, Default)]
struct Detail<'a> {
    #[serde(borrow, default)]
    usage: BTreeMap<Cow<'a, str>, &'a RawValue>,
    #[serde(borrow, default)]
    split: BTreeMap<Cow<'a, str>, &'a RawValue>,
    #[serde(borrow, default)]
    amounts: BTreeMap<Cow<'a, str>, i64>,
    #[serde(borrow, default)]
    dimensions: BTreeMap<Cow<'a, str>, &'a RawValue>,
}

/// The value of a stored dimension.
enum Dimension {
    Text(String),
    Number(f64),
}

/// The order of `numbers` is that of the view `event`, from `event_type` on.
fn fact_of(block: &Block, item: &Item<'_>) -> Option<Fact> {
    let at = |position: usize| item.numbers.get(position).copied().flatten();
    let label = |position: usize| at(position).unwrap_or(0);
    let basis = at(11)?;
    let cost = at(12).unwrap_or(0);
    Some(Fact {
        at_ms: block.base_ms + item.after_ms,
        block: block.seq,
        labels: FactLabels {
            metric_name: label(1),
            provider: label(2),
            model: label(3),
            end_user: label(4),
            feature: label(5),
            agent: label(15),
            workflow: label(16),
            session_type: label(17),
            subscription: label(18),
            session: item.session.unwrap_or(0),
        },
        sums: Sums {
            events: 1,
            unpriced: i64::from(basis == 0),
            estimated: i64::from(basis == 1),
            cost,
            low: at(13).unwrap_or(cost),
            high: at(14).unwrap_or(cost),
            quantity: at(7)?,
            quantity_micros: at(8)?,
            input: at(9)?,
            output: at(10)?,
        },
        ..Fact::default()
    })
}

impl<'a> StoredEvent<'a> {
    /// The event that an item of a block is.
    pub(crate) fn of(block: &Block, seq: i64, item: &Item<'a>) -> Result<Self, SqlError> {
        let fact = fact_of(block, item).ok_or_else(|| broken(seq))?;
        Ok(Self {
            seq,
            fact,
            detail: item.detail,
        })
    }

    /// Calls `need` with every text that [`Self::whole`] asks the label of.
    pub(crate) fn texts(&self, mut need: impl FnMut(&str)) -> Result<(), SqlError> {
        let detail = self.detail()?;
        for name in detail
            .usage
            .keys()
            .chain(detail.split.keys())
            .chain(detail.amounts.keys())
        {
            need(name);
        }
        for (name, value) in &detail.dimensions {
            need(name);
            if let Some(Dimension::Text(text)) = dimension(value) {
                need(&text);
            }
        }
        Ok(())
    }

    /// The fact with everything; `label` knows every text.
    pub(crate) fn whole(self, label: impl Fn(&str) -> i64) -> Result<Fact, SqlError> {
        let detail = self.detail()?;
        let mut fact = self.fact.clone();
        let mut amounts = detail.amounts;
        for (name, quantity) in detail.usage.iter().chain(&detail.split) {
            let quantity = Quantity::from_text(quantity.get()).map_err(|_| broken(self.seq))?;
            let (whole, micros) = split(quantity);
            let cost = amounts.remove(name).unwrap_or(0);
            fact.buckets.push((label(name), whole, micros, cost));
        }
        for (name, cost) in amounts {
            fact.buckets.push((label(&name), 0, 0, cost));
        }
        let mut numbers = Vec::new();
        for (name, value) in &detail.dimensions {
            match dimension(value) {
                Some(Dimension::Text(text)) => fact.texts.push((label(name), label(&text))),
                Some(Dimension::Number(number)) => numbers.push((&**name, number)),
                None => return Err(broken(self.seq)),
            }
        }
        fact.told = Told::of(numbers.iter().copied());
        let numbers = numbers.into_iter();
        fact.numbers = numbers
            .map(|(name, number)| (label(name), number))
            .collect();
        Ok(fact)
    }

    fn detail(&self) -> Result<Detail<'a>, SqlError> {
        match self.detail {
            Some(text) => serde_json::from_str(text.get()).map_err(|_| broken(self.seq)),
            None => Ok(Detail::default()),
        }
    }
}

/// Whole units and millionths as they are stored.
pub(crate) fn split(quantity: Quantity) -> (i64, i64) {
    let (whole, micros) = quantity.split();
    let of = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    (of(whole), of(micros))
}

fn dimension(value: &RawValue) -> Option<Dimension> {
    let text = value.get();
    if text.starts_with('"') {
        return serde_json::from_str(text).ok().map(Dimension::Text);
    }
    // The standard library's reading of a double is exact.
    text.parse().ok().map(Dimension::Number)
}
