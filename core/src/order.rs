//! Lists in order, with one sort for lists of everything: the standard library's is made anew for each type, 5 KB of a
//! Worker each time. Numbers, and what comes in long runs that are in order already, have their own.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Sorts as [`slice::sort_by`] does: equals stay as they stood.
pub fn by<T>(list: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut sources = sources(list.len(), &mut |a, b| {
        list.get(a)
            .zip(list.get(b))
            .map_or(Ordering::Equal, |(a, b)| compare(a, b))
    });
    move_from(&mut sources, &mut |a, b| list.swap(a, b));
}

/// Sorts as [`slice::sort_by_key`] does.
pub fn by_key<T, K: Ord>(list: &mut [T], mut key: impl FnMut(&T) -> K) {
    by(list, |a, b| key(a).cmp(&key(b)));
}

/// Collects as [`BTreeMap`] does, where it would sort everything first; the first error ends it.
pub fn map<K: Ord, V, E>(
    entries: impl IntoIterator<Item = Result<(K, V), E>>,
) -> Result<BTreeMap<K, V>, E> {
    let mut map = BTreeMap::new();
    for entry in entries {
        let (key, value) = entry?;
        map.insert(key, value);
    }
    Ok(map)
}

/// From where what comes to each place has to be taken.
#[inline(never)]
fn sources(length: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut sources: Vec<usize> = (0..length).collect();
    sources.sort_by(|a, b| compare(*a, *b));
    sources
}

/// Takes everything from there, circle by circle.
#[inline(never)]
fn move_from(sources: &mut [usize], swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..sources.len() {
        let mut place = start;
        while let Some(source) = sources.get_mut(place) {
            // Done with.
            let from = std::mem::replace(source, place);
            if from == start {
                break;
            }
            swap(place, from);
            place = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lists_are_sorted_as_by_the_standard_library(list in proptest::collection::vec((0..20_u8, any::<u16>()), 0..200)) {
            let (mut ours, mut theirs) = (list.clone(), list);
            by_key(&mut ours, |(key, _)| *key);
            theirs.sort_by_key(|(key, _)| *key);
            prop_assert_eq!(&ours, &theirs);
            by(&mut ours, |a, b| b.1.cmp(&a.1));
            theirs.sort_by_key(|pair| std::cmp::Reverse(pair.1));
            prop_assert_eq!(ours, theirs);
        }
    }
}
