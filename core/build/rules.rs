//! `catalog/rules.toml`: what price cards leave to rules, stated once for many models.

use crate::buckets::Buckets;
use crate::price_file::{day, decimal};
use crate::providers::Providers;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    modifier: Vec<Modifier>,
    name: Vec<Name>,
    factor: Vec<Factor>,
    fee: Vec<Fee>,
    #[serde(default)]
    once: Vec<Once>,
}

/// Tools whose fee is for a call of the model, however often it used them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Once {
    provider: String,
    model_prefixes: Vec<String>,
    bucket: String,
    #[expect(dead_code, reason = "for the reader of the data")]
    source: String,
    #[expect(dead_code, reason = "for the reader of the data")]
    checked: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Modifier {
    id: String,
    plain: Vec<String>,
    #[serde(default)]
    only_where_priced: bool,
    #[serde(default)]
    means: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    provider: String,
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    suffix: String,
    #[serde(default)]
    contains: String,
    cut_after: Option<String>,
    cut_from: Option<String>,
    means: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Factor {
    /// The group of models it concerns; a price file names it beside a model.
    group: String,
    provider: String,
    when: Vec<String>,
    #[serde(default)]
    plain: Vec<String>,
    #[serde(default)]
    unless: String,
    times: String,
    from: Option<String>,
    #[expect(dead_code, reason = "for the reader of the data")]
    source: String,
    #[expect(dead_code, reason = "for the reader of the data")]
    checked: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fee {
    provider: String,
    from: Option<String>,
    #[serde(default)]
    model_prefixes: Vec<String>,
    /// The models' whole ids, where one is the beginning of another's.
    #[serde(default)]
    models: Vec<String>,
    usd: BTreeMap<String, String>,
    #[expect(dead_code, reason = "for the reader of the data")]
    source: String,
    #[expect(dead_code, reason = "for the reader of the data")]
    checked: String,
}

/// The group of a factor that concerns every model of its provider.
const EVERY_MODEL: &str = "*";

/// What the build writes, and the groups of models that factors are for, in order.
pub(crate) struct Rules {
    pub(crate) text: String,
    pub(crate) groups: Vec<Group>,
    /// Where each provider's rules about names stand.
    pub(crate) names: BTreeMap<String, (usize, usize)>,
}

/// Models that a factor concerns.
pub(crate) struct Group {
    pub(crate) name: String,
    when: Vec<String>,
}

impl Group {
    /// Whether a model in both would be multiplied twice for one reason.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.when.iter().any(|pair| other.when.contains(pair))
    }
}

pub(crate) fn load(path: &Path, buckets: &Buckets, providers: &Providers) -> Result<Rules, String> {
    let mut file: File = crate::read(path)?;
    // Those of one provider stand together, in the order of the file.
    file.name.sort_by(|a, b| a.provider.cmp(&b.provider));
    let mut names: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (at, name) in file.name.iter().enumerate() {
        names.entry(name.provider.clone()).or_insert((at, at)).1 = at + 1;
    }
    let text = emit(&file, buckets, providers).map_err(|e| format!("{}: {e}", path.display()))?;
    let groups: Vec<Group> = file
        .factor
        .into_iter()
        .map(|factor| Group {
            name: factor.group,
            when: factor.when,
        })
        .collect();
    if groups.len() > 32 {
        return Err(format!("{}: more than 32 groups of models", path.display()));
    }
    Ok(Rules {
        text,
        groups,
        names,
    })
}

fn emit(file: &File, buckets: &Buckets, providers: &Providers) -> Result<String, String> {
    let mut out = String::new();
    let known = |provider: &str| {
        if providers.knows(provider) {
            Ok(())
        } else {
            Err(format!("no provider {provider:?} in providers.toml"))
        }
    };
    let _ = writeln!(
        out,
        "pub(super) static MODIFIERS: [ModifierRule; {}] = [",
        file.modifier.len()
    );
    for m in &file.modifier {
        let means: Vec<(&String, (&str, &str))> = m
            .means
            .iter()
            .map(|(value, target)| Ok((value, pair(target)?)))
            .collect::<Result<_, String>>()?;
        let _ = writeln!(
            out,
            "    ModifierRule {{ id: {:?}, plain: &{:?}, only_where_priced: {}, means: &{means:?} }},",
            m.id, m.plain, m.only_where_priced
        );
    }
    let _ = writeln!(
        out,
        "];\npub(super) static NAME_RULES: [NameRule; {}] = [",
        file.name.len()
    );
    for n in &file.name {
        known(&n.provider)?;
        let means = n.means.as_deref().map(pair).transpose()?;
        let _ = writeln!(
            out,
            "    NameRule {{ prefix: {:?}, suffix: {:?}, contains: {:?}, cut_after: {:?}, cut_from: {:?}, means: {means:?} }},",
            n.prefix, n.suffix, n.contains, n.cut_after, n.cut_from
        );
    }
    let _ = writeln!(
        out,
        "];\npub(super) static FACTORS: [Factor; {}] = [",
        file.factor.len()
    );
    let groups: Vec<&String> = file.factor.iter().map(|factor| &factor.group).collect();
    for f in &file.factor {
        known(&f.provider)?;
        let (times, decimals) = decimal(&f.times)?;
        let when: Vec<_> = f
            .when
            .iter()
            .map(|text| pair(text))
            .collect::<Result<_, _>>()?;
        let plain: Vec<_> = f
            .plain
            .iter()
            .map(|text| pair(text))
            .collect::<Result<_, _>>()?;
        let _ = writeln!(
            out,
            "    Factor {{ provider: {:?}, when: &{when:?}, plain: &{plain:?}, unless: {:?}, text: {:?}, times: Times {{ numerator: {times}, denominator: {} }}, \
             from_day: {}, group: {} }},",
            f.provider,
            f.unless,
            f.times,
            10_u64.pow(decimals),
            f.from.as_deref().map_or(Ok(0), day)?,
            match groups.iter().position(|group| **group == f.group) {
                Some(group) if f.group != EVERY_MODEL => group.to_string(),
                _ => "EVERY_MODEL_GROUP".to_owned(),
            }
        );
    }
    let _ = writeln!(
        out,
        "];\npub(super) static FEES: [Fee; {}] = [",
        file.fee.len()
    );
    for f in &file.fee {
        known(&f.provider)?;
        let mut rates = Vec::new();
        for (bucket, text) in &f.usd {
            let (mantissa, decimals) = decimal(text).map_err(|e| format!("{bucket}: {e}"))?;
            rates.push((buckets.index(bucket)?, mantissa * 10_u64.pow(12 - decimals)));
        }
        let _ = writeln!(
            out,
            "    Fee {{ provider: {:?}, from_day: {}, model_prefixes: &{:?}, models: &{:?}, rates: &{rates:?} }},",
            f.provider,
            f.from.as_deref().map_or(Ok(0), day)?,
            f.model_prefixes,
            f.models
        );
    }
    out.push_str("];\n");
    emit_once(&mut out, file, buckets, providers)?;
    Ok(out)
}

fn emit_once(
    out: &mut String,
    file: &File,
    buckets: &Buckets,
    providers: &Providers,
) -> Result<(), String> {
    let _ = writeln!(
        out,
        "pub(super) static ONCE: [Once; {}] = [",
        file.once.len()
    );
    for o in &file.once {
        if !providers.knows(&o.provider) {
            return Err(format!("no provider {:?} in providers.toml", o.provider));
        }
        let _ = writeln!(
            out,
            "    Once {{ provider: {:?}, model_prefixes: &{:?}, bucket: {} }},",
            o.provider,
            o.model_prefixes,
            buckets.index(&o.bucket)?
        );
    }
    out.push_str("];\n");
    Ok(())
}

fn pair(text: &str) -> Result<(&str, &str), String> {
    text.split_once('=')
        .ok_or_else(|| format!("{text:?}: expected modifier=value"))
}
