//! `catalog/prices/*.toml`, checked and packed: names in order, cards behind them, both read where they lie.
//!
//! A look-up touches a few hundred bytes; nothing is unpacked at start. The layout is told in
//! `src/pricing/packed.rs`, which reads it.

use crate::buckets::Buckets;
use crate::during;
use crate::pack::{Interned, number};
use crate::price_file::{Card, ModelEntry, PriceFile, day, decimal};
use crate::providers::Providers;
use crate::rules::Rules;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// Every so many names one is found directly, the others from there.
const BLOCK: usize = 8;

/// What the build writes.
pub(crate) struct Packed {
    /// Static tables.
    pub(crate) tables: String,
    /// All names, one after the other.
    pub(crate) names: String,
    /// What stands behind each name.
    pub(crate) entries: Vec<u8>,
}

pub(crate) fn load(
    folder: &Path,
    buckets: &Buckets,
    providers: &Providers,
    rules: &Rules,
) -> Result<Packed, String> {
    let mut files = Vec::new();
    for path in crate::files(folder)? {
        let file: PriceFile = crate::read(&path)?;
        if !providers.knows(&file.provider) {
            return Err(format!(
                "{}: no provider {:?} in providers.toml",
                path.display(),
                file.provider
            ));
        }
        files.push((path.display().to_string(), file));
    }
    files.sort_by(|a, b| a.1.provider.cmp(&b.1.provider));
    let mut packer = Packer::new(buckets, rules);
    for (path, file) in &files {
        packer.file(file).map_err(|e| format!("{path}: {e}"))?;
    }
    Ok(packer.finish())
}

struct Packer<'a> {
    buckets: &'a Buckets,
    rules: &'a Rules,
    names: String,
    entries: Vec<u8>,
    blocks: Vec<(usize, usize)>,
    sellers: String,
    seller_count: usize,
    model_count: usize,
    shapes: Interned<Vec<usize>>,
    conditions: Interned<String>,
    hours: Interned<String>,
    sources: Interned<(Vec<String>, String)>,
}

impl<'a> Packer<'a> {
    fn new(buckets: &'a Buckets, rules: &'a Rules) -> Self {
        Self {
            buckets,
            rules,
            names: String::new(),
            entries: Vec::new(),
            blocks: Vec::new(),
            sellers: String::new(),
            seller_count: 0,
            model_count: 0,
            shapes: Interned::default(),
            conditions: Interned::default(),
            hours: Interned::default(),
            sources: Interned::default(),
        }
    }

    fn file(&mut self, file: &PriceFile) -> Result<(), String> {
        day(&file.checked)?;
        let default_source = self
            .sources
            .index(&(file.sources.clone(), file.checked.clone()));
        let mut names: BTreeMap<&str, &ModelEntry> = BTreeMap::new();
        for model in &file.model {
            for name in std::iter::once(&model.id).chain(&model.aliases) {
                if *name != name.to_ascii_lowercase() || name.trim() != name || name.is_empty() {
                    return Err(format!(
                        "{name:?}: names are in lower case, without blanks around them"
                    ));
                }
                if names.insert(name, model).is_some() {
                    return Err(format!("{name} names two models"));
                }
            }
        }
        let position: BTreeMap<&str, usize> = names
            .keys()
            .enumerate()
            .map(|(i, name)| (*name, i))
            .collect();
        let first_block = self.blocks.len();
        let all: Vec<(&str, &ModelEntry)> = names.iter().map(|(n, m)| (*n, *m)).collect();
        for block in all.chunks(BLOCK) {
            self.blocks.push((self.names.len(), self.entries.len()));
            for (name, _) in block {
                self.names.push_str(name);
                number(&mut self.entries, name.len() as u64);
            }
            for (name, model) in block {
                if *name != model.id {
                    // An alias points at its model's place among the provider's names, one more than it.
                    number(&mut self.entries, position[model.id.as_str()] as u64 + 1);
                    continue;
                }
                let body = self
                    .body(model, default_source)
                    .map_err(|e| format!("{}: {e}", model.id))?;
                self.entries.push(0);
                number(&mut self.entries, body.len() as u64);
                self.entries.extend(body);
                self.model_count += 1;
            }
        }
        self.seller_count += 1;
        let _ = writeln!(
            self.sellers,
            "    Seller {{ id: {:?}, page: {:?}, source: {default_source}, first_block: {first_block}, names: {}, rules: {:?} }},",
            file.provider,
            file.page,
            names.len(),
            self.rules
                .names
                .get(&file.provider)
                .copied()
                .unwrap_or_default()
        );
        Ok(())
    }

