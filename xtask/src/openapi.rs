//! `cargo xtask openapi`: the `OpenAPI` document and what is made of it, from the route tables.

use std::fs;
use std::process::Command;

use crate::{repository, say};

/// Compares with what is kept instead of writing it.
const CHECK: &str = "--check";

/// What the service's example writes, and where it is kept.
const FILES: [(&str, &str); 2] = [
    ("json", "docs/openapi.json"),
    ("reference", "docs/endpoints.md"),
];

/// Writes the files, or says which of them is not what the code says.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let check = match arguments {
        [] => false,
        [option] if option == CHECK => true,
        _ => return Err(format!("`openapi` takes nothing but {CHECK}")),
    };
    for (form, path) in FILES {
        let made = made(form)?;
        let file = repository::root().join(path);
        let kept = fs::read_to_string(&file).unwrap_or_default();
        if kept == made {
            continue;
        }
        if check {
            return Err(format!(
                "{path} is not what the routes say; run `cargo xtask openapi` and commit what it writes"
            ));
        }
        fs::write(&file, made).map_err(|error| format!("{path}: {error}"))?;
        say::step(&format!("wrote {path}"));
    }
    Ok(())
}

fn made(form: &str) -> Result<String, String> {
    let output = Command::new("cargo")
        .args(["run", "--quiet", "--package", "bearlumen-service"])
        .args(["--features", "openapi", "--example", "openapi", "--", form])
        .current_dir(repository::root())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}
