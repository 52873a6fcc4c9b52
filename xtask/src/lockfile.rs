//! Versions from `Cargo.lock`: the tools that must match a crate are pinned there and nowhere else.

use std::fs;

use crate::repository;

/// The locked version of `package`.
pub(crate) fn version(package: &str) -> Result<String, String> {
    let path = repository::root().join("Cargo.lock");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    find(&text, package)
        .map(str::to_owned)
        .ok_or_else(|| format!("{} has no package `{package}`", path.display()))
}

fn find<'a>(lockfile: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lockfile.lines().skip_while(|line| *line != name);
    lines
        .nth(1)?
        .strip_prefix("version = \"")?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_version_belongs_to_the_package_of_exactly_that_name() {
        let lockfile = "[[package]]\nname = \"worker-sys\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"worker\"\nversion = \"0.8.7\"\n";
        assert_eq!(find(lockfile, "worker"), Some("0.8.7"));
        assert_eq!(find(lockfile, "work"), None);
    }
}
