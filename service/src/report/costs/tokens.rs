//! How many tokens of each class.

use crate::report::asked::Asked;
use crate::report::labels::Texts;
use crate::report::money::{count, units};
use crate::report::period::Period;
use crate::report::sums::{Axis, Group};
use crate::sql::SqlError;
use bearlumen_core::bucket::{Bucket, Side};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Tokens by class. A token is in one of them only.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Tokens {
    /// Sent, and neither read from nor written to a cache.
    input: i64,
    /// Read from a cache.
    cache_read: i64,
    /// Written to a cache.
    cache_write: i64,
    /// Received, without reasoning that is stated apart.
    output: i64,
    /// Received as reasoning.
    reasoning: i64,
    /// What is not counted in tokens, by bucket: calls, seconds, images, ….
    other: BTreeMap<String, f64>,
}

/// The tokens of each group; nothing for axes that they are not kept by.
pub(super) fn by_group(
    asked: &Asked<'_>,
    axis: Axis,
    period: Period,
) -> Result<HashMap<Group, Tokens>, SqlError> {
    let sums = asked.ledger().buckets(axis, period)?;
    let texts = Texts::of(asked.call, sums.keys().map(|(_, bucket)| *bucket))?;
    let mut by_group: HashMap<Group, Tokens> = HashMap::new();
    for ((group, bucket), micros) in sums {
        if let Some(name) = texts.get(bucket) {
            by_group.entry(group).or_default().add(name, micros);
        }
    }
    Ok(by_group)
}

impl Tokens {
    fn add(&mut self, name: &str, micros: i128) {
        let bucket = Bucket::named(name);
        let class = match bucket.side() {
            Side::Input if name.starts_with("cache_read") => &mut self.cache_read,
            Side::Input if name.starts_with("cache_write") => &mut self.cache_write,
            Side::Input => &mut self.input,
            Side::Output if name.starts_with("output_reasoning") => &mut self.reasoning,
            Side::Output => &mut self.output,
            Side::Other => {
                *self.other.entry(name.to_owned()).or_default() = units(micros);
                return;
            }
        };
        *class = class.saturating_add(count(micros / 1_000_000));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_in_one_class() {
        let mut tokens = Tokens::default();
        for (name, quantity) in [
            ("input", 1),
            ("input_audio", 2),
            ("cache_read", 4),
            ("cache_read_audio", 8),
            ("cache_write_5m", 16),
            ("cache_write_1h", 32),
            ("output", 64),
            ("output_reasoning", 128),
        ] {
            tokens.add(name, quantity * 1_000_000);
        }
        tokens.add("gpu_seconds", 1_500_000);
        assert_eq!(
            (tokens.input, tokens.cache_read, tokens.cache_write),
            (3, 12, 48)
        );
        assert_eq!((tokens.output, tokens.reasoning), (64, 128));
        assert_eq!(
            tokens.other,
            BTreeMap::from([("gpu_seconds".to_owned(), 1.5)])
        );
    }
}