    fn body(&mut self, model: &ModelEntry, default_source: usize) -> Result<Vec<u8>, String> {
        let mut seen = BTreeSet::new();
        let mut cards: Vec<(i64, &Card)> = Vec::new();
        for card in &model.price {
            let from = card.from.as_deref().map_or(Ok(0), day)?;
            if !seen.insert((&card.when, &card.during, from)) {
                return Err("two cards of one condition begin on the same day".into());
            }
            cards.push((from, card));
        }
        if cards.is_empty() {
            return Err("no price".into());
        }
        let factors = self.factors(model)?;
        cards.sort_by_key(|(from, card)| (&card.when, &card.during, *from));
        let mut body = Vec::new();
        number(
            &mut body,
            (cards.len() as u64) << 1 | u64::from(factors != 0),
        );
        if factors != 0 {
            number(&mut body, factors);
        }
        for (from, card) in cards {
            self.card(&mut body, from, card, default_source)?;
        }
        Ok(body)
    }

    fn factors(&self, model: &ModelEntry) -> Result<u64, String> {
        let mut bits = 0_u32;
        for (at, group) in self
            .rules
            .groups
            .iter()
            .enumerate()
            .filter(|(_, group)| model.factors.contains(&group.name))
        {
            bits |= 1 << at;
            let mut others = self
                .rules
                .groups
                .iter()
                .skip(at + 1)
                .filter(|other| model.factors.contains(&other.name));
            if let Some(other) = others.find(|other| group.overlaps(other)) {
                return Err(format!(
                    "factors {} and {} answer the same modifier",
                    group.name, other.name
                ));
            }
        }
        if bits.count_ones() as usize == model.factors.len() {
            Ok(bits.into())
        } else {
            Err("a factor that rules.toml does not have".into())
        }
    }

    fn card(
        &mut self,
        body: &mut Vec<u8>,
        from: i64,
        card: &Card,
        default_source: usize,
    ) -> Result<(), String> {
        let source = match (&card.sources, &card.checked) {
            (None, None) => default_source,
            (Some(sources), Some(checked)) => {
                day(checked)?;
                self.sources.index(&(sources.clone(), checked.clone()))
            }
            _ => return Err("a card states both its sources and the day, or neither".into()),
        };
        let optional = [
            (from != 0)
                .then(|| u64::try_from(from))
                .transpose()
                .map_err(|_| "a price before 1970")?,
            card.when
                .as_deref()
                .map(|text| self.condition(text))
                .transpose()?,
            card.during
                .as_deref()
                .map(|text| self.during(text))
                .transpose()?,
            (source != default_source).then_some(source as u64),
            (!card.tier.is_empty()).then_some(card.tier.len() as u64),
        ];
        let flags = optional
            .iter()
            .rev()
            .fold(0_u8, |flags, value| flags << 1 | u8::from(value.is_some()));
        body.push(flags);
        for value in optional.into_iter().flatten() {
            number(body, value);
        }
        if card.usd.is_empty() {
            return Err("a card without rates".into());
        }
        self.rates(body, &card.usd)?;
        let mut last = 0;
        for tier in &card.tier {
            let (tokens, inclusive) = tier.threshold()?;
            if tokens <= last {
                return Err("tiers stand in order".into());
            }
            last = tokens;
            number(body, tokens << 1 | u64::from(inclusive));
            self.rates(body, &tier.usd)?;
        }
        Ok(())
    }

