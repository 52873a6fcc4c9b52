//! What usage is counted in: the registry compiled from `catalog/buckets.toml`, and names outside it.

use std::fmt;

/// Which token total a bucket adds to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What went into the model.
    Input,
    /// What came out of it.
    Output,
    /// Calls, seconds, images, …: in no token total.
    Other,
}

/// Whose rate prices a bucket that a card does not name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fallback {
    pub(crate) bucket: u8,
    pub(crate) the_other_is: Relation,
}

/// How a borrowed rate lies to the true one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// Vendors bill the two alike: the cost stays exact.
    Same,
    /// The borrowed rate is at least the true one.
    Dearer,
    /// The borrowed rate is at most the true one.
    Cheaper,
    /// Nothing is known of how the two lie to each other.
    Unknown,
}

impl Relation {
    /// How a rate borrowed twice lies to the true one.
    pub(crate) const fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Same, relation) | (relation, Self::Same) => relation,
            (Self::Dearer, Self::Dearer) => Self::Dearer,
            (Self::Cheaper, Self::Cheaper) => Self::Cheaper,
            _ => Self::Unknown,
        }
    }
}

/// A row of the registry.
#[derive(Debug)]
pub(crate) struct BucketInfo {
    pub(crate) id: &'static str,
    pub(crate) unit: &'static str,
    /// For how many units price data states its dollars.
    pub(crate) per: u32,
    pub(crate) side: Side,
    pub(crate) fallback: Option<Fallback>,
}

#[expect(clippy::unreadable_literal, reason = "written by the build")]
mod registry {
    use super::{BucketIndex, BucketInfo, Fallback, Relation, Side};
    include!(concat!(env!("OUT_DIR"), "/buckets.rs"));
}
pub(crate) use registry::{BUCKETS, INPUT, OUTPUT, OUTPUT_REASONING, REQUEST};

/// How many buckets the registry holds.
pub(crate) const COUNT: usize = BUCKETS.len();

/// One disjoint class of usage.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// A row of the registry, by position.
    Known(BucketIndex),
    /// A unit only the caller knows (`gpu_hours`, `widgets`). Recorded; priced only by the caller's own rates.
    Custom(Box<str>),
}

/// The position of a bucket in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BucketIndex(u8);

impl BucketIndex {
    pub(crate) const fn new(index: u8) -> Self {
        Self(index)
    }

    /// The position: small, and the same for as long as the program runs.
    pub const fn get(self) -> usize {
        self.0 as usize
    }

    pub(crate) fn info(self) -> Option<&'static BucketInfo> {
        BUCKETS.get(self.get())
    }
}

impl Bucket {
    /// The bucket called `name`.
    pub fn named(name: &str) -> Self {
        Self::known(name).map_or_else(|| Self::Custom(name.into()), Self::Known)
    }

    /// The registry's bucket called `name`, if it has one.
    pub fn known(name: &str) -> Option<BucketIndex> {
        let position = BUCKETS.iter().position(|info| info.id == name)?;
        u8::try_from(position).ok().map(BucketIndex)
    }

    /// The name in `usage` objects.
    pub fn id(&self) -> &str {
        match self {
            Self::Known(index) => index.info().map_or("", |info| info.id),
            Self::Custom(name) => name,
        }
    }

    /// What one of it is: `token`, `call`, `second`, … or the caller's own word.
    pub fn unit(&self) -> &str {
        match self {
            Self::Known(index) => index.info().map_or("", |info| info.unit),
            Self::Custom(name) => name,
        }
    }

    /// For how many units its price is stated: the registry's number, 1 for the caller's own unit.
    pub fn per(&self) -> u32 {
        match self {
            Self::Known(index) => index.info().map_or(1, |info| info.per),
            Self::Custom(_) => 1,
        }
    }

    /// Which token total it adds to.
    pub fn side(&self) -> Side {
        match self {
            Self::Known(index) => index.info().map_or(Side::Other, |info| info.side),
            Self::Custom(_) => Side::Other,
        }
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for info in &BUCKETS {
            let bucket = Bucket::named(info.id);
            assert!(matches!(bucket, Bucket::Known(_)));
            assert_eq!(bucket.id(), info.id);
        }
        assert_eq!(Bucket::named("gpu_hours").id(), "gpu_hours");
    }
}
