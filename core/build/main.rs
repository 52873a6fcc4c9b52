//! Compiles the reviewed data in `catalog/` into static tables, so that nothing is parsed at start and no
//! generated file can drift from its source. A mistake in the data stops the build with its file and reason.

mod buckets;
mod clients;
mod during;
mod formats;
mod pack;
mod paths;
mod price_file;
mod prices;
mod providers;
mod quality;
mod rules;
mod shape;
mod wrappers;

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs, process};

#[expect(
    clippy::print_stdout,
    reason = "it is how a build script speaks to cargo"
)]
fn main() {
    println!("cargo::rerun-if-changed=catalog");
    println!("cargo::rerun-if-changed=build");
    if let Err(reason) = generate() {
        println!("cargo::error={reason}");
        process::exit(1);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a build script is told where to write by its environment"
)]
fn generate() -> Result<(), String> {
    let out = env::var("OUT_DIR").map_err(|e| format!("OUT_DIR: {e}"))?;
    let catalog = Path::new("catalog");
    let buckets = buckets::load(&catalog.join("buckets.toml"))?;
    let formats = formats::load(&catalog.join("formats"), &buckets)?;
    let providers = providers::load(&catalog.join("providers.toml"), &formats)?;
    let clients = clients::load(&catalog.join("clients.toml"), &providers)?;
    let wrappers = wrappers::load(&catalog.join("wrappers.toml"), &providers)?;
    let quality = quality::load(&catalog.join("quality.toml"), &providers)?;
    let rules = rules::load(&catalog.join("rules.toml"), &buckets, &providers)?;
    let prices = prices::load(&catalog.join("prices"), &buckets, &providers, &rules)?;

    let mut tree = shape::Tree::default();
    for (envelope, path) in formats.paths()? {
        tree.want(&envelope, &path);
    }
    for (envelope, path) in providers.paths(&formats)? {
        tree.want(&envelope, &path);
    }
    tree.even_out();
    tree.wrap(&wrappers.places()?);
    let whole = paths::PathTo::parse("/")?;
    for sign in wrappers.signs()? {
        tree.want(&whole, &sign);
    }
    let headers: BTreeSet<String> = formats
        .headers()
        .into_iter()
        .chain(providers.headers())
        .collect();
    let headers: Vec<String> = headers.into_iter().collect();
    let mut names = tree.names(&formats.signs()?);
    names.extend(headers.iter().cloned());
    let number = |name: &str| shape::number(&names, name);
    let emitter = paths::Emitter(&number);
    write(&out, "buckets.rs", buckets.emit()?)?;
    write(&out, "shape.rs", tree.emit(&names, &headers))?;
    let tables = formats.emit(&emitter, &buckets)? + &wrappers.emit(&emitter)?;
    write(&out, "formats.rs", tables)?;
    write(&out, "providers.rs", providers.emit(&emitter, &formats)?)?;
    write(&out, "clients.rs", &clients)?;
    write(&out, "quality.rs", &quality)?;
    write(&out, "rules.rs", &rules.text)?;
    write(&out, "prices.rs", &prices.tables)?;
    write(&out, "names.txt", &prices.names)?;
    write(&out, "entries.bin", &prices.entries)
}

fn write(out: &str, name: &str, content: impl AsRef<[u8]>) -> Result<(), String> {
    fs::write(Path::new(out).join(name), content).map_err(|e| format!("{name}: {e}"))
}

/// Reads one data file; the message names it.
fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))
}

/// The data files of a folder, by name, so that the tables come out the same everywhere.
fn files(folder: &Path) -> Result<Vec<std::path::PathBuf>, String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let path = entry
            .map_err(|e| format!("{}: {e}", folder.display()))?
            .path();
        if path.extension().is_some_and(|e| e == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
