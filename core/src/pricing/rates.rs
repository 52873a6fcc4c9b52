//! Which card, tier, factor and fee a call's buckets are priced by.

use super::card::{RateCard, Tier};
use super::catalogue::{Model, ModelMatch, find_model};
use super::cost::RateModifier;
use super::price::PriceRequest;
use super::price_id::PriceId;
use super::rules::{self, Factor, Meaning, is_same};
use super::tenant::{Asked, Discount, OwnRates, TenantPrices};
use crate::bucket::{Bucket, BucketIndex, REQUEST, Relation, Side};
use crate::money::Rate;
use crate::quantity::Quantity;
use crate::usage::{Usage, Warning};

/// Everything that was decided about a call before its buckets are multiplied.
#[derive(Debug)]
pub(crate) struct Choice<'a> {
    model: Option<Model>,
    at_ms: i64,
    /// As the call states them, plain ones too.
    modifiers: &'a [(&'a str, &'a str)],
    own: Option<&'a OwnRates>,
    discount: Option<&'a Discount>,
    /// The card of the call's modifiers.
    variant: Option<CardInForce>,
    base: Option<CardInForce>,
    factors: Vec<(&'static Factor, (&'static str, &'static str))>,
    pub(crate) exact: bool,
    /// False once something unknown may have moved the whole amount either way.
    pub(crate) bounded: bool,
    pub(crate) warnings: Vec<Warning>,
}

#[derive(Debug)]
struct CardInForce {
    card: RateCard,
    tier: Option<Tier>,
}

/// A bucket's rate and why.
pub(crate) struct Found {
    pub(crate) rate: Rate,
    pub(crate) modifiers: Vec<RateModifier>,
    /// How the rate lies to the true one.
    pub(crate) relation: Relation,
}

impl Found {
    /// Whether it is the true rate and not one that was borrowed for want of it.
    pub(crate) fn is_certain(&self) -> bool {
        self.relation == Relation::Same
    }
}

/// More modifiers than any provider states at once.
const MAX_MODIFIERS: usize = 12;

impl<'a> Choice<'a> {
    /// By the catalogue alone.
    pub(crate) fn of_catalogue(request: &PriceRequest<'a>) -> Result<Self, Warning> {
        Self::of(request, find_model(request.provider, request.model), None)
    }

