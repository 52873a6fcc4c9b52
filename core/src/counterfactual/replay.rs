//! A workload at a given model's prices, exactly: single events one by one, sums by the rates of their average call.

use super::workload::{Part, Workload};
use crate::bucket::{Bucket, Side};
use crate::money::ExactPico;
use crate::pricing::{Basis, Cost, PriceRequest, RateModifier, TenantPrices, find_model, price_by};
use crate::quantity::Quantity;
use crate::usage::Usage;

/// Where and how the usage is put.
#[derive(Debug, Clone)]
pub(super) struct Setting<'a> {
    pub(super) provider: &'a str,
    pub(super) model: &'a str,
    pub(super) modifiers: Vec<(&'a str, &'a str)>,
}

/// What it comes to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Replayed {
    pub(super) nanos: i64,
    /// Every call was priced by itself, exactly.
    pub(super) is_exact: bool,
    /// Some rate depends on the length of the prompt.
    pub(super) by_length: bool,
    /// The setting's last modifier changed some rate.
    pub(super) answers_modifier: bool,
}

/// The workload's usage, changed by `change`, in `setting`; `None` where some of it has no price there.
pub(super) fn replay(
    workload: &Workload<'_>,
    setting: &Setting<'_>,
    own: &TenantPrices,
    change: impl Fn(&Usage, &Setting<'_>) -> Usage,
) -> Option<Replayed> {
    let mut sum = Replayed {
        is_exact: true,
        by_length: depends_on_length(setting),
        ..Replayed::default()
    };
    for part in &workload.parts {
        let usage = change(&part.usage, setting);
        let of_part = price_part(part, &usage, setting, own)?;
        sum.nanos = sum.nanos.checked_add(of_part.nanos)?;
        sum.is_exact &= of_part.is_exact;
        sum.answers_modifier |= of_part.answers_modifier;
    }
    Some(sum)
}

fn price_part(
    part: &Part,
    usage: &Usage,
    setting: &Setting<'_>,
    own: &TenantPrices,
) -> Option<Replayed> {
    let one = if part.events == 1 {
        usage.clone()
    } else {
        average(usage, part.events)
    };
    let cost = price_by(
        &PriceRequest {
            usage: &one,
            provider: setting.provider,
            model: setting.model,
            modifiers: &setting.modifiers,
            at_ms: part.at_ms,
        },
        own,
    );
    let amount = cost.amount?;
    // A fee that is not known there would make it look cheaper than it is.
    let is_whole = one
        .iter()
        .all(|(bucket, _)| cost.lines.iter().any(|line| line.bucket == *bucket));
    if !is_whole {
        return None;
    }
    let nanos = if part.events == 1 {
        amount.get()
    } else {
        total(&cost, usage, part.events)?
    };
    Some(Replayed {
        nanos,
        is_exact: part.events == 1 && cost.basis == Basis::Exact,
        by_length: false,
        answers_modifier: answers(&cost, setting),
    })
}

/// The sums at the rates of their average call, rounded once.
fn total(cost: &Cost, usage: &Usage, events: u64) -> Option<i64> {
    let mut sum = ExactPico::ZERO;
    for line in &cost.lines {
        let used = usage.iter().find(|(bucket, _)| *bucket == line.bucket);
        let micros = match used {
            Some((_, quantity)) => quantity.micros(),
            // What a call costs by itself stands on no event.
            None => line.quantity.micros().checked_mul(events)?,
        };
        sum = sum.plus(ExactPico::of(micros, line.rate)?)?;
    }
    Some(sum.round()?.get())
}

/// The usage of the average call; nothing that was used at all vanishes.
fn average(usage: &Usage, events: u64) -> Usage {
    let mut one = Usage::default();
    for (bucket, quantity) in usage.iter() {
        let micros = (quantity.micros() / events.max(1)).max(1);
        if let Ok(quantity) = Quantity::from_micros(micros) {
            one.add(bucket.clone(), quantity);
        }
    }
    one
}

fn answers(cost: &Cost, setting: &Setting<'_>) -> bool {
    let Some((name, value)) = setting.modifiers.last() else {
        return false;
    };
    let is_it = |modifier: &RateModifier| match modifier {
        RateModifier::Condition(text) => text
            .split(['&', ',', ' '])
            .any(|pair| pair == format!("{name}={value}")),
        RateModifier::Factor {
            modifier, value: v, ..
        } => modifier == name && v == value,
        _ => false,
    };
    cost.lines
        .iter()
        .any(|line| line.modifiers.iter().any(is_it))
}

fn depends_on_length(setting: &Setting<'_>) -> bool {
    find_model(setting.provider, setting.model).is_some_and(|found| {
        found
            .model
            .cards()
            .any(|card| card.tiers().next().is_some())
    })
}

/// The mean prompt of a call, in tokens.
pub(super) fn mean_input(workload: &Workload<'_>) -> u64 {
    let input = workload.usage().total(Side::Input).whole_units();
    input / workload.events().max(1)
}

/// The usage with `percent` of its uncached prompt read from a cache, and a tenth of that written to one first where
/// writes have a rate of their own.
pub(super) fn cached(usage: &Usage, percent: u64) -> Usage {
    let input = Bucket::named("input");
    let part = |quantity: Quantity, numerator: u64, denominator: u64| {
        let micros =
            u128::from(quantity.micros()) * u128::from(numerator) / u128::from(denominator);
        u64::try_from(micros)
            .ok()
            .and_then(|micros| Quantity::from_micros(micros).ok())
            .unwrap_or_default()
    };
    let mut changed = Usage::default();
    for (bucket, quantity) in usage.iter() {
        if *bucket == input {
            let (read, written) = (
                part(*quantity, percent * 10, 1_100),
                part(*quantity, percent, 1_100),
            );
            changed.add(Bucket::named("cache_read"), read);
            changed.add(Bucket::named("cache_write"), written);
            let rest = quantity.checked_sub(read.saturating_add(written));
            changed.add(bucket.clone(), rest.unwrap_or_default());
        } else {
            changed.add(bucket.clone(), *quantity);
        }
    }
    changed
}
