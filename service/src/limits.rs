//! How many requests a key may make: a rate by plan, kept in memory by the generic cell rate algorithm.
//!
//! A key's whole state is one instant: when its allowance would be full again. Requests move it on by an interval,
//! and one that would move it too far ahead of now is refused. What is lost with the memory is at most a burst.

mod plan;

pub(crate) use plan::{Plan, Rate};

use crate::http::Problem;
use bearlumen_core::error::ErrorCode;
use std::cell::RefCell;
use std::collections::HashMap;

/// Keys remembered at most. Forgetting one gives it a fresh allowance.
const MAX_KEYS: usize = 10_000;

/// When each key's allowance is full again, in microseconds since 1970.
#[derive(Debug, Default)]
pub(crate) struct Limits(RefCell<HashMap<String, i64>>);

impl Limits {
    /// Counts a request at `now_ms`, or refuses it.
    pub(crate) fn take(&self, key_id: &str, plan: Plan, now_ms: i64) -> Result<(), Problem> {
        let Some(rate) = plan.rate() else {
            return Ok(());
        };
        match self.count(key_id, rate, now_ms) {
            0 => Ok(()),
            wait_us => Err(too_many(plan, rate, wait_us)),
        }
    }

    /// Counts something under `name` at `now_ms`; answers how many microseconds too early it came, 0 when it passes.
    pub(crate) fn count(&self, name: &str, rate: Rate, now_ms: i64) -> i64 {
        let mut full_at = self.0.borrow_mut();
        if full_at.len() >= MAX_KEYS && !full_at.contains_key(name) {
            full_at.clear();
        }
        let former = full_at.get(name).copied().unwrap_or(i64::MIN);
        let (next, wait_us) = next(rate, former, now_ms.saturating_mul(1000));
        match full_at.get_mut(name) {
            Some(known) => *known = next,
            None => drop(full_at.insert(name.to_owned(), next)),
        }
        wait_us
    }
}

/// When the allowance is full again after a request at `now_us`, and how many microseconds too early it came: 0 for
/// one that passes, while one that does not changes nothing.
fn next(rate: Rate, full_at_us: i64, now_us: i64) -> (i64, i64) {
    let interval = rate.interval_us();
    let depth = interval * rate.burst;
    // After a clock was set back the allowance is empty, not locked until the old time comes again.
    let full_at = full_at_us.clamp(now_us, now_us.saturating_add(depth));
    let next = full_at + interval;
    let wait = (next - depth - now_us).max(0);
    if wait > 0 { (full_at, wait) } else { (next, 0) }
}

fn too_many(plan: Plan, rate: Rate, wait_us: i64) -> Problem {
    let seconds = u64::try_from(wait_us)
        .unwrap_or_default()
        .div_ceil(1_000_000);
    let message = format!(
        "Rate limit exceeded: the plan {} allows a key {} requests a minute. Retry after {seconds} seconds",
        plan.as_str(),
        rate.per_minute
    );
    Problem {
        retry_after_s: Some(seconds),
        ..Problem::new(ErrorCode::RateLimitExceeded, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_768_300_500_000;

    fn passes(limits: &Limits, plan: Plan, now_ms: i64) -> bool {
        limits.take("key_a", plan, now_ms).is_ok()
    }

    #[test]
    fn a_burst_passes_and_then_one_request_an_interval() {
        let limits = Limits::default();
        // Free: 60 a minute, one a second, ten at once.
        for _ in 0..10 {
            assert!(passes(&limits, Plan::Free, START));
        }
        assert!(!passes(&limits, Plan::Free, START));
        assert!(!passes(&limits, Plan::Free, START + 999));
        assert!(passes(&limits, Plan::Free, START + 1000));
        assert!(!passes(&limits, Plan::Free, START + 1000));
        assert!(!passes(&limits, Plan::Free, START + 1999));
        assert!(passes(&limits, Plan::Free, START + 2000));
    }

    #[test]
    fn every_plan_gives_its_rate_over_ten_minutes_and_not_one_more() {
        for plan in [Plan::Free, Plan::Starter, Plan::Pro, Plan::Enterprise] {
            let limits = Limits::default();
            let rate = plan.rate().unwrap();
            // Six times faster than allowed.
            let step_us = rate.interval_us() / 6;
            let steps = 600_000_000 / step_us;
            let passed = (0..=steps)
                .filter(|step| passes(&limits, plan, START + step * step_us / 1000))
                .count();
            let most = rate.per_minute * 10 + rate.burst;
            let passed = i64::try_from(passed).unwrap();
            assert!(
                passed <= most && passed >= most - 1,
                "{plan:?}: {passed} of {most}"
            );
        }
    }

    #[test]
    fn what_a_refusal_asks_for_is_enough() {
        let limits = Limits::default();
        while passes(&limits, Plan::Free, START) {}
        let refused = limits.take("key_a", Plan::Free, START + 1).unwrap_err();
        assert_eq!(refused.code, ErrorCode::RateLimitExceeded);
        let seconds = i64::try_from(refused.retry_after_s.unwrap()).unwrap();
        assert_eq!(seconds, 1);
        assert!(passes(&limits, Plan::Free, START + 1 + seconds * 1000));
    }

    #[test]
    fn a_key_does_not_use_up_anothers_allowance() {
        let limits = Limits::default();
        while passes(&limits, Plan::Free, START) {}
        assert!(limits.take("key_b", Plan::Free, START).is_ok());
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let limits = Limits::default();
        while passes(&limits, Plan::Free, START) {}
        let yesterday = START - 86_400_000;
        assert!(!passes(&limits, Plan::Free, yesterday));
        assert!(passes(&limits, Plan::Free, yesterday + 1000));
    }

    #[test]
    fn the_default_plan_has_no_limit() {
        let limits = Limits::default();
        assert!((0..100_000).all(|_| passes(&limits, Plan::SelfHosted, START)));
    }
}
