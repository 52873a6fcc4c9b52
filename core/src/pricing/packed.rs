//! The catalogue as the build packed it, read where it lies.
//!
//! Each seller's names stand in order in one text. Beside them run the entries, one a name: the name's length,
//! then either 0 and the model's cards with their length before them, or the place of the model that the name is
//! another one for, one more than it. Every eighth name is a block's first, found directly. Numbers are of seven
//! bits a byte, the lowest first; a rate is a whole number and, in its four lowest bits, how many of its digits
//! stand behind the point.

use crate::bucket::BUCKETS;
use crate::money::Rate;

/// Who sells models, with where its names begin.
#[derive(Debug)]
pub(crate) struct Seller {
    pub(crate) id: &'static str,
    pub(crate) page: &'static str,
    pub(crate) source: usize,
    first_block: usize,
    names: usize,
    /// Where the rules about its names begin and end.
    pub(crate) rules: (usize, usize),
}

/// What a card holds under: `service_tier=flex`, several joined by commas.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) text: &'static str,
    pub(crate) pairs: &'static [(&'static str, &'static str)],
}

/// Hours of the week: days as bits from Monday, first and last minute of the day, UTC.
#[derive(Debug)]
pub(crate) struct Hours {
    pub(crate) text: &'static str,
    pub(crate) windows: &'static [(u8, u16, u16)],
}

#[expect(clippy::unreadable_literal, reason = "written by the build")]
mod tables {
    use super::{Condition, Hours, Seller};
    include!(concat!(env!("OUT_DIR"), "/prices.rs"));
}
pub use tables::MODEL_COUNT;
use tables::{BLOCK, BLOCKS, SELLERS, SHAPES};
pub(crate) use tables::{CONDITIONS, HOURS, SOURCES};

static NAMES: &str = include_str!(concat!(env!("OUT_DIR"), "/names.txt"));
static ENTRIES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/entries.bin"));

/// Everything that the catalogue adds to a binary: names, entries, and the tables beside them, in bytes.
pub const fn packed_size() -> (usize, usize) {
    (NAMES.len(), ENTRIES.len())
}

/// Reads numbers off the front of packed bytes. Past the end everything is zero.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader(pub(crate) &'static [u8]);

impl Reader {
    #[inline]
    pub(crate) fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((byte, rest)) => {
                self.0 = rest;
                *byte
            }
            None => 0,
        }
    }

    #[inline]
    pub(crate) fn number(&mut self) -> u64 {
        let mut value = 0_u64;
        let mut shift = 0;
        while let Some((byte, rest)) = self.0.split_first() {
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                break;
            }
            shift = (shift + 7).min(63);
        }
        value
    }

    #[inline]
    pub(crate) fn index(&mut self) -> usize {
        usize::try_from(self.number()).unwrap_or_default()
    }

    #[inline]
    fn skip(&mut self, bytes: usize) -> &'static [u8] {
        let (front, rest) = self.0.split_at_checked(bytes).unwrap_or((self.0, &[]));
        self.0 = rest;
        front
    }
}

/// The rates of a card or a tier: which buckets, and a number for each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates {
    buckets: &'static [u8],
    numbers: Reader,
}

impl Rates {
    pub(crate) fn read(reader: &mut Reader) -> Self {
        let buckets = SHAPES.get(reader.index()).copied().unwrap_or_default();
        let rates = Self {
            buckets,
            numbers: *reader,
        };
        for _ in buckets {
            reader.number();
        }
        rates
    }

    /// The rate of a bucket by its place in the registry.
    pub(crate) fn find(self, bucket: usize) -> Option<Rate> {
        let mut numbers = self.numbers;
        for present in self.buckets {
            let number = numbers.number();
            if usize::from(*present) == bucket {
                return Some(rate(number, bucket));
            }
        }
        None
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = (usize, Rate)> {
        let mut numbers = self.numbers;
        self.buckets.iter().map(move |bucket| {
            let bucket = usize::from(*bucket);
            (bucket, rate(numbers.number(), bucket))
        })
    }
}

fn rate(number: u64, bucket: usize) -> Rate {
    let decimals = u32::try_from(number & 0xf).unwrap_or_default();
    let pico = (number >> 4).saturating_mul(10_u64.pow(12_u32.saturating_sub(decimals)));
    Rate::of(pico, BUCKETS.get(bucket).map_or(1, |info| info.per))
}

/// The seller called `id`.
pub(crate) fn seller(id: &str) -> Option<&'static Seller> {
    let at = SELLERS.binary_search_by(|seller| seller.id.cmp(id)).ok()?;
    SELLERS.get(at)
}

