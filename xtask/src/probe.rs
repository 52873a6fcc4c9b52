//! `cargo xtask edge-probe`: a Worker that tries the SQL of the service on real workerd and tells what happened.

use crate::repository;
use crate::say;

pub(crate) fn run() -> Result<(), String> {
    let _ = repository::root();
    say::step("not yet");
    Ok(())
}
