//! The bucket registry: for how many of each a price is stated, in which order they stand, which are priced alike.

use super::facts::{Price, Usd};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct File {
    bucket: Vec<Bucket>,
}

#[derive(Deserialize)]
struct Bucket {
    id: String,
    per: u64,
    priced_as: Option<String>,
    the_other_is: Option<String>,
}

pub(super) struct Units {
    order: BTreeMap<String, (usize, u64)>,
    /// Buckets that are priced like another unless a card says otherwise.
    like: Vec<(String, String)>,
}

impl Units {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|e| format!("buckets.toml: {e}"))?;
        let like = |bucket: &Bucket| {
            let other = bucket
                .priced_as
                .clone()
                .filter(|_| bucket.the_other_is.as_deref() == Some("same"));
            other.map(|other| (bucket.id.clone(), other))
        };
        let like = file.bucket.iter().filter_map(like).collect();
        let entry = |(position, bucket): (usize, Bucket)| (bucket.id, (position, bucket.per));
        Ok(Self {
            order: file.bucket.into_iter().enumerate().map(entry).collect(),
            like,
        })
    }

    pub(super) fn per(&self, bucket: &str) -> Result<u64, String> {
        self.order
            .get(bucket)
            .map(|(_, per)| *per)
            .ok_or_else(|| format!("no bucket {bucket:?}"))
    }

    pub(super) fn position(&self, bucket: &str) -> usize {
        self.order
            .get(bucket)
            .map_or(usize::MAX, |(position, _)| *position)
    }

    /// Leaves out what the registry says already: a bucket of the very price of the one that it is priced as.
    pub(super) fn simplify(&self, price: &mut Price) {
        for (bucket, other) in &self.like {
            let is_said = |usd: &Usd| {
                usd.get(bucket)
                    .is_none_or(|price| usd.get(other) == Some(price))
            };
            // In a tier that is silent about the bucket the other one's rate holds too.
            if price.usd.contains_key(bucket)
                && is_said(&price.usd)
                && price.tiers.values().all(is_said)
            {
                price.usd.remove(bucket);
                price
                    .tiers
                    .values_mut()
                    .for_each(|usd| drop(usd.remove(bucket)));
            }
        }
    }
}
