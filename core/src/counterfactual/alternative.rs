//! The alternatives that are tried for a workload, and what each would have saved.

use super::replay::{Replayed, Setting, cached, mean_input, replay};
use super::workload::Workload;
use crate::bucket::Bucket;
use crate::forecast::usd;
use crate::order;
use crate::pricing::TenantPrices;
use crate::provider::provider_named;
use crate::quantity::Quantity;
use crate::routing::{Capable, capable};
use crate::usage::Usage;
use jiff::civil::Date;

/// What would be done otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Model,
    Batch,
    Flex,
    Cache,
}

impl Kind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Batch => "batch",
            Self::Flex => "flex",
            Self::Cache => "cache",
        }
    }
}

/// An alternative that would have been cheaper.
#[derive(Debug)]
pub(super) struct Alternative {
    pub(super) kind: Kind,
    pub(super) to: (String, String),
    /// `same`, `higher`, `lower` or `unknown`.
    pub(super) quality: &'static str,
    pub(super) classes: (Option<&'static str>, Option<&'static str>),
    /// What was paid, or what the same usage costs at today's price where only the way of calling changes.
    pub(super) baseline: i64,
    pub(super) nanos: i64,
    pub(super) is_exact: bool,
    pub(super) assumptions: Vec<String>,
    pub(super) message: String,
}

impl Alternative {
    pub(super) fn saved(&self) -> i64 {
        self.baseline.saturating_sub(self.nanos)
    }

    /// Whether the quality is kept, as far as vendors' own classes say.
    pub(super) fn keeps_quality(&self) -> bool {
        matches!(self.quality, "same" | "higher")
    }
}

/// What is tried.
#[derive(Debug)]
pub(super) struct Tries<'a> {
    pub(super) models: Vec<&'static Capable>,
    /// Models whose class is not known are compared only with models that were asked for by name.
    pub(super) are_named: bool,
    pub(super) cache_percent: Option<u64>,
    pub(super) day: Date,
    pub(super) own: &'a TenantPrices,
}

/// Every cheaper alternative, the best first. `None` where nothing is known to compare with.
pub(super) fn alternatives(workload: &Workload<'_>, tries: &Tries<'_>) -> Option<Vec<Alternative>> {
    let own = Setting {
        provider: provider_named(workload.provider).unwrap_or(workload.provider),
        model: workload.model,
        modifiers: workload.modifiers.clone(),
    };
    let as_is = replay(workload, &own, tries.own, same);
    let paid = workload.paid().or(as_is.map(|as_is| as_is.nanos))?;
    let mut found: Vec<Alternative> = tries
        .models
        .iter()
        .filter_map(|model| on_model(workload, &own, model, paid, tries))
        .collect();
    if let Some(as_is) = as_is {
        found.extend(in_batch(workload, &own, &as_is, tries));
        found.extend(under_flex(workload, &own, &as_is, tries));
        found.extend(from_cache(workload, &own, &as_is, tries));
    }
    found.retain(|alternative| alternative.saved() > 0);
    order::by(&mut found, |a, b| {
        b.saved().cmp(&a.saved()).then_with(|| a.to.cmp(&b.to))
    });
    Some(found)
}

fn same(usage: &Usage, _: &Setting<'_>) -> Usage {
    usage.clone()
}

fn on_model(
    workload: &Workload<'_>,
    own: &Setting<'_>,
    model: &'static Capable,
    paid: i64,
    tries: &Tries<'_>,
) -> Option<Alternative> {
    let from = capable(own.provider, own.model);
    let is_itself = from.is_some_and(|from| std::ptr::eq(from, model));
    if is_itself || model.is_retired(tries.day) || mean_input(workload) > model.context {
        return None;
    }
    if from.is_none() && !tries.are_named {
        return None;
    }
    let buckets = workload.usage();
    let is_unread = |kind: &str| {
        let names = [format!("input_{kind}"), format!("cache_read_{kind}")];
        let is_of_kind = |(bucket, _): &(Bucket, Quantity)| names.iter().any(|n| bucket.id() == n);
        buckets.iter().any(is_of_kind) && !model.input.contains(&kind)
    };
    if ["image", "audio", "video"].into_iter().any(is_unread) {
        return None;
    }
    let setting = Setting {
        provider: model.provider,
        model: model.id,
        modifiers: Vec::new(),
    };
    let there = replay(workload, &setting, tries.own, as_written_there)?;
    let quality = match from.map(|from| model.class.cmp(&from.class)) {
        None => "unknown",
        Some(std::cmp::Ordering::Equal) => "same",
        Some(std::cmp::Ordering::Greater) => "higher",
        Some(std::cmp::Ordering::Less) => "lower",
    };
    let mut assumptions = vec!["another model takes as many tokens for the same calls".to_owned()];
    if quality == "lower" {
        assumptions.push(format!(
            "quality {} does where {} was used",
            model.class.as_str(),
            from.map_or("another", |from| from.class.as_str())
        ));
    }
    if quality == "unknown" {
        assumptions.push("the models are equally good, of which nothing is known here".to_owned());
    }
    note_sizes(&mut assumptions, workload, &there);
    let words = match quality {
        "lower" => "of lower quality",
        "higher" => "of higher quality",
        "same" => "of the same quality",
        _ => "of unknown quality in comparison",
    };
    let message = format!(
        "{} instead of {} would have cost {} instead of {}: {words}, as vendors class them",
        model.id,
        workload.model,
        usd(there.nanos),
        usd(paid),
    );
    Some(Alternative {
        kind: Kind::Model,
        to: (model.provider.to_owned(), model.id.to_owned()),
        quality,
        classes: (
            from.map(|from| from.class.as_str()),
            Some(model.class.as_str()),
        ),
        baseline: paid,
        nanos: there.nanos,
        is_exact: workload.is_replay && there.is_exact,
        assumptions,
        message,
    })
}

