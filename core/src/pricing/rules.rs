//! The tables compiled from `catalog/rules.toml`: what modifiers mean, how names are decorated, factors and fees.

use super::packed::Seller;
use crate::money::{Rate, Times};
use crate::timestamp::DAY_MS;

/// The id of a model that stands for every model of its provider.
pub(crate) const EVERY_MODEL: &str = "*";

/// The group of a factor that concerns every model of its provider.
const EVERY_MODEL_GROUP: u32 = u32::MAX;

/// What the values of a modifier mean.
struct ModifierRule {
    id: &'static str,
    /// Values under which the plain price holds.
    plain: &'static [&'static str],
    /// Describes the request (a size, a resolution): it matters only where a card depends on it.
    only_where_priced: bool,
    /// Values that are another modifier's: Anthropic states a batch where OpenAI states its tiers.
    means: &'static [(&'static str, (&'static str, &'static str))],
}

/// What a provider puts around a model's name.
pub(crate) struct NameRule {
    prefix: &'static str,
    suffix: &'static str,
    /// Stands somewhere in a name without decoration.
    contains: &'static str,
    /// With the prefix goes everything up to the last of these.
    cut_after: Option<&'static str>,
    /// The prefix stays; from the next of these on the rest goes.
    cut_from: Option<&'static str>,
    pub(crate) means: Option<(&'static str, &'static str)>,
}

/// What a modifier multiplies every token rate by.
#[derive(Debug)]
pub(crate) struct Factor {
    provider: &'static str,
    pub(crate) when: &'static [(&'static str, &'static str)],
    pub(crate) text: &'static str,
    pub(crate) times: Times,
    /// Modifiers under which the card's rate holds.
    plain: &'static [(&'static str, &'static str)],
    /// A card chosen by this modifier already is what it comes to.
    pub(crate) unless: &'static str,
    from_day: i64,
    /// The bit of the models that it concerns.
    group: u32,
}

/// A tool whose fee is for a call of the model, however often it used it.
struct Once {
    provider: &'static str,
    model_prefixes: &'static [&'static str],
    bucket: u8,
}

/// What calls of a provider's own tools cost with any of its models.
struct Fee {
    provider: &'static str,
    from_day: i64,
    model_prefixes: &'static [&'static str],
    models: &'static [&'static str],
    /// Pico-dollars for as many as the registry says.
    rates: &'static [(u8, u64)],
}

#[expect(clippy::unreadable_literal, reason = "written by the build")]
mod tables {
    use super::{EVERY_MODEL_GROUP, Factor, Fee, ModifierRule, NameRule, Once, Times};
    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}
use tables::{FACTORS, FEES, MODIFIERS, NAME_RULES, ONCE};

impl NameRule {
    pub(crate) fn decoration(&self) -> &'static str {
        if self.prefix.is_empty() {
            self.suffix
        } else {
            self.prefix
        }
    }
}

/// A modifier in the catalogue's own words, or what it comes to.
pub(crate) enum Meaning<'a> {
    /// The plain price.
    Plain,
    /// A price of its own, or an unknown one.
    Priced(&'a str, &'a str),
}

/// What `modifier` = `value` means. Nothing unknown is plain.
pub(crate) fn meaning<'a>(modifier: &'a str, value: &'a str) -> Meaning<'a> {
    if value.is_empty() {
        return Meaning::Plain; // a field that is there and says nothing
    }
    let Some(rule) = rule(modifier) else {
        return Meaning::Priced(modifier, value);
    };
    if rule
        .plain
        .iter()
        .any(|plain| plain.eq_ignore_ascii_case(value))
    {
        return Meaning::Plain;
    }
    match rule
        .means
        .iter()
        .find(|(from, _)| from.eq_ignore_ascii_case(value))
    {
        Some((_, (modifier, value))) => Meaning::Priced(modifier, value),
        None => Meaning::Priced(modifier, value),
    }
}

fn rule(modifier: &str) -> Option<&'static ModifierRule> {
    MODIFIERS.iter().find(|rule| rule.id == modifier)
}

/// Whether a modifier may be passed over where no card depends on it.
pub(crate) fn only_where_priced(modifier: &str) -> bool {
    rule(modifier).is_some_and(|rule| rule.only_where_priced)
}

fn of(seller: &Seller) -> &'static [NameRule] {
    let (first, end) = seller.rules;
    NAME_RULES.get(first..end).unwrap_or_default()
}

