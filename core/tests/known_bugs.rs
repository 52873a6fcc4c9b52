//! The table of bugs seen elsewhere names vectors and tests that are there.

use std::fs;
use std::path::Path;

#[test]
fn every_known_bug_is_kept_out_by_something() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let table = fs::read_to_string(root.join("docs/known-bugs.md")).unwrap();
    let rows = table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| what"));
    let mut named = 0;
    let mut missing = Vec::new();
    for row in rows {
        let kept_out_by = row.rsplit(" | ").next().unwrap();
        let before = named;
        for name in kept_out_by.split('`').skip(1).step_by(2) {
            named += 1;
            let is_there = match name.split_once('/') {
                Some(("cost" | "streams" | "prices", _)) => root
                    .join("tests/vectors")
                    .join(format!("{name}.json"))
                    .is_file(),
                Some(_) => root.join(name).is_file(),
                // A test, in the file that is named behind it.
                None => ["properties", "prices", "past_prices", "corpus"]
                    .iter()
                    .any(|file| {
                        let path = root.join(format!("core/tests/{file}.rs"));
                        fs::read_to_string(path)
                            .unwrap()
                            .contains(&format!("fn {name}("))
                    }),
            };
            if !is_there {
                missing.push(name.to_owned());
            }
        }
        assert!(named > before, "nothing keeps this out: {row}");
    }
    assert!(missing.is_empty(), "not there: {missing:?}");
    assert!(named > 80, "{named}");
}
