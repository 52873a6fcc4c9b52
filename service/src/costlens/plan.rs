//! What a plan allows here: runs of a batch, batches a minute, runs a month.

use crate::limits::{Plan, Rate};

/// A plan's allowances. `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allowance {
    pub(super) plan: Plan,
    /// Runs of one batch.
    pub(super) batch: usize,
    /// Batches of a key, all at once or one after the other.
    pub(super) batches: Option<Rate>,
    /// Runs of a calendar month.
    pub(super) runs_a_month: Option<i64>,
}

/// The most runs of a batch where no plan says less: as many as events of a batch.
const MOST: usize = 1000;

/// What `plan` allows.
pub(super) fn allowance(plan: &str) -> Allowance {
    let plan = Plan::parse(plan).unwrap_or_default();
    let of = |batch, per_minute, runs_a_month| Allowance {
        plan,
        batch,
        batches: Some(Rate {
            per_minute,
            burst: per_minute,
        }),
        runs_a_month,
    };
    match plan {
        Plan::SelfHosted => Allowance {
            plan,
            batch: MOST,
            batches: None,
            runs_a_month: None,
        },
        Plan::Free => of(10, 5, Some(1000)),
        Plan::Starter => of(25, 10, None),
        Plan::Pro => of(50, 20, None),
        Plan::Enterprise => of(200, 100, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_spread_evenly() {
        for plan in Plan::ALL {
            if let Some(rate) = allowance(plan.as_str()).batches {
                assert_eq!(rate.interval_us() * rate.per_minute, 60_000_000, "{plan:?}");
            }
        }
    }
}
