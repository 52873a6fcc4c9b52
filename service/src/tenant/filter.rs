//! Which ids `known` surely lacks. Nearly every id that comes is new, and to look a thousand of them up in a large table
//! takes longer than to store their events.

use crate::ledger::block::broken;
use crate::sql::{Param, Sql, SqlError, Value};
use fastbloom::BloomFilter;

/// Ids that a filter has room for at the least: 1.3 MB.
const LEAST: i64 = 1 << 20;

/// And at the most: 32 MiB. With more of them it lets more pass that are not there.
const MOST: i64 = 26_000_000;

/// With so many one in eighty that is not there passes when the filter is full, and one in a thousand when it is half full.
const BITS_AN_ID: i64 = 10;
const BITS_SET_BY_AN_ID: u32 = 4;

/// It is made while the server answers: whoever asks for so many ids or more has it read on a little.
const WORTH_READING: usize = 64;

/// Rows that are read for each id that is asked for.
const ROWS_AN_ID: usize = 8;

/// A filter over `known`, in memory.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// Has all of them.
    whole: Option<Bits>,
    /// Its successor, which is larger: has what was read so far and what was taken since it was begun.
    next: Option<(Bits, i64)>,
}

#[derive(Debug)]
struct Bits {
    filter: BloomFilter,
    room: i64,
}

impl Bits {
    fn for_ids(count: i64) -> Self {
        let room = count.clamp(LEAST, MOST);
        let bits = usize::try_from(room * BITS_AN_ID).unwrap_or(usize::MAX);
        Self {
            filter: BloomFilter::with_num_bits(bits).hashes(BITS_SET_BY_AN_ID),
            room,
        }
    }

    /// An id is a hash already.
    fn insert(&mut self, head: i64) {
        self.filter.insert_hash(head.cast_unsigned());
    }

    fn has(&self, head: i64) -> bool {
        self.filter.contains_hash(head.cast_unsigned())
    }
}

impl Filter {
    /// Leaves those of `heads` that `known`, which has `stored` ids, may have.
    pub(super) fn retain(
        &mut self,
        sql: &dyn Sql,
        stored: i64,
        heads: &mut Vec<i64>,
    ) -> Result<(), SqlError> {
        if heads.len() >= WORTH_READING {
            self.read_on(sql, stored, heads.len() * ROWS_AN_ID)?;
        }
        if let Some(whole) = &self.whole {
            heads.retain(|head| whole.has(*head));
        }
        Ok(())
    }

    /// `known`, which had `stored` ids, takes these, too.
    pub(super) fn take(&mut self, stored: i64, heads: impl Iterator<Item = i64>) {
        if stored == 0 {
            self.whole.get_or_insert_with(|| Bits::for_ids(0));
        }
        for head in heads {
            if let Some(whole) = &mut self.whole {
                whole.insert(head);
            }
            if let Some((next, _)) = &mut self.next {
                next.insert(head);
            }
        }
    }

