//! `core/catalog/prices.digest`: one line a provider that pins every price whose day has come.

use super::pin::pins;
use super::price_file::PriceFile;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The digest that follows `recorded`: additions only.
pub(super) fn next(
    files: &BTreeMap<String, PriceFile>,
    recorded: &str,
    today: &str,
) -> Result<String, String> {
    let mut out = format!("as of {today}\n");
    let now: BTreeMap<&str, Vec<String>> = files
        .iter()
        .map(|(id, file)| (id.as_str(), pins(file, today)))
        .collect();
    for line in recorded.lines().skip(1) {
        let (provider, old) = line.split_once(' ').unwrap_or((line, ""));
        let present: BTreeSet<&str> = now
            .get(provider)
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        let lost = old
            .split(' ')
            .filter(|pin| !pin.is_empty() && !present.contains(pin))
            .count();
        if lost > 0 {
            return Err(format!(
                "{provider}: {lost} price(s) whose day has come were changed or removed. A change is a new entry with its \
                 day; the past stays."
            ));
        }
    }
    for (provider, pins) in now {
        let _ = writeln!(out, "{provider} {}", pins.join(" "));
    }
    Ok(out)
}
