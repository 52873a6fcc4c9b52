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
