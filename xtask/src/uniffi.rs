//! Builds the core for Kotlin, Ruby and Swift, and writes the face that each language sees.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{repository, run, say};

/// `cargo xtask uniffi`: into the folders that the packages are made of.
pub(crate) fn build() -> Result<(), String> {
    say::step("Building the core for Kotlin, Ruby and Swift");
    // Two builds: the generator reads what the optimised one has stripped.
    run::quietly(cargo().args(["--features", "bindgen"]))?;
    run::quietly(cargo().arg("--release"))?;
    let home = repository::root().join("bindings-uniffi");
    let ruby = home.join("ruby/lib/bearlumen/native");
    let kotlin = home.join("kotlin/target/core");
    let swift = home.join("swift/Sources");
    generate("ruby", &ruby)?;
    generate("kotlin", &kotlin.join("kotlin"))?;
    generate("swift", &swift.join("BearLumenCore"))?;
    arrange_swift(&swift)?;
    let library = target().join("release").join(library());
    place(&library, &ruby)?;
    place(&library, &kotlin.join("resources").join(jna_platform()?))?;
    let size = fs::metadata(&library).map_or(0, |metadata| metadata.len());
    say::step(&format!("{}: {size} bytes", self::library()));
    Ok(())
}

fn cargo() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(repository::root()).args([
        "build",
        "--quiet",
        "--package",
        "bearlumen-uniffi",
    ]);
    cargo
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| repository::root().join("target"), PathBuf::from)
}

fn library() -> String {
    let (before, after) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    format!("{before}bearlumen_uniffi{after}")
}

fn generate(language: &str, folder: &Path) -> Result<(), String> {
    make(folder)?;
    let debug = target().join("debug");
    run::quietly(
        Command::new(debug.join("uniffi-bindgen"))
            .current_dir(repository::root())
            .arg("generate")
            .arg(debug.join(library()))
            .args(["--no-format", "--language", language, "--out-dir"])
            .arg(folder),
    )
}

/// A Swift package keeps the C header apart from the Swift that calls it.
fn arrange_swift(sources: &Path) -> Result<(), String> {
    let (swift, c) = (
        sources.join("BearLumenCore"),
        sources.join("BearLumenCoreFFI"),
    );
    make(&c)?;
    for (from, to) in [
        ("BearLumenCoreFFI.h", "BearLumenCoreFFI.h"),
        ("BearLumenCoreFFI.modulemap", "module.modulemap"),
    ] {
        fs::rename(swift.join(from), c.join(to)).map_err(|error| format!("{from}: {error}"))?;
    }
    Ok(())
}

/// The folder in which JNA looks for a library inside a jar.
fn jna_platform() -> Result<String, String> {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    match std::env::consts::ARCH {
        "x86_64" => Ok(format!("{system}-x86-64")),
        "aarch64" => Ok(format!("{system}-aarch64")),
        other => Err(format!("no package is made for {other}")),
    }
}

fn place(library: &Path, folder: &Path) -> Result<(), String> {
    make(folder)?;
    let name = library.file_name().unwrap_or_default();
    fs::copy(library, folder.join(name))
        .map(drop)
        .map_err(|error| format!("{}: {error}", library.display()))
}

fn make(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}
