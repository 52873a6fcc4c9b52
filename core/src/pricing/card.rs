//! Rate cards: what a model costs from a day on, under a condition.

use super::packed::{CONDITIONS, Condition, HOURS, Hours, Rates, Reader, SOURCES};
use crate::bucket::{Bucket, BucketIndex, REQUEST, Side};
use crate::money::Rate;
use crate::timestamp::DAY_MS;

const MINUTE_MS: i64 = 60_000;

/// The rates that hold from a day on, until a later card of the same condition.
#[derive(Debug, Clone, Copy)]
pub struct RateCard {
    pub(crate) from_day: i64,
    pub(crate) condition: Option<&'static Condition>,
    pub(crate) hours: Option<&'static Hours>,
    pub(crate) rates: Rates,
    source: usize,
    tier_count: usize,
    tiers: Reader,
}

/// Rates for requests whose input is long; a bucket that it does not name keeps the card's rate.
#[derive(Debug, Clone, Copy)]
pub struct Tier {
    /// Input tokens, all classes together.
    pub tokens: u64,
    /// Whether exactly `tokens` belongs here; vendors differ.
    pub inclusive: bool,
    pub(crate) rates: Rates,
}

/// A model's cards in order of condition and day.
#[derive(Debug, Clone)]
pub(crate) struct Cards {
    reader: Reader,
    left: usize,
    default_source: usize,
    pub(crate) groups: u32,
}

impl Cards {
    pub(crate) fn of(body: &'static [u8], default_source: usize) -> Self {
        let mut reader = Reader(body);
        let head = reader.index();
        let groups = if head & 1 == 1 {
            u32::try_from(reader.number()).unwrap_or_default()
        } else {
            0
        };
        Self {
            reader,
            left: head >> 1,
            default_source,
            groups,
        }
    }
}

impl Iterator for Cards {
    type Item = RateCard;

    fn next(&mut self) -> Option<RateCard> {
        self.left = self.left.checked_sub(1)?;
        let flags = self.reader.byte();
        let mut optional = |bit: u8| (flags & 1 << bit != 0).then(|| self.reader.index());
        let (from, condition, hours, source, tiers) = (
            optional(0),
            optional(1),
            optional(2),
            optional(3),
            optional(4),
        );
        let rates = Rates::read(&mut self.reader);
        let card = RateCard {
            from_day: from
                .and_then(|day| i64::try_from(day).ok())
                .unwrap_or_default(),
            condition: condition.and_then(|index| CONDITIONS.get(index)),
            hours: hours.and_then(|index| HOURS.get(index)),
            rates,
            source: source.unwrap_or(self.default_source),
            tier_count: tiers.unwrap_or_default(),
            tiers: self.reader,
        };
        for _ in 0..card.tier_count {
            self.reader.number();
            Rates::read(&mut self.reader);
        }
        Some(card)
    }
}

impl RateCard {
    /// Midnight UTC of the first day, in milliseconds since 1970; `None` when it is not known to have been otherwise.
    pub fn from_ms(&self) -> Option<i64> {
        (self.from_day != 0).then_some(self.from_day * DAY_MS)
    }

