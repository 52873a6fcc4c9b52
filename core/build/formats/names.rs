//! The names of fields by which a format is ruled out before it is looked at.

use super::file::File;
use super::{envelopes, roots};
use crate::paths::{Emitter, From, PathTo, Step};
use std::collections::BTreeSet;

/// Fields' names as a set of their numbers; `None` when it cannot hold one of them.
fn key_set<'a>(names: impl Iterator<Item = &'a str>, emitter: &Emitter<'_>) -> Option<[u64; 4]> {
    let mut keys = [0_u64; 4];
    for name in names {
        let number = usize::from((emitter.0)(name));
        *keys.get_mut(number / 64)? |= 1 << (number % 64);
    }
    Some(keys)
}

/// The names that paths go through, those of headers aside.
fn names(texts: &[String]) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    for path in PathTo::parse_all(texts)? {
        if path.from != From::Headers {
            names.extend(path.steps.into_iter().filter_map(|step| match step {
                Step::Field(name) => Some(name),
                _ => None,
            }));
        }
    }
    Ok(names)
}

/// The names that paths begin with; `None` when one begins otherwise.
fn firsts(texts: &[String]) -> Result<Option<BTreeSet<String>>, String> {
    let mut names = BTreeSet::new();
    for path in PathTo::parse_all(texts)? {
        match path.steps.into_iter().next() {
            Some(Step::Field(name)) if path.from != From::Headers => names.insert(name),
            _ => return Ok(None),
        };
    }
    Ok((!names.is_empty()).then_some(names))
}

/// Names of which every response of the format has at least one somewhere; `None` when that cannot be said.
pub(super) fn one_of(file: &File) -> Result<Option<BTreeSet<String>>, String> {
    let roots = roots(file);
    let mut one_of = Some(BTreeSet::new());
    for detect in file.detect.as_slice() {
        let equals: Vec<String> = detect.equals.keys().cloned().collect();
        let some = [&detect.any, &detect.exists, &equals, &roots];
        let some = some.into_iter().find(|texts| !texts.is_empty());
        let some = some.map_or(Ok(None), |texts| firsts(texts))?;
        one_of = one_of.zip(some).map(|(so_far, some)| &so_far | &some);
    }
    Ok(one_of)
}

/// The names by which a format is recognised.
pub(super) fn signs(file: &File) -> Result<BTreeSet<String>, String> {
    let mut signs = &names(&envelopes(file))? | &names(&roots(file))?;
    for detect in file.detect.as_slice() {
        let equals: Vec<String> = detect.equals.keys().cloned().collect();
        for texts in [&detect.exists, &detect.any, &equals] {
            signs.extend(names(texts)?);
        }
    }
    Ok(signs)
}

/// Names that every response of the format has somewhere.
pub(super) fn must(file: &File, emitter: &Emitter<'_>) -> Result<[u64; 4], String> {
    let (envelopes, roots) = (envelopes(file), roots(file));
    let mut must: Option<BTreeSet<String>> = None;
    for detect in file.detect.as_slice() {
        let equals: Vec<String> = detect.equals.keys().cloned().collect();
        let all: BTreeSet<String> = &names(&detect.exists)? | &names(&equals)?;
        must = Some(must.map_or_else(|| all.clone(), |so_far| &so_far & &all));
    }
    let mut must = must.unwrap_or_default();
    for only in [&envelopes, &roots] {
        if only.len() == 1 {
            must.extend(names(only)?);
        }
    }
    // A name beyond the set is looked for later like any other.
    must.retain(|name| key_set(std::iter::once(name.as_str()), emitter).is_some());
    Ok(key_set(must.iter().map(String::as_str), emitter).unwrap_or_default())
}
