//! The way around rustup's downloads: Debian ships a current compiler together with the standard library's
//! sources, from which the library for wasm32 is built once.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::wasm_std::{TARGET, has_std};
use crate::{repository, run, say};

/// The name that rustup gives to Debian's compiler.
pub(super) const TOOLCHAIN: &str = "web";
/// `rustc-web` is Debian's compiler kept current for browsers; the others are its parts that a build for wasm takes.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"];
/// A link to the linker, whose name is that of the package which brings it; `rust-web-llvm` fails to ask for it.
const LINKER: &str = "/usr/bin/rust-lld";
const COMPILER: &str = "/usr/bin/rustc";
const SOURCES: &str = "/usr/lib/rustlib/src/rust/library/std";

/// Whether an earlier run has left a library that the present compiler can use.
pub(super) fn is_ready() -> bool {
    has_std(Path::new("/usr"))
        && Path::new(LINKER).exists()
        && fs::read_to_string(stamp()).ok() == compiler()
        && is_linked()
}

/// Installs the compiler and builds the library. `refusal` is why rustup's own target is not used.
pub(super) fn build(refusal: &str) -> Result<(), String> {
    if !run::exists("apt-get") || !run::exists("rustup") {
        return Err(format!(
            "no compiler for {TARGET}.\n  Tried: rustup target add {TARGET}\n  It said: {refusal}\n  \
             The other way needs Debian (apt-get) and rustup, which this machine has not both. Either allow \
             downloads from static.rust-lang.org, or install a Rust that has the {TARGET} target."
        ));
    }
    if !Path::new(SOURCES).exists() {
        install(
            &PACKAGES,
            "a compiler with the standard library's sources (174 MB, about 20 s)",
        )?;
    }
    if let (false, Ok(package)) = (Path::new(LINKER).exists(), fs::read_link(LINKER)) {
        let package = package.display().to_string();
        install(&[&package], "the linker for wasm (1.5 MB)")?;
    }
    if !is_linked() {
        say::step("rustup toolchain link: makes Debian's compiler known as `web`");
        run::quietly(Command::new("rustup").args(["toolchain", "link", TOOLCHAIN, "/usr"]))?;
    }
    say::step(
        "Building the standard library for wasm32 from its sources, once (about 45 s on two cores)",
    );
    compile_and_copy()
}

/// Installs Debian packages, as root or through sudo.
pub(super) fn install(packages: &[&str], why: &str) -> Result<(), String> {
    say::step(&format!("apt-get install {}: {why}", packages.join(" ")));
    run::quietly(as_root("apt-get").args(["update", "-qq"]))?;
    run::quietly(
        as_root("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["install", "--yes", "--no-install-recommends"])
            .args(packages),
    )
}

fn as_root(program: &str) -> Command {
    if run::answer(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.arg("--non-interactive").arg(program);
    command
}

fn is_linked() -> bool {
    run::answer(Command::new("rustup").args(["run", TOOLCHAIN, "rustc", "--version"])).is_some()
}

fn compile_and_copy() -> Result<(), String> {
    let work = repository::tools().join("wasm-std");
    let empty_crate = work.join("src");
    let written = fs::create_dir_all(&empty_crate)
        .and_then(|()| {
            fs::write(
                empty_crate.join("lib.rs"),
                "#![doc = \"Empty: only its dependencies matter.\"]\n",
            )
        })
        .and_then(|()| {
            fs::write(
                work.join("Cargo.toml"),
                "[package]\nname = \"empty\"\nedition = \"2024\"\n\n[workspace]\n",
            )
        });
    written.map_err(|error| format!("{}: {error}", work.display()))?;
    run::quietly(
        Command::new("cargo")
            .current_dir(&work)
            .env("RUSTUP_TOOLCHAIN", TOOLCHAIN)
            .env("RUSTC_BOOTSTRAP", "1") // `-Z build-std` is for nightly compilers only
            .env("RUSTFLAGS", "-Cembed-bitcode=yes") // or link-time optimisation finds none
            .env("CARGO_TARGET_DIR", work.join("target"))
            .args(["build", "--release", "--target", TARGET])
            .args(["-Z", "build-std=std,panic_abort,panic_unwind"]),
    )?;
    let libraries = built_libraries(&work.join("target").join(TARGET).join("release/deps"))?;
    run::quietly(as_root("mkdir").arg("--parents").arg(library_folder()))?;
    run::quietly(as_root("cp").args(&libraries).arg(library_folder()))?;
    // The stamp is written last: without it an interrupted copy is not taken for a library.
    let own_stamp = work.join("built-by");
    fs::write(&own_stamp, compiler().unwrap_or_default())
        .map_err(|error| format!("{}: {error}", own_stamp.display()))?;
    run::quietly(as_root("cp").arg(&own_stamp).arg(stamp()))
}

fn built_libraries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension() == Some(OsStr::new("rlib")))
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| !name.to_string_lossy().starts_with("libempty-"))
        })
        .collect())
}

fn library_folder() -> PathBuf {
    Path::new("/usr/lib/rustlib").join(TARGET).join("lib")
}

fn stamp() -> PathBuf {
    library_folder().join("bearlumen-built-by")
}

/// The compiler's full version: a library built by another one is of no use.
fn compiler() -> Option<String> {
    run::answer(Command::new(COMPILER).args(["--version", "--verbose"]))
}
