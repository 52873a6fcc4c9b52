//! What a plan allows here: runs of a batch, batches a minute, runs a month.

/// A plan's allowances. `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allowance {
    /// Runs of one batch.
    pub(super) batch: usize,
    /// Batches a minute.
    pub(super) batches_a_minute: Option<i64>,
    /// Runs of a calendar month.
    pub(super) runs_a_month: Option<i64>,
}

/// The most runs of a batch where no plan says less: as many as events of a batch.
const MOST: usize = 1000;

/// The allowance of the plan called `plan`; one that is not known has the one of an organisation's own service.
pub(super) fn allowance(plan: &str) -> Allowance {
    let of = |batch, batches, runs| Allowance {
        batch,
        batches_a_minute: Some(batches),
        runs_a_month: runs,
    };
    match plan {
        "free" => of(10, 5, Some(1000)),
        "starter" => of(25, 10, None),
        "pro" => of(50, 20, None),
        "enterprise" => of(200, 100, None),
        _ => Allowance {
            batch: MOST,
            batches_a_minute: None,
            runs_a_month: None,
        },
    }
}
