//! `cargo xtask catalog`: brings the price files up to date with the public catalogues, by rules that a person can read.
//!
//! It adds and never edits: an entry whose day has come stays as it is, and `core/catalog/prices.digest` pins it.

mod bedrock;
mod check;
mod corrections;
mod decimal;
mod digest;
mod facts;
mod files;
mod genai;
mod litellm;
mod litellm_field;
mod litellm_hours;
mod merge;
#[path = "../../../core/src/pricing/model_name.rs"]
mod model_name;
mod names;
mod packages;
#[path = "../../../core/build/pin.rs"]
mod pin;
#[path = "../../../core/build/price_file.rs"]
mod price_file;
mod report;
mod sources;
mod units;
mod update;

use crate::{repository, say};
use corrections::Corrections;
use facts::Offer;
use merge::Merge;
use price_file::PriceFile;
use report::Report;
use sources::Sources;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use units::Units;

/// What the user asked for.
#[derive(Default)]
struct Options {
    check: bool,
    pin: bool,
    /// The day prices are brought up to date as of.
    today: Option<String>,
}

/// Everything that is read before anything is decided.
struct Facts {
    first: Vec<Offer>,
    second: Vec<Offer>,
    old: Vec<Offer>,
    pages: BTreeMap<String, String>,
    versions: BTreeMap<String, String>,
}

/// Runs the command.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let options = options(arguments)?;
    let today = options.today.clone().map_or_else(today, Ok)?;
    let catalog = repository::root().join("core/catalog");
    let units = Units::read(&read(&catalog.join("buckets.toml"))?)?;
    let folder = catalog.join("prices");
    let recorded = fs::read_to_string(catalog.join("prices.digest")).unwrap_or_default();
    let files = files::read_all(&folder)?;
    if options.check {
        return check(&files, &folder, &units, &recorded);
    }
    if !options.pin {
        update(files, &catalog, &units, &today)?;
    }
    let text = digest::next(&files::read_all(&folder)?, &recorded, &today)?;
    if text.lines().skip(1).ne(recorded.lines().skip(1)) {
        write(&catalog.join("prices.digest"), &text)?;
    }
    Ok(())
}

fn options(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options::default();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--check" => options.check = true,
            "--pin" => options.pin = true,
            "--today" => {
                let day = arguments.next().ok_or("--today needs a date")?;
                price_file::day(day)?;
                options.today = Some(day.clone());
            }
            unknown => return Err(format!("catalog: unknown option {unknown}")),
        }
    }
    Ok(options)
}

