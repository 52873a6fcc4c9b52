//! `cargo xtask edge-probe`: what workerd's `SQLite` answers to what the service relies on, compared with what it
//! answered when the answers were last looked at.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::workerd::{self, http, quoted};
use crate::{repository, run, say, toolchain};

/// Rewrites the recorded answers instead of comparing with them.
const ACCEPT: &str = "--accept";

/// Runs the probe.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let accept = match arguments {
        [] => false,
        [option] if option == ACCEPT => true,
        _ => return Err(format!("`edge-probe` takes nothing but {ACCEPT}")),
    };
    let toolchain = toolchain::ensure()?;
    let folder = repository::root().join("target/edge-probe");
    say::step(
        "Building a Worker that tries SQL in a Durable Object (about a minute the first time)",
    );
    run::quietly(
        toolchain
            .worker_build()
            .current_dir(repository::root().join("worker"))
            .args([
                "--release",
                "--out-dir",
                "../target/edge-probe",
                "--features",
                "probe",
            ]),
    )?;
    let answers = ask(toolchain.workerd(), &folder)?;
    let recorded = recorded_path();
    if accept {
        return fs::write(&recorded, answers)
            .map_err(|error| format!("{}: {error}", recorded.display()));
    }
    compare(&answers, &fs::read_to_string(&recorded).unwrap_or_default())
}

fn recorded_path() -> PathBuf {
    repository::edge_tests().join("sql-on-workerd.txt")
}

fn ask(program: &Path, folder: &Path) -> Result<String, String> {
    let (config, control) = (folder.join("workerd.capnp"), folder.join("listening"));
    let storage = folder.join("objects");
    let _ = fs::remove_file(&control);
    let _ = fs::remove_dir_all(&storage);
    fs::create_dir_all(&storage).map_err(|error| format!("{}: {error}", storage.display()))?;
    fs::write(&config, config_text(folder, &storage))
        .map_err(|error| format!("{}: {error}", config.display()))?;
    let mut server = workerd::command(program, &config, &control)
        .spawn()
        .map_err(|error| format!("workerd cannot be started: {error}"))?;
    let answer = workerd::wait_for_port(&control, Some(server.id()))
        .ok_or_else(|| "workerd does not listen".to_owned())
        .and_then(|port| http::request("GET", &format!("127.0.0.1:{port}"), "/", "", ""));
    let _ = server.kill();
    let _ = server.wait();
    let (status, body) = answer?;
    let unusable = || format!("the probe answered {status}: {body}");
    let findings: Value = serde_json::from_str(&body).map_err(|_| unusable())?;
    let findings = findings.as_array().ok_or_else(unusable)?;
    Ok(findings.iter().map(line).collect())
}

fn line(finding: &Value) -> String {
    let claim = finding["claim"].as_str().unwrap_or_default();
    match finding["seen"].as_str() {
        Some(seen) => format!("{claim}\n    {seen}\n"),
        None => format!(
            "{claim}\n    {}: {}\n",
            finding["error"]["kind"].as_str().unwrap_or_default(),
            finding["error"]["message"].as_str().unwrap_or_default()
        ),
    }
}

fn compare(answers: &str, recorded: &str) -> Result<(), String> {
    if answers == recorded {
        say::step(&format!(
            "workerd answers as recorded in {}",
            recorded_path().display()
        ));
        return Ok(());
    }
    let changed: Vec<&str> = answers
        .lines()
        .filter(|line| !recorded.lines().any(|known| known == *line))
        .collect();
    Err(format!(
        "workerd answers differently from what {} records (`cargo xtask edge-probe {ACCEPT}` records it):\n{}",
        recorded_path().display(),
        changed.join("\n")
    ))
}

fn config_text(folder: &Path, storage: &Path) -> String {
    let script = quoted(&folder.join("index.js").display().to_string());
    let wasm = quoted(&folder.join("index_bg.wasm").display().to_string());
    let storage = quoted(&storage.display().to_string());
    format!(
        r#"using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "probe", worker = .probe),
    (name = "objects", disk = (path = {storage}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "probe")],
);

const probe :Workerd.Worker = (
  modules = [
    (name = "index.js", esModule = embed {script}),
    (name = "index_bg.wasm", wasm = embed {wasm}),
  ],
  compatibilityDate = "{}",
  bindings = [(name = "PROBE", durableObjectNamespace = "Probe")],
  durableObjectNamespaces = [(className = "Probe", uniqueKey = "probe", enableSql = true)],
  durableObjectStorage = (localDisk = "objects"),
);
"#,
        workerd::COMPATIBILITY_DATE
    )
}
