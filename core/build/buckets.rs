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
    the_other_is: Option<String>,
}

/// The buckets that the code itself speaks of.
const NAMED: [(&str, &str); 4] = [
    ("INPUT", "input"),
    ("OUTPUT", "output"),
    ("OUTPUT_REASONING", "output_reasoning"),
    ("REQUEST", "request"),
];

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
        if bucket.priced_as.is_some() != bucket.the_other_is.is_some() {
            return Err(format!(
                "buckets.toml: {}: priced_as and the_other_is go together",
                bucket.id
            ));
        }
        if bucket
            .the_other_is
            .as_deref()
            .is_some_and(|relation| relation_name(relation).is_none())
        {
            return Err(format!(
                "buckets.toml: {}: the_other_is same, dearer or cheaper",
                bucket.id
            ));
        }
        if bucket.per == 0 || u32::try_from(bucket.per).is_err() {
            return Err(format!(
                "buckets.toml: {}: per is a number from 1 to 4294967295",
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

    pub(crate) fn emit(&self) -> Result<String, String> {
        let mut out = String::new();
        for (name, id) in NAMED {
            let _ = writeln!(
                out,
                "pub(crate) const {name}: BucketIndex = BucketIndex({});",
                self.index(id)?
            );
        }
        let _ = writeln!(
            out,
            "pub(crate) static BUCKETS: [BucketInfo; {}] = [",
            self.0.len()
        );
        for b in &self.0 {
            let side = match b.side.as_str() {
                "input" => "Input",
                "output" => "Output",
                _ => "Other",
            };
            let relation = b.the_other_is.as_deref().and_then(relation_name);
            let fallback = match (&b.priced_as, relation) {
                (Some(other), Some(relation)) => {
                    let index = self
                        .0
                        .iter()
                        .position(|x| x.id == *other)
                        .unwrap_or_default();
                    format!(
                        "Some(Fallback {{ bucket: {index}, the_other_is: Relation::{relation} }})"
                    )
                }
                _ => "None".into(),
            };
            let _ = writeln!(
                out,
                "    BucketInfo {{ id: {:?}, unit: {:?}, per: {}, side: Side::{side}, fallback: {fallback} }},",
                b.id, b.unit, b.per
            );
        }
        out.push_str("];\n");
        Ok(out)
    }
}

fn relation_name(text: &str) -> Option<&'static str> {
    match text {
        "same" => Some("Same"),
        "dearer" => Some("Dearer"),
        "cheaper" => Some("Cheaper"),
        _ => None,
    }
}
