//! What is compared: programs that are started on a folder of their own and measured while they answer.

use super::client::{Client, Target};
use super::{Fallible, Figure};
use serde_json::{Value, json};
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// One of those compared.
pub(super) struct Contender {
    pub(super) name: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    /// `bench/reference/durable-object.js` with this way of inserting.
    Reference(&'static str),
    Wasm,
    Native,
}

pub(super) const CONTENDERS: [Contender; 5] = [
    Contender {
        name: "JavaScript, one insert a row",
        kind: Kind::Reference("row"),
    },
    Contender {
        name: "JavaScript, json_each",
        kind: Kind::Reference("json"),
    },
    Contender {
        name: "JavaScript, json_each into our narrow rows",
        kind: Kind::Reference("narrow"),
    },
    Contender {
        name: "wasm on workerd",
        kind: Kind::Wasm,
    },
    Contender {
        name: "native",
        kind: Kind::Native,
    },
];

const ADMIN_SECRET: &str = "the secret of a bench that is gone in a minute";

impl Contender {
    /// One of our hosts.
    pub(super) fn is_host(&self) -> bool {
        !self.is_reference()
    }

    pub(super) fn is_reference(&self) -> bool {
        matches!(self.kind, Kind::Reference(_))
    }
}

/// A started program with its folder.
pub(super) struct Running {
    process: Child,
    folder: tempfile::TempDir,
    address: String,
    key: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        // The folder goes with it, so there is nothing to stop cleanly.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Running {
    pub(super) fn start(contender: &Contender) -> Fallible<Self> {
        let folder = tempfile::tempdir()?;
        match contender.kind {
            Kind::Reference(way) => start_reference(folder, way),
            Kind::Wasm => start_host(folder, &["target/debug/xtask", "edge"]),
            Kind::Native => start_host(folder, &["target/release/bearlumen", "serve"]),
        }
    }

    pub(super) fn target(&self) -> Target {
        Target {
            address: self.address.clone(),
            key: self.key.clone(),
        }
    }

    /// A further organisation with a key of its own.
    pub(super) fn another_organization(&self) -> Fallible<Target> {
        let body = r#"{"name":"bench"}"#;
        let answer = ask(
            &self.address,
            &format!(
                "POST /admin/organizations HTTP/1.1\r\nhost: bench\r\nconnection: close\r\nauthorization: Bearer {ADMIN_SECRET}\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            ),
        )?;
        let made: Value =
            serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap_or_default())?;
        Ok(Target {
            address: self.address.clone(),
            key: made
                .get("key")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
        })
    }

    /// All clients at once.
    pub(super) fn measure(&self, clients: &[Client], events: u64) -> Fallible<Figure> {
        let wrong = AtomicUsize::new(0);
        let cpu_before = self.cpu_seconds();
        let started = Instant::now();
        thread::scope(|scope| {
            for client in clients {
                scope.spawn(|| {
                    let created = client.send().unwrap_or(0);
                    wrong.fetch_add(client.len() - created, Ordering::Relaxed);
                });
            }
        });
        let seconds = started.elapsed().as_secs_f64();
        let cpu = self.cpu_seconds() - cpu_before;
        match wrong.into_inner() {
            0 => Ok(Figure {
                rate: events as f64 / seconds,
                cpu_us: cpu * 1e6 / events as f64,
            }),
            wrong => Err(format!("{wrong} requests were not answered 201").into()),
        }
    }

    /// Stops it cleanly and adds up its files, in bytes.
    pub(super) fn stop_and_weigh(mut self) -> Fallible<u64> {
        let id = self.process.id().to_string();
        Command::new("kill").arg(id).status()?;
        self.process.wait()?;
        weigh(&self.folder.path().join("data"))
    }

    /// Processor time so far, where the system tells it.
    fn cpu_seconds(&self) -> f64 {
        let stat =
            fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap_or_default();
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let ticks = after_name.split_whitespace().skip(11).take(2);
        // A tick is a hundredth of a second on every Linux.
        ticks
            .filter_map(|ticks| ticks.parse::<f64>().ok())
            .sum::<f64>()
            / 100.0
    }
}

fn weigh(path: &Path) -> Fallible<u64> {
    if path.is_file() {
        return Ok(fs::metadata(path)?.len());
    }
    fs::read_dir(path)?.map(|entry| weigh(&entry?.path())).sum()
}

fn ask(address: &str, request: &str) -> Fallible<String> {
    use std::io::{Read, Write};
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn start_host(folder: tempfile::TempDir, command: &[&str; 2]) -> Fallible<Running> {
    let ready = folder.path().join("ready.json");
    let [program, subcommand] = command;
    let mut process = Command::new(program)
        .args([subcommand, "--addr", "127.0.0.1:0", "--data"])
        .arg(folder.path().join("data"))
        .arg("--ready-file")
        .arg(&ready)
        .env("BEARLUMEN_LOG", "warn")
        .env("BEARLUMEN_ADMIN_SECRET", ADMIN_SECRET)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let told: Value = wait_for(&mut process, || {
        serde_json::from_str(&fs::read_to_string(&ready).ok()?).ok()
    })?;
    let text = |field: &str| {
        told.get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    Ok(Running {
        process,
        folder,
        address: text("base_url").replace("http://", ""),
        key: text("api_key"),
    })
}

fn start_reference(folder: tempfile::TempDir, way: &str) -> Fallible<Running> {
    let data = folder.path().join("data");
    fs::create_dir_all(&data)?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let address = format!("127.0.0.1:{port}");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference/durable-object.js");
    let (script, data, socket, way) = (json!(script), json!(data), json!(address), json!(way));
    let config = format!(
        r#"using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "ledger", worker = .ledger), (name = "objects", disk = (path = {data}, writable = true))],
  sockets = [(name = "http", address = {socket}, http = (), service = "ledger")],
);
const ledger :Workerd.Worker = (
  modules = [(name = "durable-object.js", esModule = embed {script})],
  compatibilityDate = "2026-10-20",
  bindings = [(name = "LEDGER", durableObjectNamespace = "Ledger"), (name = "WAY", text = {way})],
  durableObjectNamespaces = [(className = "Ledger", uniqueKey = "ledger", enableSql = true)],
  durableObjectStorage = (localDisk = "objects"),
);
"#
    );
    let path = folder.path().join("config.capnp");
    fs::write(&path, config)?;
    let mut process = Command::new(workerd()?)
        .args(["serve", "--import-path=/"])
        .arg(&path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    wait_for(&mut process, || TcpStream::connect(&address).ok())?;
    Ok(Running {
        process,
        folder,
        address,
        key: String::new(),
    })
}

/// The runtime that `make edge` uses.
pub(crate) fn workerd() -> Fallible<PathBuf> {
    let packages = fs::read_dir("tests/edge/node_modules/@cloudflare")?;
    let found = packages
        .filter_map(Result::ok)
        .map(|package| package.path().join("bin/workerd"))
        .find(|path| path.exists());
    found.ok_or_else(|| "workerd is not installed: run `cargo xtask edge-toolchain`".into())
}

pub(crate) fn wait_for<T>(process: &mut Child, mut look: impl FnMut() -> Option<T>) -> Fallible<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return Ok(found);
        }
        if process.try_wait()?.is_some() || started.elapsed() > Duration::from_mins(2) {
            return Err("the program did not start".into());
        }
        thread::sleep(Duration::from_millis(2));
    }
}