    /// Free of what it was chosen for, where nothing about it is in doubt and nothing of the call's own counts: for
    /// token buckets alone, whose rates depend on no more.
    pub(crate) fn settled(self) -> Option<Choice<'static>> {
        let has_fee = self
            .base
            .as_ref()
            .is_some_and(|base| base.card.has_call_fee());
        let is_own = self.own.is_some() || self.discount.is_some();
        if has_fee || is_own || !self.exact || !self.warnings.is_empty() {
            return None;
        }
        Some(Choice {
            model: self.model,
            at_ms: self.at_ms,
            modifiers: &[],
            own: None,
            discount: None,
            variant: self.variant,
            base: self.base,
            factors: self.factors,
            exact: true,
            bounded: true,
            warnings: Vec::new(),
        })
    }

    /// Which tiers `usage` reaches, told apart by their thresholds; `None` where that puts the price in doubt.
    pub(crate) fn tier_of(&mut self, usage: &Usage) -> Option<[u64; 2]> {
        let mut cards = self.variant.iter().chain(&self.base);
        if !cards.any(|in_force| in_force.card.has_tiers()) {
            return Some([0, 0]);
        }
        self.set_input_tokens(usage.total(Side::Input).whole_units());
        if !self.warnings.is_empty() {
            self.warnings.clear();
            (self.exact, self.bounded) = (true, true);
            return None;
        }
        let threshold = |in_force: &Option<CardInForce>| {
            let tier = in_force
                .as_ref()
                .and_then(|in_force| in_force.tier.as_ref());
            // Each of them begins above nothing.
            tier.map_or(0, |tier| tier.tokens.saturating_add(1))
        };
        Some([threshold(&self.variant), threshold(&self.base)])
    }

    pub(crate) fn of(
        request: &PriceRequest<'a>,
        found: Option<ModelMatch>,
        own: Option<&'a TenantPrices>,
    ) -> Result<Self, Warning> {
        let PriceRequest {
            provider,
            model: name,
            modifiers,
            at_ms,
            ..
        } = *request;
        // What is plain goes; what is left, in the catalogue's words.
        let mut stated = [("", ""); MAX_MODIFIERS];
        let mut count = 0;
        let mut are_too_many = false;
        let implied = found.as_ref().and_then(|found| found.modifier);
        for (modifier, value) in modifiers.iter().copied().chain(implied) {
            if let Meaning::Priced(modifier, value) = rules::meaning(modifier, value) {
                match stated.get_mut(count) {
                    Some(slot) => {
                        *slot = (modifier, value);
                        count += 1;
                    }
                    None => are_too_many = true,
                }
            }
        }
        let stated = stated.get(..count).unwrap_or_default();
        let model = found.map(|found| found.model);
        let asked = Asked {
            provider,
            models: [name, model.map_or(name, |model| model.id)],
            modifiers: stated,
            at_ms,
        };
        let own_rates = own.and_then(|own| own.rates(&asked));
        if model.is_none() && own_rates.is_none() {
            return Err(Warning::new(
                "unknown_model",
                format!("no price is known for {provider} {name:?}"),
            ));
        }
        let base = model.and_then(|model| model.base_card(at_ms));
        let mut choice = Choice {
            model,
            at_ms,
            modifiers,
            own: own_rates,
            discount: own.and_then(|own| own.discount(&asked)),
            variant: None,
            base: base.map(CardInForce::new),
            factors: Vec::new(),
            exact: true,
            bounded: true,
            warnings: Vec::new(),
        };
        if !stated.is_empty() {
            choice.apply(stated);
        }
        if are_too_many {
            choice.doubt("more modifiers were stated than any price depends on".to_owned());
        }
        if choice.base.is_none() && choice.variant.is_none() && own_rates.is_none() {
            let message = format!(
                "no price of {} is known for that day and these conditions",
                choice.name()
            );
            return Err(Warning::new("no_price_then", message));
        }
        Ok(choice)
    }

    fn apply(&mut self, stated: &[(&str, &str)]) {
        if let Some(model) = self.model {
            self.variant = model.variant(self.at_ms, stated).map(CardInForce::new);
            let is_outdated = |(variant, base): (&CardInForce, &CardInForce)| {
                variant.card.from_day < base.card.from_day
                    && variant.card.prices_tokens()
                    && model
                        .plain_card_of(variant.card.from_day)
                        .is_none_or(|then| !then.prices_tokens_like(&base.card))
            };
            if self
                .variant
                .as_ref()
                .zip(self.base.as_ref())
                .is_some_and(is_outdated)
            {
                let words = self
                    .variant
                    .as_ref()
                    .and_then(|variant| variant.card.condition());
                let (words, name) = (words.unwrap_or_default(), self.name());
                self.doubt(format!(
                    "the plain price of {name} has changed since that of {words} was stated"
                ));
            }
            for factor in self.possible_factors() {
                let answered = factor.answers(stated);
                let is_in_the_card = |name: &str| {
                    let condition = self
                        .variant
                        .as_ref()
                        .and_then(|variant| variant.card.condition);
                    condition.is_some_and(|condition| {
                        condition.pairs.iter().any(|(known, _)| *known == name)
                    })
                };
                if let Some((name, value)) = answered
                    && !is_in_the_card(name)
                    && !is_in_the_card(factor.unless)
                {
                    self.factors.push((factor, (name, value)));
                }
            }
        }
        for (modifier, value) in stated {
            if !self.is_answered(modifier, value) {
                let name = self.name();
                self.doubt(format!(
                    "no price of {name} is known for {modifier}={value}; its plain price was used"
                ));
            }
        }
    }

    fn is_answered(&self, modifier: &str, value: &str) -> bool {
        let given = (modifier, value);
        let condition = self
            .variant
            .as_ref()
            .and_then(|variant| variant.card.condition);
        condition.is_some_and(|condition| condition.pairs.iter().any(|pair| is_same(&given, pair)))
            || self
                .factors
                .iter()
                .any(|(factor, _)| factor.when.iter().any(|pair| is_same(&given, pair)))
            || self.own.is_some_and(|own| own.answers(modifier))
            || self.possible_factors().any(|factor| {
                // What is the region's business under one profile is the profile's under another.
                factor.unless == modifier
                    || factor.is_plain(given)
                    || factor.answers(&[given]).is_some()
            })
            || rules::only_where_priced(modifier) && !self.depends_on(modifier)
    }

    fn possible_factors(&self) -> impl Iterator<Item = &'static Factor> + use<> {
        let (provider, groups) = self
            .model
            .map_or(("", 0), |model| (model.provider, model.factor_groups()));
        rules::factors(provider, groups, self.at_ms)
    }

    fn depends_on(&self, modifier: &str) -> bool {
        self.model.is_some_and(|model| model.depends_on(modifier))
            || self
                .possible_factors()
                .any(|factor| factor.depends_on(modifier))
    }

    fn doubt(&mut self, message: String) {
        self.exact = false;
        self.bounded = false;
        self.warnings
            .push(Warning::new("modifier_not_priced", message));
    }

    /// Tells the tiers how long the prompt was.
    pub(crate) fn set_input_tokens(&mut self, tokens: u64) {
        for in_force in self.variant.iter_mut().chain(&mut self.base) {
            in_force.tier = in_force.card.tier(tokens);
        }
        let is_long = self.base.as_ref().is_some_and(|base| base.tier.is_some());
        if let Some(variant) = &self.variant
            && is_long
            && variant.card.tiers().next().is_none()
        {
            let words = variant.card.condition().unwrap_or_default();
            self.doubt(format!(
                "no price of {} is known for {words} with so long a prompt",
                self.name()
            ));
        }
    }

    /// What a call costs by itself, where the card says so and the usage does not.
    pub(crate) fn fee_of_the_call(&self, usage: &Usage) -> Option<(Bucket, Quantity)> {
        let base = self.base.as_ref()?;
        if !base.card.has_call_fee() {
            return None;
        }
        let bucket = Bucket::Known(REQUEST);
        usage
            .iter()
            .all(|(used, _)| *used != bucket)
            .then_some((bucket, Quantity::ONE))
    }

    /// How much of a bucket is billed: a tool used once, where its fee is for the call.
    pub(crate) fn billed(&self, bucket: &Bucket, used: Quantity) -> Quantity {
        let (Bucket::Known(index), Some(model)) = (bucket, self.model) else {
            return used;
        };
        let is_once = bucket.side() == Side::Other
            && used > Quantity::ONE
            && rules::is_billed_once(model.provider, model.id, index.get());
        if is_once { Quantity::ONE } else { used }
    }

    /// Provider and model, for messages.
    pub(crate) fn name(&self) -> String {
        self.model.map_or_else(
            || "the model".to_owned(),
            |model| format!("{}/{}", model.provider, model.id),
        )
    }

    pub(crate) fn price_id(&self) -> PriceId {
        let card = self.variant.as_ref().or(self.base.as_ref());
        match (self.own, self.model, card) {
            (None, Some(model), Some(in_force)) => PriceId::of(&model, &in_force.card),
            (own, ..) => PriceId::Own(own.map(OwnRates::id).unwrap_or_default()),
        }
    }

    /// The rate of a bucket: the organisation's own, the variant's, the plain card's, the provider's fee; failing
    /// all, that of the bucket it is priced as.
    pub(crate) fn rate(&self, bucket: &Bucket) -> Option<Found> {
        let Bucket::Known(first) = bucket else {
            let rate = self.own?.find(bucket)?;
            return Some(Found {
                rate,
                modifiers: own_rate(),
                relation: Relation::Same,
            });
        };
        let mut index = *first;
        let mut relation = Relation::Same;
        loop {
            if let Some(found) = self.rate_of(index) {
                return Some(Found {
                    relation: relation.with(found.relation),
                    ..found
                });
            }
            // Past all the buckets that vendors bill alike: the first that they do not.
            let fallback = loop {
                let fallback = index.info()?.fallback?;
                index = BucketIndex::new(fallback.bucket);
                if fallback.the_other_is != Relation::Same {
                    break fallback.the_other_is;
                }
            };
            relation = relation.with(fallback);
        }
    }

    /// The rate of a bucket or of those that vendors bill like it.
    fn rate_of(&self, bucket: BucketIndex) -> Option<Found> {
        if let Some(rate) = self
            .own
            .and_then(|own| alike(bucket).find_map(|index| own.find(&Bucket::Known(index))))
        {
            return Some(Found {
                rate,
                modifiers: own_rate(),
                relation: Relation::Same,
            });
        }
        for (in_force, is_variant) in [(&self.variant, true), (&self.base, false)] {
            let Some(in_force) = in_force else { continue };
            let Some((rate, tier)) = alike(bucket).find_map(|index| in_force.find(index.get()))
            else {
                continue;
            };
            let mut modifiers = Vec::new();
            if let Some(condition) = in_force.card.condition() {
                modifiers.push(RateModifier::Condition(condition));
            }
            modifiers.extend(tier.map(|tier| RateModifier::LongInput {
                tokens: tier.tokens,
                inclusive: tier.inclusive,
            }));
            // A modifier's card that is silent about some tokens leaves open what they cost under it.
            let is_silent = !is_variant
                && side(bucket) != Side::Other
                && self
                    .variant
                    .as_ref()
                    .is_some_and(|variant| variant.card.prices_tokens());
            let relation = if is_silent {
                Relation::Unknown
            } else if is_variant {
                Relation::Same
            } else {
                self.unstated(bucket)
                    .map_or(Relation::Same, |(_, relation)| relation)
            };
            return self.multiplied(
                bucket,
                Found {
                    rate,
                    modifiers,
                    relation,
                },
            );
        }
        let model = self.model?;
        let rate = rules::fee(
            model.provider,
            model.id,
            self.at_ms,
            bucket.get(),
            bucket.info()?.per,
        )?;
        self.multiplied(
            bucket,
            Found {
                rate,
                modifiers: Vec::new(),
                relation: Relation::Same,
            },
        )
    }

    /// What the call does not say of itself although the price of `bucket`, a call or an image, depends on it; and
    /// how the plain rate lies to those that it may have been.
    pub(crate) fn unstated(&self, bucket: BucketIndex) -> Option<(&'static str, Relation)> {
        if side(bucket) != Side::Other {
            return None;
        }
        let base = self.base.as_ref()?.find(bucket.get())?.0;
        let mut unstated: Option<(&'static str, Relation)> = None;
        for card in self.model?.cards() {
            let Some(pairs) = card.condition.map(|condition| condition.pairs) else {
                continue;
            };
            let Some((name, _)) = pairs
                .iter()
                .find(|(name, _)| rules::only_where_priced(name))
            else {
                continue;
            };
            let Some(other) = card.rates.find(bucket.get()) else {
                continue;
            };
            let is_stated = self.modifiers.iter().any(|(stated, _)| stated == name);
            if is_stated || !card.holds_at(self.at_ms) || other == base {
                continue;
            }
            let is_less = u128::from(base.pico) * u128::from(other.per)
                < u128::from(other.pico) * u128::from(base.per);
            let relation = if is_less {
                Relation::Cheaper
            } else {
                Relation::Dearer
            };
            unstated = Some(match unstated {
                Some((known, so_far)) if so_far != relation => (known, Relation::Unknown),
                _ => (name, relation),
            });
        }
        unstated
    }

    /// Whether this is a price of seconds, pages or images alone, which leaves the tokens of a call unbilled.
    pub(crate) fn bills_no_tokens(&self, usage: &Usage) -> bool {
        let cards = self.variant.iter().chain(&self.base);
        self.own.is_none()
            && cards
                .into_iter()
                .all(|in_force| !in_force.card.prices_tokens())
            && usage.iter().any(|(bucket, _)| {
                bucket.side() == Side::Other
                    && bucket.unit() != "call"
                    && self.rate(bucket).is_some()
            })
    }

    fn multiplied(&self, bucket: BucketIndex, mut found: Found) -> Option<Found> {
        if side(bucket) != Side::Other {
            for (factor, (modifier, value)) in &self.factors {
                found.rate = found.rate.times(factor.times)?;
                found.modifiers.push(RateModifier::Factor {
                    modifier,
                    value,
                    times: factor.text,
                });
            }
        }
        if let Some(discount) = self.discount {
            found.rate = found.rate.times(discount.times)?;
            found
                .modifiers
                .push(RateModifier::Own(discount.text.clone()));
        }
        Some(found)
    }
}

fn own_rate() -> Vec<RateModifier> {
    vec![RateModifier::Own("own rate".into())]
}

fn side(bucket: BucketIndex) -> Side {
    bucket.info().map_or(Side::Other, |info| info.side)
}

/// A bucket and those it is priced as that vendors bill alike.
fn alike(bucket: BucketIndex) -> impl Iterator<Item = BucketIndex> {
    std::iter::successors(Some(bucket), |index| {
        let fallback = index.info()?.fallback?;
        (fallback.the_other_is == Relation::Same).then(|| BucketIndex::new(fallback.bucket))
    })
}

impl CardInForce {
    const fn new(card: RateCard) -> Self {
        Self { card, tier: None }
    }

    /// A tier restates only what it changes; a call costs the same however long the prompt.
    fn find(&self, bucket: usize) -> Option<(Rate, Option<Tier>)> {
        if let Some(tier) = self.tier
            && let Some(rate) = tier.rates.find(bucket)
        {
            return Some((rate, Some(tier)));
        }
        self.card.rates.find(bucket).map(|rate| (rate, None))
    }
}
