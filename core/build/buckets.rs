//! `catalog/buckets.toml`: the registry of what usage is counted in.

use serde::Deserialize;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    bucket: Vec<Bucket>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bucket {
    id: String,
    unit: String,
    per: u64,
    side: String,
    priced_as: Option<String>,
    same_price: Option<bool>,
}

pub(crate) struct Buckets(Vec<Bucket>);

pub(crate) fn load(path: &Path) -> Result<Buckets, String> {
    let buckets = Buckets(crate::read::<File>(path)?.bucket);
    for (position, bucket) in buckets.0.iter().enumerate() {
        if buckets.index(&bucket.id)? != position {
            return Err(format!("buckets.toml: {} stands twice", bucket.id));
        }
        if !matches!(bucket.side.as_str(), "input" | "output" | "other") {
            return Err(format!(
                "buckets.toml: {}: side is input, output or other",
                bucket.id
            ));
        }
        if bucket.priced_as.is_some() != bucket.same_price.is_some() {
            return Err(format!(
                "buckets.toml: {}: priced_as and same_price go together",
                bucket.id
            ));
        }
        // A fallback that names a later bucket could go round in a circle.
        if let Some(other) = &bucket.priced_as {
            let ahead = buckets.index(other)? >= position;
            if ahead {
                return Err(format!(
                    "buckets.toml: {}: priced_as must stand above it",
                    bucket.id
                ));
            }
        }
    }
    Ok(buckets)
}

impl Buckets {
    pub(crate) fn index(&self, id: &str) -> Result<usize, String> {
        self.0
            .iter()
            .position(|b| b.id == id)
            .ok_or_else(|| format!("no bucket {id:?} in buckets.toml"))
    }

    /// For how many units price data states its dollars.
    pub(crate) fn per(&self, index: usize) -> u64 {
        self.0[index].per
    }

    pub(crate) fn emit(&self) -> String {
        let mut out = format!(
            "pub(crate) static BUCKETS: [BucketInfo; {}] = [\n",
            self.0.len()
        );
        for b in &self.0 {
            let side = match b.side.as_str() {
                "input" => "Input",
                "output" => "Output",
                _ => "Other",
            };
            let fallback = match (&b.priced_as, b.same_price) {
                (Some(other), Some(same_price)) => {
                    let index = self
                        .0
                        .iter()
                        .position(|x| x.id == *other)
                        .unwrap_or_default();
                    format!("Some(Fallback {{ bucket: {index}, same_price: {same_price} }})")
                }
                _ => "None".into(),
            };
            let _ = writeln!(
                out,
                "    BucketInfo {{ id: {:?}, unit: {:?}, side: Side::{side}, fallback: {fallback} }},",
                b.id, b.unit
            );
        }
        out.push_str("];\n");
        out
    }
}
