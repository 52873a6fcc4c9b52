//! How capable a model is said to be and what fits into it: the table compiled from `catalog/quality.toml`.

use crate::pricing::{MatchKind, find_model};
use crate::provider::provider_named;
use jiff::civil::Date;

/// Where its vendor places a model, from least to most capable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// For simple work in great numbers.
    Basic,
    /// Small and quick, for most everyday work.
    Standard,
    /// For demanding professional work.
    High,
    /// The most capable, or a flagship for the hardest work.
    Top,
}

impl Class {
    /// The lower-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Standard => "standard",
            Self::High => "high",
            Self::Top => "top",
        }
    }

    /// The class called `name`, or the requirement `low`, `medium`, `high` or `highest`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "basic" | "low" => Some(Self::Basic),
            "standard" | "medium" => Some(Self::Standard),
            "high" => Some(Self::High),
            "top" | "highest" => Some(Self::Top),
            _ => None,
        }
    }
}

/// What [`Class::named`] reads.
pub(crate) const CLASS_NAMES: [&str; 7] = [
    "low", "medium", "high", "highest", "basic", "standard", "top",
];

/// A row of the table.
#[derive(Debug)]
pub struct Capable {
    /// Who makes and sells it.
    pub provider: &'static str,
    /// The price catalogue's name for it.
    pub id: &'static str,
    /// Where its vendor places it.
    pub class: Class,
    /// What it reads beside text.
    pub input: &'static [&'static str],
    /// Tokens of input at most.
    pub context: u64,
    /// Tokens of output at most.
    pub output: u64,
    until: Option<&'static str>,
    /// The vendor's page that places it.
    pub page: &'static str,
    /// When that page was read.
    pub checked: &'static str,
}

#[expect(clippy::unreadable_literal, reason = "written by the build")]
mod table {
    use super::{Capable, Class};
    include!(concat!(env!("OUT_DIR"), "/quality.rs"));
}
pub(super) use table::LIMITS;

/// Every model with a class.
pub fn capable_models() -> &'static [Capable] {
    table::MODELS
}

impl Capable {
    /// Whether the vendor has announced its end, and it has come by `day`.
    pub(crate) fn is_retired(&self, day: Date) -> bool {
        self.until
            .and_then(|until| until.parse::<Date>().ok())
            .is_some_and(|until| until < day)
    }

    /// The last day the vendor has announced.
    pub const fn until(&self) -> Option<&'static str> {
        self.until
    }
}

/// The row of what `provider` sells as `model`: its own, or the vendor's whose model it resells under the same name.
pub fn capable(provider: &str, model: &str) -> Option<&'static Capable> {
    let provider = provider_named(provider).unwrap_or(provider);
    let row = |vendor: &str| {
        let found =
            find_model(vendor, model).filter(|found| found.kind != MatchKind::EveryModel)?;
        capable_models()
            .iter()
            .find(|row| row.provider == vendor && row.id == found.model.id)
    };
    row(provider).or_else(|| {
        let mut vendors: Vec<&str> = capable_models().iter().map(|row| row.provider).collect();
        vendors.dedup();
        // A reseller's `vendor/model`.
        vendors
            .into_iter()
            .filter(|vendor| *vendor != provider)
            .find_map(row)
    })
}

/// Where the vendor of what `provider` sells as `model` places it; `None` where nothing is known.
pub fn quality_of(provider: &str, model: &str) -> Option<Class> {
    capable(provider, model).map(|row| row.class)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bucket::Bucket;
    use crate::pricing::{PriceRequest, price};
    use crate::quantity::Quantity;
    use crate::usage::Usage;

    #[test]
    fn every_model_of_the_table_has_a_price_for_what_it_reads() {
        for row in capable_models() {
            let mut usage = Usage::default();
            usage.add(Bucket::named("input"), Quantity::ONE);
            usage.add(Bucket::named("output"), Quantity::ONE);
            let found = find_model(row.provider, row.id);
            assert_eq!(found.map(|found| found.model.id), Some(row.id));
            let cost = price(&PriceRequest {
                usage: &usage,
                provider: row.provider,
                model: row.id,
                modifiers: &[],
                at_ms: 1_795_132_800_000, // 2026-11-20
            });
            assert!(cost.amount.is_some(), "{}: {:?}", row.id, cost.warnings);
            assert!(row.until.is_none_or(|until| until.parse::<Date>().is_ok()));
            assert!(row.context >= 100_000 && row.output >= 16_000, "{}", row.id);
        }
    }

    #[test]
    fn a_resold_model_is_as_capable_as_the_vendors_own() {
        let class = |provider: &str, model: &str| capable(provider, model).map(|row| row.class);
        assert_eq!(class("openai", "gpt-5.4"), Some(Class::High));
        assert_eq!(
            class("openai", "gpt-5.4-mini-2026-03-17"),
            Some(Class::Standard)
        );
        assert_eq!(class("azure", "gpt-5.4"), Some(Class::High));
        assert_eq!(class("anthropic", "claude-sonnet-4.6"), Some(Class::High));
        assert_eq!(class("openai", "gpt-3.5-turbo"), None);
        assert_eq!(class("groq", "llama-3.1-8b-instant"), None);
    }
}