    fn rates(&mut self, body: &mut Vec<u8>, usd: &BTreeMap<String, String>) -> Result<(), String> {
        let mut rates = Vec::new();
        for (bucket, text) in usd {
            let (mantissa, decimals) = decimal(text).map_err(|e| format!("{bucket}: {e}"))?;
            rates.push((
                self.buckets.index(bucket)?,
                mantissa << 4 | u64::from(decimals),
            ));
        }
        rates.sort_unstable();
        let shape = rates.iter().map(|(bucket, _)| *bucket).collect();
        number(body, self.shapes.index(&shape) as u64);
        for (_, rate) in rates {
            number(body, rate);
        }
        Ok(())
    }

    fn condition(&mut self, text: &str) -> Result<u64, String> {
        let mut names = Vec::new();
        for pair in text.split(',') {
            let (name, value) = pair.split_once('=').ok_or("when = \"modifier=value\"")?;
            if name.is_empty() || value.is_empty() || value != value.to_ascii_lowercase() {
                return Err(format!("when = {text:?}: modifier=value in lower case"));
            }
            names.push(name);
        }
        if !names.is_sorted_by(|a, b| a < b) {
            return Err(format!(
                "when = {text:?}: the modifiers stand in order, each once"
            ));
        }
        Ok(self.conditions.index(&text.to_owned()) as u64)
    }

    fn during(&mut self, text: &str) -> Result<u64, String> {
        during::windows(text)?;
        Ok(self.hours.index(&text.to_owned()) as u64)
    }

    fn finish(self) -> Packed {
        let mut text = format!("pub(crate) const BLOCK: usize = {BLOCK};\n");
        let _ = writeln!(
            text,
            "/// Models in the catalogue.\npub const MODEL_COUNT: usize = {};",
            self.model_count
        );
        let _ = writeln!(
            text,
            "pub(crate) static SELLERS: [Seller; {}] = [\n{}];",
            self.seller_count, self.sellers
        );
        let _ = writeln!(
            text,
            "pub(crate) static BLOCKS: [(u32, u32); {}] = {:?};",
            self.blocks.len(),
            self.blocks
        );
        let _ = writeln!(
            text,
            "pub(crate) static SHAPES: [&[u8]; {}] = [",
            self.shapes.len()
        );
        for shape in self.shapes.iter() {
            let _ = writeln!(text, "    &{shape:?},");
        }
        let _ = writeln!(
            text,
            "];\npub(crate) static CONDITIONS: [Condition; {}] = [",
            self.conditions.len()
        );
        for condition in self.conditions.iter() {
            let pairs: Vec<_> = condition
                .split(',')
                .filter_map(|pair| pair.split_once('='))
                .collect();
            let _ = writeln!(
                text,
                "    Condition {{ text: {condition:?}, pairs: &{pairs:?} }},"
            );
        }
        let _ = writeln!(
            text,
            "];\npub(crate) static HOURS: [Hours; {}] = [",
            self.hours.len()
        );
        for hours in self.hours.iter() {
            let windows = during::windows(hours).unwrap_or_default();
            let _ = writeln!(
                text,
                "    Hours {{ text: {hours:?}, windows: &{windows:?} }},"
            );
        }
        let _ = writeln!(
            text,
            "];\npub(crate) static SOURCES: [(&[&str], &str); {}] = [",
            self.sources.len()
        );
        for (sources, checked) in self.sources.iter() {
            let _ = writeln!(text, "    (&{sources:?}, {checked:?}),");
        }
        text.push_str("];\n");
        Packed {
            tables: text,
            names: self.names,
            entries: self.entries,
        }
    }
}