/// The modifier of a name without decoration, where a provider's plain names are not its plain price.
pub(crate) fn undecorated(seller: &Seller, name: &str) -> Option<(&'static str, &'static str)> {
    of(seller)
        .iter()
        .find(|rule| rule.is_for_plain_names() && name.contains(rule.contains))?
        .means
}

impl NameRule {
    fn is_for_plain_names(&self) -> bool {
        self.prefix.is_empty() && self.suffix.is_empty() && self.means.is_some()
    }

    fn is_for_hosted(&self) -> bool {
        self.means == Some(("hosted", "true"))
    }
}

/// Whether a name of a self-hosted provider is served by a paid service after all (`gpt-oss:120b-cloud`).
pub(crate) fn is_hosted_elsewhere(seller: &Seller, name: &str) -> bool {
    of(seller).iter().any(|rule| {
        rule.is_for_hosted() && name.ends_with(rule.suffix) && name.starts_with(rule.prefix)
    })
}

/// Takes one decoration off a name.
pub(crate) fn strip<'n>(seller: &Seller, name: &'n str) -> Option<(&'static NameRule, &'n str)> {
    of(seller).iter().find_map(|rule| {
        let rest = rule.rest(name)?;
        (rest.len() < name.len() && !rest.is_empty()).then_some((rule, rest))
    })
}

impl NameRule {
    fn rest<'n>(&self, name: &'n str) -> Option<&'n str> {
        if self.is_for_hosted() {
            return None;
        }
        let after = name.strip_prefix(self.prefix)?.strip_suffix(self.suffix)?;
        if let Some(mark) = self.cut_from {
            let end = after.find(mark)?;
            return name.get(..self.prefix.len() + end);
        }
        match self.cut_after {
            Some(mark) => Some(after.rsplit_once(mark)?.1),
            None => Some(after),
        }
    }
}

/// The factors that concern a model at a time.
pub(crate) fn factors(
    provider: &str,
    groups: u32,
    at_ms: i64,
) -> impl Iterator<Item = &'static Factor> + use<'_> {
    FACTORS.iter().filter(move |factor| {
        factor.provider == provider
            && (factor.group == EVERY_MODEL_GROUP || groups >> factor.group & 1 == 1)
            && factor.from_day * DAY_MS <= at_ms
    })
}

impl Factor {
    /// The modifier that this factor answers among those stated.
    pub(crate) fn answers(&self, stated: &[(&str, &str)]) -> Option<(&'static str, &'static str)> {
        self.when
            .iter()
            .find(|known| stated.iter().any(|given| is_same(given, known)))
            .copied()
    }

    /// Whether it depends on this modifier at all.
    pub(crate) fn depends_on(&self, modifier: &str) -> bool {
        self.when
            .iter()
            .chain(self.plain)
            .any(|(name, _)| *name == modifier)
    }

    /// Whether the card's rate holds under this modifier.
    pub(crate) fn is_plain(&self, given: (&str, &str)) -> bool {
        self.plain.iter().any(|known| is_same(&given, known))
    }
}

/// Whether what a tool costs is for a call of the model, however often it used it.
pub(crate) fn is_billed_once(provider: &str, model: &str, bucket: usize) -> bool {
    ONCE.iter().any(|once| {
        usize::from(once.bucket) == bucket
            && once.provider == provider
            && once
                .model_prefixes
                .iter()
                .any(|prefix| model.starts_with(prefix))
    })
}

/// The fee of a provider's own tool for a model whose card states none.
pub(crate) fn fee(
    provider: &str,
    model: &str,
    at_ms: i64,
    bucket: usize,
    per: u32,
) -> Option<Rate> {
    FEES.iter()
        .filter(|fee| fee.provider == provider && fee.from_day * DAY_MS <= at_ms)
        .filter(|fee| {
            fee.model_prefixes.is_empty()
                || fee
                    .model_prefixes
                    .iter()
                    .any(|prefix| model.starts_with(prefix))
        })
        .filter(|fee| fee.models.is_empty() || fee.models.contains(&model))
        .filter_map(|fee| {
            let (_, pico) = fee
                .rates
                .iter()
                .find(|(index, _)| usize::from(*index) == bucket)?;
            Some((fee.from_day, Rate::of(*pico, per)))
        })
        .max_by_key(|(from_day, _)| *from_day)
        .map(|(_, rate)| rate)
}

/// Values compare whatever their case; a star is any value.
pub(crate) fn is_same(given: &(&str, &str), known: &(&str, &str)) -> bool {
    given.0 == known.0 && (known.1 == "*" || given.1.eq_ignore_ascii_case(known.1))
}
