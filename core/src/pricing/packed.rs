//! The catalogue as the build packed it, read where it lies.
//!
//! Each seller's names stand in order in one text. Beside them run the entries, in blocks of eight names, of which
//! each is found directly: first the names' lengths, then for each either 0 and the model's cards with their length
//! before them, or the place of the model that the name is another one for, one more than it. Numbers are of seven
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
        // Most are small.
        if let Some((byte @ ..0x80, rest)) = self.0.split_first() {
            self.0 = rest;
            return u64::from(*byte);
        }
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
    pub(crate) fn skip_number(&mut self) {
        while self.byte() >= 0x80 {}
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
            reader.skip_number();
        }
        rates
    }

    /// The rate of a bucket by its place in the registry.
    pub(crate) fn find(self, bucket: usize) -> Option<Rate> {
        let place = self
            .buckets
            .iter()
            .position(|present| usize::from(*present) == bucket)?;
        let mut numbers = self.numbers;
        for _ in 0..place {
            numbers.skip_number();
        }
        Some(rate(numbers.number(), bucket))
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

/// Names that stand together, with what they lead to.
struct Block {
    /// Where the first name stands.
    start: usize,
    lengths: [usize; BLOCK],
    count: usize,
    targets: Reader,
}

impl Block {
    /// Where the names and the entries of a block begin.
    #[inline]
    fn places(block: usize) -> Option<(usize, Reader)> {
        let (names, entries) = *BLOCKS.get(block)?;
        let entries = ENTRIES.get(usize::try_from(entries).ok()?..)?;
        Some((usize::try_from(names).ok()?, Reader(entries)))
    }

    /// The block of `seller`'s that the name at `place` is in.
    #[inline]
    fn with(seller: &Seller, place: usize) -> Option<Self> {
        let (start, mut reader) = Self::places(seller.first_block + place / BLOCK)?;
        let mut lengths = [0; BLOCK];
        let count = BLOCK.min(seller.names.checked_sub(place / BLOCK * BLOCK)?);
        for length in lengths.iter_mut().take(count) {
            *length = reader.index();
        }
        Some(Self {
            start,
            lengths,
            count,
            targets: reader,
        })
    }

    /// The names, each with where it stands and how long it is.
    #[inline]
    fn names(&self) -> impl Iterator<Item = (usize, usize)> {
        let mut start = self.start;
        self.lengths.iter().take(self.count).map(move |length| {
            start += length;
            (start - length, *length)
        })
    }

    fn entry(&self, place: usize, body: &'static [u8], by_alias: bool) -> Option<Entry> {
        let (start, length) = self.names().nth(place)?;
        Some(Entry {
            id: text(start, length),
            body,
            by_alias,
        })
    }

    /// What the name at `place` in this block leads to: the model's own entry, or the place of it.
    #[inline]
    fn target(&self, place: usize) -> Result<&'static [u8], usize> {
        let mut reader = self.targets;
        for _ in 0..place {
            if reader.index() == 0 {
                let length = reader.index();
                reader.skip(length);
            }
        }
        match reader.index() {
            0 => {
                let length = reader.index();
                Ok(reader.skip(length))
            }
            place => Err(place - 1),
        }
    }
}

fn text(start: usize, length: usize) -> &'static str {
    NAMES.get(start..start + length).unwrap_or_default()
}

impl Seller {
    #[inline]
    fn first_name(&self, block: usize) -> &'static [u8] {
        let (start, mut reader) =
            Block::places(self.first_block + block).unwrap_or((0, Reader(&[])));
        let end = start + reader.index();
        NAMES.as_bytes().get(start..end).unwrap_or_default()
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
        let first = low.checked_sub(1)? * BLOCK;
        let block = Block::with(self, first)?;
        // Most names differ in length already.
        let place = block.names().position(|(start, length)| {
            length == name.len()
                && NAMES.as_bytes().get(start..start + length) == Some(name.as_bytes())
        })?;
        match block.target(place) {
            Ok(body) => block.entry(place, body, false),
            Err(place) => self.at(place),
        }
    }

    /// The model whose own name is at `place`, which another name led to.
    fn at(&self, place: usize) -> Option<Entry> {
        let block = Block::with(self, place)?;
        let body = block.target(place % BLOCK).ok()?;
        block.entry(place % BLOCK, body, true)
    }

    /// Every name with what it leads to, in order.
    fn all(&self) -> impl Iterator<Item = (&'static str, Result<&'static [u8], usize>)> {
        (0..self.names)
            .step_by(BLOCK)
            .filter_map(|first| Block::with(self, first))
            .flat_map(|block| {
                let names: Vec<_> = block.names().collect();
                let name =
                    move |(place, (start, length))| (text(start, length), block.target(place));
                names.into_iter().enumerate().map(name)
            })
    }

    /// Every model, in order of name.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.all().filter_map(|(id, target)| {
            let body = target.ok()?;
            Some(Entry {
                id,
                body,
                by_alias: false,
            })
        })
    }

    /// Every name with the model it is for.
    #[cfg(test)]
    pub(crate) fn names(&self) -> impl Iterator<Item = (&'static str, Option<usize>)> {
        self.all().map(|(name, target)| (name, target.err()))
    }
}
