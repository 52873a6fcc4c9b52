//! What was found once is never found again: every input that was kept goes through its target.

use std::fs;
use std::path::PathBuf;

fn replay(target: &str, check: impl Fn(&[u8])) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("a file").path();
        let bytes = fs::read(&path).expect("a file that can be read");
        let passed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&bytes)));
        assert!(passed.is_ok(), "{}", path.display());
        count += 1;
    }
    assert!(count > 20, "the corpus of {target} is gone");
}

#[test]
fn responses() {
    replay("response", bearlumen_fuzz::response);
}

#[test]
fn streams() {
    replay("stream", bearlumen_fuzz::stream);
}

#[test]
fn events() {
    replay("event", bearlumen_fuzz::event);
}