fn today() -> Result<String, String> {
    let output = Command::new("date")
        .args(["-u", "+%F"])
        .output()
        .map_err(|e| format!("date: {e}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn gather(units: &Units) -> Result<Facts, String> {
    let export = packages::export()?;
    if !export.unmapped.is_empty() {
        say::detail(&format!(
            "not taken in, no name of ours in sources.toml: {}",
            export.unmapped.join(", ")
        ));
    }
    let sources = Sources::read(&read(&packages::here().join("sources.toml"))?)?;
    let (first, pages) = genai::offers(&export.genai, &sources)?;
    let second = litellm::offers(&export.litellm, litellm::NAME, units)?;
    let old = litellm::offers(&export.tokencost, litellm::OLD_COPY, units)?;
    let fold = |offers: Vec<Offer>| {
        let simple = |mut offer: Offer| {
            offer
                .prices
                .iter_mut()
                .for_each(|price| units.simplify(price));
            offer
        };
        let offers = offers.into_iter().map(simple);
        let (profiled, mut others): (Vec<_>, Vec<_>) =
            offers.partition(|offer| offer.provider == "bedrock");
        others.extend(bedrock::fold(profiled));
        others
    };
    Ok(Facts {
        first: fold(first),
        second: fold(second),
        old: fold(old),
        pages,
        versions: export.versions,
    })
}

fn update(
    mut files: BTreeMap<String, PriceFile>,
    catalog: &Path,
    units: &Units,
    today: &str,
) -> Result<(), String> {
    packages::install()?;
    let mut corrections = Corrections::read(&read(&catalog.join("corrections.toml"))?)?;
    let mut facts = gather(units)?;
    corrections.prepare(&mut facts.first);
    let preferences = corrections.preferences();
    let mut report = Report::of(corrections.corrected(), corrections.take_settled());
    let mut providers: BTreeSet<String> = [&facts.first, &facts.second, &facts.old]
        .into_iter()
        .flatten()
        .map(|offer| offer.provider.clone())
        .collect();
    providers.extend(corrections.providers().into_iter().map(str::to_owned));
    for provider in providers {
        let of = |offers: &[Offer]| {
            offers
                .iter()
                .filter(|offer| offer.provider == provider)
                .cloned()
                .collect::<Vec<_>>()
        };
        let mut merge = Merge {
            today,
            preferences: &preferences,
            report: &mut report,
        };
        let mut models = merge.provider(of(&facts.first), of(&facts.second), of(&facts.old));
        corrections.apply(&provider, &mut models)?;
        let page = corrections
            .pages()
            .find(|(id, _)| *id == provider)
            .map(|(_, url)| url.to_owned());
        let file = files.entry(provider.clone()).or_insert_with(|| PriceFile {
            provider: provider.clone(),
            page: page
                .or_else(|| facts.pages.get(&provider).cloned())
                .unwrap_or_default(),
            checked: today.to_owned(),
            sources: usual_sources(&models),
            model: Vec::new(),
        });
        report.changes.extend(update::apply(file, &models, today));
    }
    for (provider, file) in &files {
        write(
            &catalog.join("prices").join(format!("{provider}.toml")),
            &files::text(file, units),
        )?;
    }
    write(
        &repository::root().join("docs/price-disagreements.md"),
        &report.page(&facts.versions),
    )?;
    tell(&report, &files);
    Ok(())
}

/// Who states most of a provider's prices: what a card of theirs need not say.
fn usual_sources(models: &BTreeMap<String, Offer>) -> Vec<String> {
    let mut counts: BTreeMap<&BTreeSet<String>, usize> = BTreeMap::new();
    for price in models.values().flat_map(|model| &model.prices) {
        *counts.entry(&price.sources).or_default() += 1;
    }
    let usual = counts
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map(|(sources, _)| sources);
    usual.into_iter().flatten().cloned().collect()
}

fn tell(report: &Report, files: &BTreeMap<String, PriceFile>) {
    const SHOWN: usize = 200;
    for change in report.changes.iter().take(SHOWN) {
        say::plain(change);
    }
    if report.changes.len() > SHOWN {
        say::plain(&format!("… and {} more", report.changes.len() - SHOWN));
    }
    let models: usize = files.values().map(|file| file.model.len()).sum();
    say::plain(&format!(
        "{models} models of {} providers, {} changes, {} numbers that differ (docs/price-disagreements.md)",
        files.len(),
        report.changes.len(),
        report.disagreement_count()
    ));
    for (sources, count) in &report.by_sources {
        say::plain(&format!("  {count} prices compared: {sources}"));
    }
}

fn check(
    files: &BTreeMap<String, PriceFile>,
    folder: &Path,
    units: &Units,
    recorded: &str,
) -> Result<(), String> {
    for (provider, file) in files {
        let path = folder.join(format!("{provider}.toml"));
        if read(&path)? != files::text(file, units) {
            return Err(format!(
                "{}: not in the one form; run `cargo xtask catalog`",
                path.display()
            ));
        }
    }
    let today = recorded
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("as of "))
        .ok_or("prices.digest is missing")?;
    digest::next(files, recorded, today)?;
    say::plain(&format!(
        "{} price files are in their form and their past is as recorded",
        files.len()
    ));
    if !packages::are_installed() {
        say::plain(
            "skipped: agreement with genai-prices and litellm (not installed; `cargo xtask catalog` installs them)",
        );
        return Ok(());
    }
    let facts = gather(units)?;
    for provider in check::PROVIDERS {
        let Some(file) = files.get(provider) else {
            continue;
        };
        let (count, wrong) = check::agreed(provider, &facts.first, &facts.second, file, today);
        if !wrong.is_empty() {
            return Err(wrong.join("\n"));
        }
        say::plain(&format!(
            "{provider}: {count} prices that both catalogues state alike are ours"
        ));
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn write(path: &PathBuf, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}