    fn read_on(&mut self, sql: &dyn Sql, stored: i64, most: usize) -> Result<(), SqlError> {
        let room = self.whole.as_ref().map_or(0, |whole| whole.room);
        if self.next.is_none() && stored.min(MOST) > room {
            let twice = stored.saturating_mul(2);
            self.next = Some((Bits::for_ids(twice), i64::MIN));
        }
        let Some((next, from)) = &mut self.next else {
            return Ok(());
        };
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = sql.query(
            "SELECT h FROM known WHERE h >= ? ORDER BY h LIMIT ?",
            &[Param::Integer(*from), Param::Integer(limit)],
        )?;
        let mut is_whole = rows.len() < most;
        for row in &rows {
            let [Value::Integer(head)] = row.as_slice() else {
                return Err(broken(0));
            };
            next.insert(*head);
            match head.checked_add(1) {
                Some(after) => *from = after,
                None => is_whole = true,
            }
        }
        if is_whole {
            self.whole = self.next.take().map(|(next, _)| next);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::Row;
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    /// `known`, as far as it is read here.
    #[derive(Default)]
    struct Table(RefCell<BTreeSet<(i64, i64)>>);

    impl Sql for Table {
        fn execute(&self, _: &str, _: &[Param<'_>]) -> Result<(), SqlError> {
            unreachable!("it is only read")
        }

        fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
            assert_eq!(sql, "SELECT h FROM known WHERE h >= ? ORDER BY h LIMIT ?");
            let [Param::Integer(from), Param::Integer(limit)] = params else {
                panic!("two numbers: {params:?}");
            };
            let rows = self.0.borrow();
            let rows = rows.range((*from, i64::MIN)..);
            let rows = rows.map(|(h, _)| vec![Value::Integer(*h)]);
            Ok(rows.take(usize::try_from(*limit).unwrap()).collect())
        }

        fn transaction(&self, _: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError> {
            unreachable!("it is only read")
        }
    }

    fn head(number: i64) -> i64 {
        // The finaliser of SplitMix64: as good as a hash.
        let mut z = number.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)).cast_signed()
    }

    /// The ids of these numbers, the first and the last of all beside them, and one of them twice.
    fn table(numbers: std::ops::Range<i64>) -> Table {
        let rows = numbers
            .clone()
            .map(|number| (head(number), number))
            .chain([(i64::MIN, numbers.end), (i64::MAX, numbers.end)])
            .chain([(head(numbers.start), numbers.end + 1)]);
        Table(RefCell::new(rows.collect()))
    }

    fn left(filter: &mut Filter, sql: &Table, stored: i64, mut heads: Vec<i64>) -> Vec<i64> {
        filter.retain(sql, stored, &mut heads).unwrap();
        heads
    }

    #[test]
    fn it_lets_all_pass_until_it_has_read_all_and_then_all_that_are_there() {
        let sql = table(0..3000);
        // Beside these, so that one of a reading may be the neighbour of the first of the next.
        let neighbours = 0..2000;
        let rows = neighbours.clone().map(|h| (h, 0));
        sql.0.borrow_mut().extend(rows);
        let ends = [i64::MIN, i64::MAX];
        let stored: Vec<i64> = (0..3000).map(head).chain(neighbours).chain(ends).collect();
        let others: Vec<i64> = (10_000..10_100).map(head).collect();
        let mut filter = Filter::default();
        let mut rounds = 0;
        // A hundred ids have 800 rows read.
        while left(&mut filter, &sql, 5002, others.clone()).len() == others.len() {
            assert!(filter.next.is_some());
            rounds += 1;
        }
        assert_eq!(rounds, 5003 / 800);
        assert!(filter.next.is_none());
        assert_eq!(left(&mut filter, &sql, 5002, stored.clone()), stored);
        let many: Vec<i64> = (10_000..110_000).map(head).collect();
        let passed = left(&mut filter, &sql, 5002, many).len();
        assert!(passed < 500, "{passed} of 100000 passed");
    }

    #[test]
    fn few_ids_have_nothing_read() {
        let sql = table(0..10);
        let mut filter = Filter::default();
        assert_eq!(left(&mut filter, &sql, 10, vec![1, 2]), [1, 2]);
        assert!(filter.next.is_none() && filter.whole.is_none());
    }

    #[test]
    fn what_is_taken_passes_however_far_it_was_read() {
        let sql = table(0..2000);
        let asked: Vec<i64> = (5000..5100).map(head).collect();
        let later: Vec<i64> = (9000..9200).map(head).collect();
        let mut filter = Filter::default();
        left(&mut filter, &sql, 2003, asked.clone());
        // Half of these lie before what was read.
        filter.take(2003, later.iter().copied());
        let rows = later.iter().map(|head| (*head, 0));
        sql.0.borrow_mut().extend(rows);
        while filter.whole.is_none() {
            left(&mut filter, &sql, 2203, asked.clone());
        }
        assert_eq!(left(&mut filter, &sql, 2203, later.clone()), later);
        // A first one needs nothing read.
        let mut filter = Filter::default();
        filter.take(0, later.iter().copied());
        assert_eq!(left(&mut filter, &sql, 200, later.clone()), later);
        assert!(left(&mut filter, &sql, 200, asked).len() < 10);
    }

    #[test]
    fn a_larger_one_follows_while_the_former_is_asked() {
        let sql = table(0..1000);
        let mut filter = Filter::default();
        filter.take(0, (0..1000).map(head));
        let asked: Vec<i64> = (5000..5100).map(head).collect();
        let stored = LEAST + 1;
        assert!(left(&mut filter, &sql, stored, asked.clone()).len() < 10);
        assert!(filter.next.is_some());
        left(&mut filter, &sql, stored, asked);
        assert!(filter.next.is_none());
        assert_eq!(filter.whole.as_ref().unwrap().room, 2 * stored);
        let all: Vec<i64> = (0..1000).map(head).collect();
        assert_eq!(left(&mut filter, &sql, stored, all.clone()), all);
    }
}
