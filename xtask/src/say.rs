//! What the user reads on the terminal.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task runner speaks to the terminal, and does so from this file alone"
)]

/// A step about to be taken: what, why, and how long when it is long.
pub(crate) fn step(text: &str) {
    eprintln!("==> {text}");
}

/// Something worth knowing about the step under way.
pub(crate) fn detail(text: &str) {
    eprintln!("    {text}");
}

/// Why the command failed.
pub(crate) fn failure(text: &str) {
    eprintln!("error: {text}");
}

/// The result itself.
pub(crate) fn plain(text: &str) {
    println!("{text}");
}
