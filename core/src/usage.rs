//! What one call used: disjoint buckets, the inclusive totals beside them, and what was odd about them.

use crate::bucket::{Bucket, Side};
use crate::quantity::Quantity;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use std::borrow::Cow;

/// Something a reader of the numbers should know. The code is stable, the message is for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// A stable lower-snake name.
    pub code: &'static str,
    /// One sentence.
    pub message: Cow<'static, str>,
}

impl Warning {
    pub(crate) fn new(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// That a field stands twice with two values, of which the last was read.
pub(crate) fn contradiction() -> Warning {
    let message = "the usage states a field twice and differently; the last was read";
    Warning::new("field_repeated", message)
}

/// The codes of warnings that put the quantities themselves in doubt: such usage is never priced as exact.
const DOUBTS: [&str; 11] = [
    "total_mismatch",
    "parts_exceed_total",
    "invalid_count",
    "count_missing",
    "cache_ttl_assumed",
    "split_by_length",
    "field_repeated",
    "not_computable",
    "stream_incomplete",
    "stream_without_usage",
    "unreadable_chunk",
];

/// The code of a warning that something was charged for that these quantities do not hold: the cost is a floor.
pub(crate) const NOT_COUNTED: &str = "not_counted";

/// The code of a warning that a body stands beside these counts, which nobody has read and which says more.
pub const BODY_UNREAD: &str = "body_unread";

/// Whether a warning of this code puts the quantities in doubt.
pub fn is_doubt(code: &str) -> bool {
    DOUBTS.contains(&code)
}

/// Quantities by bucket. No bucket stands twice, none is zero, none overlaps another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    buckets: Vec<(Bucket, Quantity)>,
}

impl Usage {
    /// Of buckets in order, of which none stands twice and none is empty.
    pub(crate) fn of_sorted(buckets: Vec<(Bucket, Quantity)>) -> Self {
        debug_assert!(buckets.is_sorted_by(|a, b| a.0 < b.0));
        Self { buckets }
    }

    /// Adds `quantity` to `bucket`; adding nothing changes nothing.
    pub fn add(&mut self, bucket: Bucket, quantity: Quantity) {
        if quantity.is_zero() {
            return;
        }
        match self
            .buckets
            .binary_search_by(|(present, _)| present.cmp(&bucket))
        {
            Ok(at) => {
                if let Some((_, present)) = self.buckets.get_mut(at) {
                    *present = present.saturating_add(quantity);
                }
            }
            Err(at) => self.buckets.insert(at, (bucket, quantity)),
        }
    }

    /// Adds every bucket of `other`.
    pub fn add_all(&mut self, other: &Self) {
        for (bucket, quantity) in &other.buckets {
            self.add(bucket.clone(), *quantity);
        }
    }

    /// How much of a bucket was used.
    pub(crate) fn of(&self, bucket: &Bucket) -> Quantity {
        let found = self.buckets.iter().find(|(known, _)| known == bucket);
        found.map_or(Quantity::ZERO, |(_, quantity)| *quantity)
    }

    /// What is left of each bucket after `other`.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let mut rest = Self::default();
        for (bucket, quantity) in &self.buckets {
            let taken = other.of(bucket);
            rest.add(
                bucket.clone(),
                quantity.checked_sub(taken).unwrap_or(Quantity::ZERO),
            );
        }
        rest
    }

    /// The buckets that `wanted` names.
    pub(crate) fn only(&self, wanted: impl Fn(&Bucket) -> bool) -> Self {
        let buckets = self.buckets.iter().filter(|(bucket, _)| wanted(bucket));
        Self {
            buckets: buckets.cloned().collect(),
        }
    }

    /// The buckets in registry order, custom ones last by name.
    pub fn iter(&self) -> impl Iterator<Item = &(Bucket, Quantity)> {
        self.buckets.iter()
    }

    /// How many buckets were used.
    pub fn len(&self) -> usize {
        self.buckets.len()
    }

    /// True when nothing was used.
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// The sum of a side's buckets.
    pub fn total(&self, side: Side) -> Quantity {
        self.buckets
            .iter()
            .filter(|(bucket, _)| bucket.side() == side)
            .fold(Quantity::ZERO, |sum, (_, quantity)| {
                sum.saturating_add(*quantity)
            })
    }

    /// The inclusive totals, with the provider's own where it stated one.
    pub fn totals(&self, stated: Option<Quantity>) -> Totals {
        let input = self.total(Side::Input);
        let output = self.total(Side::Output);
        Totals {
            input_tokens: input,
            output_tokens: output,
            total_tokens: input.saturating_add(output),
            stated_total_tokens: stated,
        }
    }
}

impl Serialize for Usage {
    /// `{"<bucket>": quantity, …}`
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.buckets.len()))?;
        for (bucket, quantity) in &self.buckets {
            map.serialize_entry(bucket.id(), quantity)?;
        }
        map.end()
    }
}

/// Inclusive token totals: all input classes, all output classes, both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Tokens sent, cached ones included.
    pub input_tokens: Quantity,
    /// Tokens received, reasoning included.
    pub output_tokens: Quantity,
    /// Both.
    pub total_tokens: Quantity,
    /// What the provider itself called the total; `null` when it stated none.
    pub stated_total_tokens: Option<Quantity>,
}
