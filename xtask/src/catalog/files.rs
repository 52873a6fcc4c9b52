//! The price files: read, and written in one form only, so that what did not change stays byte for byte.

use super::price_file::{Card, ModelEntry, PriceFile};
use super::units::Units;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Every price file by provider.
pub(super) fn read_all(folder: &Path) -> Result<BTreeMap<String, PriceFile>, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let path = entry
            .map_err(|e| format!("{}: {e}", folder.display()))?
            .path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let file: PriceFile =
            toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
        files.insert(file.provider.clone(), file);
    }
    Ok(files)
}

const HEAD: &str = "\
# US dollars for as many units as core/catalog/buckets.toml says. `cargo xtask catalog` adds to this file and never
# changes an entry whose day has come; what a person knows better stands in core/catalog/corrections.toml.
";

/// The one form of a file.
pub(super) fn text(file: &PriceFile, units: &Units) -> String {
    let mut out = HEAD.to_owned();
    let _ = writeln!(
        out,
        "provider = {:?}\npage = {:?}\nchecked = {:?}",
        file.provider, file.page, file.checked
    );
    let _ = writeln!(out, "sources = {}", list(&file.sources));
    for model in &file.model {
        out.push('\n');
        write_model(&mut out, model, units);
    }
    out
}

fn write_model(out: &mut String, model: &ModelEntry, units: &Units) {
    let _ = writeln!(out, "[[model]]\nid = {:?}", model.id);
    if !model.aliases.is_empty() {
        let _ = writeln!(out, "aliases = {}", list(&model.aliases));
    }
    if !model.factors.is_empty() {
        let _ = writeln!(out, "factors = {}", list(&model.factors));
    }
    for card in &model.price {
        write_card(out, card, units);
    }
}

fn write_card(out: &mut String, card: &Card, units: &Units) {
    let _ = writeln!(out, "[[model.price]]");
    for (name, value) in [
        ("from", &card.from),
        ("when", &card.when),
        ("during", &card.during),
        ("checked", &card.checked),
    ] {
        if let Some(value) = value {
            let _ = writeln!(out, "{name} = {value:?}");
        }
    }
    if let Some(sources) = &card.sources {
        let _ = writeln!(out, "sources = {}", list(sources));
    }
    let _ = writeln!(out, "usd = {}", table(&card.usd, units));
    if !card.tier.is_empty() {
        let tiers: Vec<String> = card
            .tier
            .iter()
            .map(|tier| {
                let threshold = match (tier.above, tier.from_tokens) {
                    (Some(tokens), _) => format!("above = {tokens}"),
                    (None, tokens) => format!("from_tokens = {}", tokens.unwrap_or_default()),
                };
                format!("{{ {threshold}, usd = {} }}", table(&tier.usd, units))
            })
            .collect();
        let _ = writeln!(out, "tier = [{}]", tiers.join(", "));
    }
}

fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| format!("{item:?}")).collect();
    format!("[{}]", items.join(", "))
}

fn table(usd: &BTreeMap<String, String>, units: &Units) -> String {
    let mut rates: Vec<_> = usd.iter().collect();
    rates.sort_by_key(|(bucket, _)| units.position(bucket));
    let rates: Vec<String> = rates
        .into_iter()
        .map(|(bucket, usd)| format!("{bucket} = {usd:?}"))
        .collect();
    format!("{{ {} }}", rates.join(", "))
}
