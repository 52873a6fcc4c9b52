//! From the start of workerd to the first answer: the Worker beside one of the same make that only greets.

use crate::load::{Fallible, wait_for, workerd};
use crate::measure::{Outcome, line, section};
use serde_json::{Value, json};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 15;
const ADMIN_SECRET: &str = "the secret of a bench that is gone in a minute";

pub(crate) fn run() -> Outcome {
    section("From the start of workerd to the first answer, in turns");
    let folder = tempfile::tempdir()?;
    let greeter = Started::make(folder.path(), "hello", Path::new("target/edge-hello"))?;
    let service = Started::make(folder.path(), "service", Path::new("worker/build"))?;
    let key = service.organization()?;
    let (mut greetings, mut pings) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        greetings.push(greeter.first_answer("/", "")?);
        // An organisation's object is opened too, its database and all.
        pings.push(service.first_answer("/v1/ping", &key)?);
    }
    let (greeting, ping) = (median(greetings), median(pings));
    line("a Worker that only greets", greeting, "ms", None);
    line(
        "the service, with an organisation that is there",
        ping,
        "ms",
        Some(("greeting", ping / greeting)),
    );
    Ok(())
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    middle.as_secs_f64() * 1e3
}

/// A Worker that can be started.
struct Started {
    config: std::path::PathBuf,
    address: String,
}

impl Started {
    fn make(folder: &Path, name: &str, build: &Path) -> Fallible<Self> {
        let build = std::path::absolute(build)?;
        if !build.join("index.js").exists() {
            let build = build.display();
            return Err(format!(
                "{build} is not built: run `cargo xtask worker-build` and `cargo xtask edge-hello`"
            )
            .into());
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let objects = folder.join(name);
        fs::create_dir_all(&objects)?;
        let (script, wasm) = (
            json!(build.join("index.js")),
            json!(build.join("index_bg.wasm")),
        );
        let (objects, socket, secret) = (json!(objects), json!(address), json!("s".repeat(32)));
        let storage = if name == "service" {
            r#"  durableObjectNamespaces = [(className = "Organization", uniqueKey = "o", enableSql = true)],
  durableObjectStorage = (localDisk = "objects"),"#
        } else {
            ""
        };
        let bindings = if name == "service" {
            format!(
                r#"(name = "ORGANIZATION", durableObjectNamespace = "Organization"),
    (name = "BEARLUMEN_SECRETS", text = {secret}), (name = "BEARLUMEN_ADMIN_SECRET", text = {}),"#,
                json!(ADMIN_SECRET)
            )
        } else {
            String::new()
        };
        let text = format!(
            r#"using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "objects", disk = (path = {objects}, writable = true))],
  sockets = [(name = "http", address = {socket}, http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed {script}), (name = "index_bg.wasm", wasm = embed {wasm})],
  compatibilityDate = "2026-10-20",
  bindings = [{bindings}],
{storage}
);
"#
        );
        let config = folder.join(format!("{name}.capnp"));
        fs::write(&config, text)?;
        Ok(Self { config, address })
    }

    fn start(&self) -> Fallible<Child> {
        Ok(Command::new(workerd()?)
            .args(["serve", "--import-path=/"])
            .arg(&self.config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?)
    }

    fn ask(&self, head: &str, body: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        write!(
            stream,
            "{head}\r\nhost: bench\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    /// Makes an organisation; its key.
    fn organization(&self) -> Fallible<String> {
        let mut process = self.start()?;
        let head =
            format!("POST /admin/organizations HTTP/1.1\r\nauthorization: Bearer {ADMIN_SECRET}");
        let answer = wait_for(&mut process, || self.ask(&head, r#"{"name":"bench"}"#).ok());
        process.kill()?;
        process.wait()?;
        let made: Value =
            serde_json::from_str(answer?.split("\r\n\r\n").nth(1).unwrap_or_default())?;
        let key = made.get("key").and_then(Value::as_str);
        Ok(key.ok_or("no organisation was made")?.to_owned())
    }

    /// How long it takes from nothing to its first answer.
    fn first_answer(&self, path: &str, key: &str) -> Fallible<Duration> {
        let head = format!("GET {path} HTTP/1.1\r\nauthorization: Bearer {key}");
        let started = Instant::now();
        let mut process = self.start()?;
        let answer = wait_for(&mut process, || self.ask(&head, "").ok());
        let took = started.elapsed();
        process.kill()?;
        process.wait()?;
        let answer = answer?;
        if answer.starts_with("HTTP/1.1 200") {
            Ok(took)
        } else {
            Err(format!("{path} was answered {answer}").into())
        }
    }
}
