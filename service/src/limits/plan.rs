//! What an organisation's plan allows.

/// A plan. The operator sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Plan {
    /// Nobody counts: the organisation runs the service itself.
    #[default]
    SelfHosted,
    Free,
    Starter,
    Pro,
    Enterprise,
}

/// How often a key may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    /// Requests a minute, over a long time.
    pub(crate) per_minute: i64,
    /// Requests at once, after a pause.
    pub(crate) burst: i64,
}

impl Rate {
    /// The least burst: a page of a dashboard asks several questions at once.
    const MIN_BURST: i64 = 10;

    const fn of(per_minute: i64) -> Self {
        let tenth = per_minute / 10;
        Self {
            per_minute,
            burst: if tenth > Self::MIN_BURST {
                tenth
            } else {
                Self::MIN_BURST
            },
        }
    }

    /// Microseconds from one request to the next; whole for every plan.
    pub(crate) const fn interval_us(self) -> i64 {
        60_000_000 / self.per_minute
    }
}

impl Plan {
    pub(crate) const ALL: [Self; 5] = [
        Self::SelfHosted,
        Self::Free,
        Self::Starter,
        Self::Pro,
        Self::Enterprise,
    ];

    /// The name in requests and answers.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SelfHosted => "self_hosted",
            Self::Free => "free",
            Self::Starter => "starter",
            Self::Pro => "pro",
            Self::Enterprise => "enterprise",
        }
    }

    /// The plan called `name`.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plan| plan.as_str() == name)
    }

    /// What it allows each key; `None` for no limit.
    pub(crate) const fn rate(self) -> Option<Rate> {
        match self {
            Self::SelfHosted => None,
            Self::Free => Some(Rate::of(60)),
            Self::Starter => Some(Rate::of(300)),
            Self::Pro => Some(Rate::of(1_000)),
            Self::Enterprise => Some(Rate::of(5_000)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bursts_are_a_tenth_of_a_minute_and_at_least_ten() {
        let bursts: Vec<i64> = Plan::ALL
            .into_iter()
            .filter_map(|plan| Some(plan.rate()?.burst))
            .collect();
        assert_eq!(bursts, [10, 30, 100, 500]);
    }

    #[test]
    fn intervals_are_whole() {
        for rate in Plan::ALL.into_iter().filter_map(Plan::rate) {
            assert_eq!(rate.interval_us() * rate.per_minute, 60_000_000);
        }
    }
}