/// A cache write of a stated lifetime is another vendor's plain one.
fn as_written_there(usage: &Usage, setting: &Setting<'_>) -> Usage {
    let mut changed = Usage::default();
    for (bucket, quantity) in usage.iter() {
        let has_lifetime = bucket.id().starts_with("cache_write_");
        let is_anothers = has_lifetime && !rates(setting, bucket);
        let bucket = if is_anothers {
            Bucket::named("cache_write")
        } else {
            bucket.clone()
        };
        changed.add(bucket, *quantity);
    }
    changed
}

/// Whether any of the setting's cards names the bucket.
fn rates(setting: &Setting<'_>, bucket: &Bucket) -> bool {
    crate::pricing::find_model(setting.provider, setting.model).is_some_and(|found| {
        found
            .model
            .cards()
            .any(|card| card.rates().any(|(known, _)| known == *bucket))
    })
}

fn in_batch(
    workload: &Workload<'_>,
    own: &Setting<'_>,
    as_is: &Replayed,
    tries: &Tries<'_>,
) -> Option<Alternative> {
    let assumption = "all of these calls could have waited for a batch, up to a day";
    modified(
        workload,
        own,
        as_is,
        tries,
        Kind::Batch,
        ("processing", "batch"),
        assumption,
    )
}

fn under_flex(
    workload: &Workload<'_>,
    own: &Setting<'_>,
    as_is: &Replayed,
    tries: &Tries<'_>,
) -> Option<Alternative> {
    let assumption = "all of these calls could have been answered later, or been refused and repeated, as flex may";
    modified(
        workload,
        own,
        as_is,
        tries,
        Kind::Flex,
        ("service_tier", "flex"),
        assumption,
    )
}

fn modified(
    workload: &Workload<'_>,
    own: &Setting<'_>,
    as_is: &Replayed,
    tries: &Tries<'_>,
    kind: Kind,
    modifier: (&'static str, &'static str),
    assumption: &str,
) -> Option<Alternative> {
    let ways = ["processing", "service_tier", "speed"];
    if own.modifiers.iter().any(|(name, _)| ways.contains(name)) {
        return None;
    }
    let mut setting = own.clone();
    setting.modifiers.push(modifier);
    let there = replay(workload, &setting, tries.own, same)?;
    if !there.answers_modifier {
        return None;
    }
    let mut assumptions = vec![assumption.to_owned()];
    note_sizes(&mut assumptions, workload, &there);
    let message = format!(
        "{} by {} would have cost {} instead of {}",
        workload.model,
        kind.as_str(),
        usd(there.nanos),
        usd(as_is.nanos),
    );
    Some(on_same_model(
        kind,
        workload,
        own,
        as_is,
        &there,
        assumptions,
        message,
    ))
}

fn from_cache(
    workload: &Workload<'_>,
    own: &Setting<'_>,
    as_is: &Replayed,
    tries: &Tries<'_>,
) -> Option<Alternative> {
    let percent = tries.cache_percent?;
    if !rates(own, &Bucket::named("cache_read")) {
        return None;
    }
    let there = replay(workload, own, tries.own, |usage, _| cached(usage, percent))?;
    let mut assumptions = vec![format!(
        "{percent}% of the prompt tokens that were not cached repeat an earlier prompt's beginning; each is written to the cache once for ten times it is read"
    )];
    note_sizes(&mut assumptions, workload, &there);
    let message = format!(
        "{} with {percent}% of its uncached prompt tokens in the cache would have cost {} instead of {}",
        workload.model,
        usd(there.nanos),
        usd(as_is.nanos),
    );
    let mut found = on_same_model(
        Kind::Cache,
        workload,
        own,
        as_is,
        &there,
        assumptions,
        message,
    );
    found.is_exact = false;
    Some(found)
}

fn on_same_model(
    kind: Kind,
    workload: &Workload<'_>,
    own: &Setting<'_>,
    as_is: &Replayed,
    there: &Replayed,
    assumptions: Vec<String>,
    message: String,
) -> Alternative {
    let class = capable(own.provider, own.model).map(|row| row.class.as_str());
    Alternative {
        kind,
        to: (own.provider.to_owned(), own.model.to_owned()),
        quality: "same",
        classes: (class, class),
        baseline: as_is.nanos,
        nanos: there.nanos,
        is_exact: workload.is_replay && as_is.is_exact && there.is_exact,
        assumptions,
        message,
    }
}

fn note_sizes(assumptions: &mut Vec<String>, workload: &Workload<'_>, there: &Replayed) {
    if !workload.is_replay && there.by_length {
        assumptions.push(
            "long prompts have a price of their own: every call was taken as long as the average"
                .to_owned(),
        );
    }
}
