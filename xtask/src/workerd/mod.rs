//! Starting the runtime and learning where it listens.

pub(crate) mod http;
mod listening;

use std::path::Path;
use std::process::Command;

pub(crate) use listening::wait_for_port;

/// Behaviour of the runtime as of this day; the same as in `wrangler.toml`, as a test sees to.
pub(crate) const COMPATIBILITY_DATE: &str = "2026-10-20";

/// A command that turns into workerd, serves `config` and tells its port in `control`.
pub(crate) fn command(workerd: &Path, config: &Path, control: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", r#"exec "$@" --control-fd=3 3>"$CONTROL""#, "sh"])
        .arg(workerd)
        .args(["serve", "--import-path=/"])
        .arg(config)
        .env("CONTROL", control);
    command
}

/// A text as the configuration language writes it.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::COMPATIBILITY_DATE;

    #[test]
    fn here_and_on_cloudflare_the_runtime_behaves_as_of_the_same_day() {
        let wrangler = include_str!("../../../wrangler.toml");
        assert!(wrangler.contains(&format!("compatibility_date = \"{COMPATIBILITY_DATE}\"")));
    }
}