pub(crate) fn sellers() -> impl Iterator<Item = &'static Seller> {
    SELLERS.iter()
}

/// A name of a seller's and the cards behind it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) id: &'static str,
    pub(crate) body: &'static [u8],
    /// The name asked for was another one of the model's.
    pub(crate) by_alias: bool,
}

/// Steps through a seller's names from a block's first.
struct Walk {
    names: usize,
    entries: Reader,
}

struct Step {
    name: &'static str,
    /// The model's own entry, or the place of it.
    target: Result<&'static [u8], usize>,
}

impl Walk {
    fn from_block(block: usize) -> Option<Self> {
        let (names, entries) = *BLOCKS.get(block)?;
        let entries = ENTRIES.get(usize::try_from(entries).ok()?..)?;
        Some(Self {
            names: usize::try_from(names).ok()?,
            entries: Reader(entries),
        })
    }

    /// Where the next name stands and how long it is.
    #[inline]
    fn name(&mut self) -> (usize, usize) {
        let (start, length) = (self.names, self.entries.index());
        self.names += length;
        (start, length)
    }

    #[inline]
    fn target(&mut self) -> Result<&'static [u8], usize> {
        match self.entries.index() {
            0 => {
                let length = self.entries.index();
                Ok(self.entries.skip(length))
            }
            place => Err(place - 1),
        }
    }

    fn step(&mut self) -> Step {
        let (start, length) = self.name();
        Step {
            name: text(start, length),
            target: self.target(),
        }
    }
}

fn text(start: usize, length: usize) -> &'static str {
    NAMES.get(start..start + length).unwrap_or_default()
}

impl Seller {
    #[inline]
    fn first_name(&self, block: usize) -> &'static [u8] {
        let name = Walk::from_block(self.first_block + block).map(|mut walk| walk.name());
        let (start, length) = name.unwrap_or_default();
        NAMES
            .as_bytes()
            .get(start..start + length)
            .unwrap_or_default()
    }

    /// The model that goes by exactly this name.
    pub(crate) fn find(&self, name: &str) -> Option<Entry> {
        let (mut low, mut high) = (0, self.names.div_ceil(BLOCK));
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.first_name(middle) <= name.as_bytes() {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let block = low.checked_sub(1)?;
        let mut walk = Walk::from_block(self.first_block + block)?;
        for _ in block * BLOCK..self.names.min(block * BLOCK + BLOCK) {
            let (start, length) = walk.name();
            let target = walk.target();
            // Most names differ in length already.
            if length == name.len()
                && NAMES.as_bytes().get(start..start + length) == Some(name.as_bytes())
            {
                return match target {
                    Ok(body) => Some(Entry {
                        id: text(start, length),
                        body,
                        by_alias: false,
                    }),
                    Err(place) => self.at(place),
                };
            }
        }
        None
    }

    fn at(&self, place: usize) -> Option<Entry> {
        let mut walk = Walk::from_block(self.first_block + place / BLOCK)?;
        for _ in 0..place % BLOCK {
            walk.step();
        }
        let step = walk.step();
        Some(Entry {
            id: step.name,
            body: step.target.ok()?,
            by_alias: true,
        })
    }

    /// Every model, in order of name.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry> {
        let mut walk = Walk::from_block(self.first_block);
        (0..self.names).filter_map(move |_| {
            let step = walk.as_mut()?.step();
            step.target.ok().map(|body| Entry {
                id: step.name,
                body,
                by_alias: false,
            })
        })
    }

    /// Every name with the model it is for.
    #[cfg(test)]
    pub(crate) fn names(&self) -> impl Iterator<Item = (&'static str, Option<usize>)> {
        let mut walk = Walk::from_block(self.first_block);
        (0..self.names).filter_map(move |_| {
            let step = walk.as_mut()?.step();
            Some((step.name, step.target.err()))
        })
    }
}
