//! That the past stays as it was.

#[path = "../build/pin.rs"]
mod pin;
#[expect(dead_code, reason = "the build uses the rest")]
#[path = "../build/price_file.rs"]
mod price_file;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Prices whose day has come are pinned, one by one. A change is a new entry with its day; `cargo xtask catalog --pin`
/// records additions and refuses anything else.
#[test]
fn prices_whose_day_has_come_never_change() {
    let catalog = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog");
    let digest = fs::read_to_string(catalog.join("prices.digest")).unwrap();
    let mut lines = digest.lines();
    let as_of = lines.next().unwrap().strip_prefix("as of ").unwrap();
    let mut files: BTreeSet<_> = fs::read_dir(catalog.join("prices"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let mut pinned = 0;
    for line in lines {
        let (provider, recorded) = line.split_once(' ').unwrap();
        let path = catalog.join("prices").join(format!("{provider}.toml"));
        let file: price_file::PriceFile =
            toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let now: BTreeSet<String> = pin::pins(&file, as_of).into_iter().collect();
        let recorded: BTreeSet<String> = recorded.split(' ').map(str::to_owned).collect();
        let changed: Vec<_> = recorded.difference(&now).collect();
        let unpinned: Vec<_> = now.difference(&recorded).collect();
        assert!(
            changed.is_empty(),
            "{provider}: past prices were changed or removed: {changed:?}"
        );
        assert!(
            unpinned.is_empty(),
            "{provider}: prices are not pinned: run `cargo xtask catalog --pin`"
        );
        files.remove(&path);
        pinned += recorded.len();
    }
    assert!(files.is_empty(), "not pinned at all: {files:?}");
    assert!(pinned > 4_000);
}

/// TOML refuses it, where a map read from JSON would have kept the last.
#[test]
fn a_price_that_stands_twice_is_no_price() {
    let file = |usd: &str| {
        let text = format!(
            "provider = \"x\"\npage = \"\"\nchecked = \"2026-11-20\"\nsources = []\n[[model]]\nid = \"m\"\n\
             [[model.price]]\nusd = {{ {usd} }}\n"
        );
        toml::from_str::<price_file::PriceFile>(&text)
    };
    assert!(file("input = \"1\", output = \"2\"").is_ok());
    let twice = file("input = \"1\", output = \"2\", output = \"3\"").unwrap_err();
    assert!(twice.to_string().contains("duplicate key"), "{twice}");
}