    /// The modifier it is for, such as `service_tier=flex`; the plain card has none.
    pub fn condition(&self) -> Option<&'static str> {
        self.condition.map(|condition| condition.text)
    }

    /// The hours of the week it holds in, UTC, such as `mon-fri 01:00-04:00`.
    pub fn during(&self) -> Option<&'static str> {
        self.hours.map(|hours| hours.text)
    }

    /// Who states these prices: the catalogues that were compared, or a correction with its reason.
    pub fn sources(&self) -> &'static [&'static str] {
        SOURCES.get(self.source).map_or(&[], |(sources, _)| sources)
    }

    /// The day they were last compared.
    pub fn checked(&self) -> &'static str {
        SOURCES.get(self.source).map_or("", |(_, checked)| checked)
    }

    /// Every rate.
    pub fn rates(&self) -> impl Iterator<Item = (Bucket, Rate)> + use<> {
        with_buckets(self.rates)
    }

    /// What a long prompt changes.
    pub fn tiers(&self) -> impl Iterator<Item = Tier> + use<> {
        let mut reader = self.tiers;
        (0..self.tier_count).map(move |_| {
            let threshold = reader.number();
            Tier {
                tokens: threshold >> 1,
                inclusive: threshold & 1 == 1,
                rates: Rates::read(&mut reader),
            }
        })
    }

    /// Whether a long prompt changes anything.
    pub(crate) fn has_tiers(&self) -> bool {
        self.tier_count != 0
    }

    /// The tier of a request of `input_tokens`, the last that it reaches.
    pub(crate) fn tier(&self, input_tokens: u64) -> Option<Tier> {
        self.tiers()
            .take_while(|tier| tier.is_reached(input_tokens))
            .last()
    }

    /// Whether a call costs something by itself.
    pub(crate) fn has_call_fee(&self) -> bool {
        self.rates.find(REQUEST.get()).is_some()
    }

    /// Whether it says anything about tokens.
    pub(crate) fn prices_tokens(&self) -> bool {
        self.rates().any(|(bucket, _)| bucket.side() != Side::Other)
    }

    /// Whether tokens cost the same by both cards, however long the prompt.
    pub(crate) fn prices_tokens_like(&self, other: &Self) -> bool {
        let tokens = |card: &Self| -> Vec<(Bucket, Rate)> {
            let of_tokens = |(bucket, _): &(Bucket, Rate)| bucket.side() != Side::Other;
            let tiers = card
                .tiers()
                .flat_map(|tier| tier.rates().collect::<Vec<_>>());
            card.rates().chain(tiers).filter(of_tokens).collect()
        };
        tokens(self) == tokens(other)
    }

    pub(crate) fn holds_at(&self, at_ms: i64) -> bool {
        // A card without a day holds since ever.
        let has_begun = self.from_day == 0 || self.from_day * DAY_MS <= at_ms;
        has_begun && self.hours.is_none_or(|hours| is_within(hours, at_ms))
    }
}

impl Tier {
    /// Every rate it restates.
    pub fn rates(&self) -> impl Iterator<Item = (Bucket, Rate)> + use<> {
        with_buckets(self.rates)
    }

    fn is_reached(&self, input_tokens: u64) -> bool {
        if self.inclusive {
            input_tokens >= self.tokens
        } else {
            input_tokens > self.tokens
        }
    }
}

fn with_buckets(rates: Rates) -> impl Iterator<Item = (Bucket, Rate)> {
    rates.iter().filter_map(|(bucket, rate)| {
        let index = BucketIndex::new(u8::try_from(bucket).ok()?);
        Some((Bucket::Known(index), rate))
    })
}

fn is_within(hours: &Hours, at_ms: i64) -> bool {
    let day = at_ms.div_euclid(DAY_MS);
    // The first of January 1970 was a Thursday.
    let weekday = (day + 3).rem_euclid(7);
    let minute = at_ms.rem_euclid(DAY_MS) / MINUTE_MS;
    hours.windows.iter().any(|(days, first, last)| {
        days >> weekday & 1 == 1 && (i64::from(*first)..i64::from(*last)).contains(&minute)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_of_the_week_are_utc_and_end_before_their_last_minute() {
        let hours = Hours {
            text: "",
            windows: &[(0b001_1111, 60, 240)],
        };
        let friday = 1_763_683_200_000; // 2025-11-21T00:00Z
        let at =
            |hour: i64, minute: i64| is_within(&hours, friday + (hour * 60 + minute) * MINUTE_MS);
        assert!(!at(0, 59));
        assert!(at(1, 0));
        assert!(at(3, 59));
        assert!(!at(4, 0));
        assert!(!at(24 + 1, 0), "a Saturday");
        assert!(at(72 + 1, 0), "a Monday");
    }
}
