//! The bucket registry, for how many of each a price is stated and in which order they stand.

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
}

pub(super) struct Units(BTreeMap<String, (usize, u64)>);

impl Units {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|e| format!("buckets.toml: {e}"))?;
        let entry = |(position, bucket): (usize, Bucket)| (bucket.id, (position, bucket.per));
        Ok(Self(
            file.bucket.into_iter().enumerate().map(entry).collect(),
        ))
    }

    pub(super) fn per(&self, bucket: &str) -> Result<u64, String> {
        self.0
            .get(bucket)
            .map(|(_, per)| *per)
            .ok_or_else(|| format!("no bucket {bucket:?}"))
    }

    pub(super) fn position(&self, bucket: &str) -> usize {
        self.0
            .get(bucket)
            .map_or(usize::MAX, |(position, _)| *position)
    }
}
