//! A period cut into stretches that one statement each answers.

use crate::ledger::{Grain, QUARTER_MS};
use crate::report::period::{Calendar, Period, Slots};

/// A stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Slots(Grain, Slots),
    Events(Period),
}

/// Cuts a period into slots of the coarsest of `grains`, finer ones around them, and events around those.
pub(super) fn parts(period: Period, calendar: &Calendar, grains: &[Grain]) -> Vec<Part> {
    let mut found = Vec::with_capacity(3);
    cut(period, calendar, grains, &mut found);
    found
}

/// Stretches of which some are taken away from the others.
#[derive(Debug, Default)]
pub(super) struct Balance {
    pub(super) added: Vec<Part>,
    pub(super) taken: Vec<Part>,
}

/// The same where differences are as good as sums: most of a month is the whole month without the few days around.
pub(super) fn balance(period: Period, calendar: &Calendar, grains: &[Grain]) -> Balance {
    let has_months = grains.first() == Some(&Grain::Month);
    let around = has_months.then(|| around(period, calendar)).flatten();
    let outer = around.unwrap_or(period);
    let mut balance = Balance {
        added: parts(outer, calendar, grains),
        taken: Vec::new(),
    };
    for (start_ms, end_ms) in [
        (outer.start_ms, period.start_ms),
        (period.end_ms, outer.end_ms),
    ] {
        let rest = Period { start_ms, end_ms };
        cut(rest, calendar, grains, &mut balance.taken);
    }
    balance
}

/// The period up to the bounds of its first and last months, each where more of the month is inside than outside.
fn around(period: Period, calendar: &Calendar) -> Option<Period> {
    let Period { start_ms, end_ms } = period;
    let (first, after_first) = calendar.month_around(start_ms)?;
    let (last, after_last) = calendar.month_around(end_ms - 1)?;
    let (outside_first, outside_last) = (start_ms - first, after_last - end_ms);
    let (with_first, with_last) = if first == last {
        let is_most = outside_first + outside_last < end_ms - start_ms;
        (is_most, is_most)
    } else {
        (
            outside_first < after_first - start_ms,
            outside_last < end_ms - last,
        )
    };
    Some(Period {
        start_ms: if with_first { first } else { start_ms },
        end_ms: if with_last { after_last } else { end_ms },
    })
}

fn cut(period: Period, calendar: &Calendar, grains: &[Grain], found: &mut Vec<Part>) {
    if period.start_ms >= period.end_ms {
        return;
    }
    let Some((grain, finer)) = grains.split_first() else {
        found.push(Part::Events(period));
        return;
    };
    let Some(slots) = whole(*grain, period, calendar) else {
        return cut(period, calendar, finer, found);
    };
    let inside = slots.period;
    let before = Period {
        end_ms: inside.start_ms,
        ..period
    };
    cut(before, calendar, finer, found);
    found.push(Part::Slots(*grain, slots));
    let after = Period {
        start_ms: inside.end_ms,
        ..period
    };
    cut(after, calendar, finer, found);
}

fn whole(grain: Grain, period: Period, calendar: &Calendar) -> Option<Slots> {
    match grain {
        Grain::Month => calendar.whole_months(period),
        Grain::Day => calendar.whole_days(period),
        Grain::QuarterHour => {
            let first = period.start_ms.div_euclid(QUARTER_MS)
                + i64::from(period.start_ms.rem_euclid(QUARTER_MS) > 0);
            let end = period.end_ms.div_euclid(QUARTER_MS);
            let inside = Period {
                start_ms: first * QUARTER_MS,
                end_ms: end * QUARTER_MS,
            };
            (first < end).then_some(Slots {
                first,
                end,
                period: inside,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    fn stretch(part: &Part) -> Period {
        match part {
            Part::Slots(_, slots) => slots.period,
            Part::Events(period) => *period,
        }
    }

    /// Every instant of the period is added once more than it is taken, every other one as often.
    fn balances(period: Period, calendar: &Calendar, grains: &[Grain]) {
        let found = balance(period, calendar, grains);
        let mut changes = std::collections::BTreeMap::new();
        for (parts, sign) in [(&found.added, 1), (&found.taken, -1)] {
            for part in parts {
                let Period { start_ms, end_ms } = stretch(part);
                *changes.entry(start_ms).or_insert(0) += sign;
                *changes.entry(end_ms).or_insert(0) -= sign;
            }
        }
        changes.retain(|_, change| *change != 0);
        let wanted = [(period.start_ms, 1), (period.end_ms, -1)];
        assert!(changes.into_iter().eq(wanted), "{period:?} {found:?}");
        if grains.first() == Some(&Grain::Month) {
            let days = found
                .added
                .iter()
                .chain(&found.taken)
                .map(|part| match part {
                    Part::Slots(Grain::Day, slots) => slots.end - slots.first,
                    _ => 0,
                });
            assert!(days.sum::<i64>() <= 2 * 16, "{period:?} {found:?}");
        }
    }

    #[test]
    fn parts_cover_a_period_once() {
        const DAY: i64 = 86_400_000;
        // From before the spring change of clocks in 2025 to after the autumn one.
        let start = 1_743_206_400_000;
        let steps = [
            0,
            1,
            QUARTER_MS - 1,
            QUARTER_MS,
            QUARTER_MS + 1,
            DAY - 1,
            DAY,
            DAY + 7,
            2 * DAY,
            31 * DAY + QUARTER_MS,
            62 * DAY,
            250 * DAY + 12_345,
        ];
        let grains: [&[Grain]; 5] = [
            &[],
            &[Grain::QuarterHour],
            &[Grain::Day],
            &[Grain::Day, Grain::QuarterHour],
            &[Grain::Month, Grain::Day],
        ];
        for zone in ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"] {
            let calendar = Calendar::new(TimeZone::get(zone).unwrap(), 1);
            for (from, to) in steps
                .iter()
                .flat_map(|from| steps.iter().map(move |to| (start + from, start + to)))
                .filter(|(from, to)| from < to)
            {
                let period = Period {
                    start_ms: from,
                    end_ms: to,
                };
                for grains in grains {
                    let found = parts(period, &calendar, grains);
                    let mut at = from;
                    for part in &found {
                        let Period { start_ms, end_ms } = stretch(part);
                        assert_eq!(start_ms, at, "{zone} {period:?} {found:?}");
                        assert!(start_ms < end_ms);
                        at = end_ms;
                    }
                    assert_eq!(at, to, "{zone} {period:?} {found:?}");
                    balances(period, &calendar, grains);
                    let crumbs = found.iter().filter(|part| matches!(part, Part::Events(_)));
                    if grains.contains(&Grain::QuarterHour) {
                        for crumb in crumbs {
                            let Period { start_ms, end_ms } = stretch(crumb);
                            assert!(end_ms - start_ms < 2 * QUARTER_MS, "{found:?}");
                        }
                    }
                }
            }
        }
    }
}
