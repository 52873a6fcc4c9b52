//! workerd's configuration: what `wrangler.toml` says to Cloudflare, said to the runtime alone.

use std::path::Path;

use super::options::Options;
use crate::workerd::{COMPATIBILITY_DATE, quoted};

/// The configuration's text. Secrets come through the environment and are not in it.
pub(super) fn text(options: &Options, storage: &Path, build: &Path) -> String {
    let addr = quoted(&options.addr);
    // The first module is the one that answers.
    let in_front = options.in_front.as_ref().map_or_else(String::new, |path| {
        let path = quoted(&path.display().to_string());
        format!("(name = \"in-front.js\", esModule = embed {path}),\n    ")
    });
    let storage = quoted(&storage.display().to_string());
    let entry = quoted(&build.with_file_name("entry.js").display().to_string());
    let script = quoted(&build.join("index.js").display().to_string());
    let wasm = quoted(&build.join("index_bg.wasm").display().to_string());
    format!(
        r#"using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "bearlumen", worker = .bearlumen),
    (name = "objects", disk = (path = {storage}, writable = true)),
  ],
  sockets = [(name = "http", address = {addr}, http = (), service = "bearlumen")],
);

const bearlumen :Workerd.Worker = (
  modules = [
    {in_front}(name = "entry.js", esModule = embed {entry}),
    (name = "build/index.js", esModule = embed {script}),
    (name = "build/index_bg.wasm", wasm = embed {wasm}),
  ],
  compatibilityDate = "{COMPATIBILITY_DATE}",
  bindings = [
    (name = "ORGANIZATION", durableObjectNamespace = "Organization"),
    (name = "BEARLUMEN_SECRETS", fromEnvironment = "BEARLUMEN_SECRETS"),
    (name = "BEARLUMEN_ADMIN_SECRET", fromEnvironment = "BEARLUMEN_ADMIN_SECRET"),
    (name = "BEARLUMEN_KEY_PREFIXES", fromEnvironment = "BEARLUMEN_KEY_PREFIXES"),
    (name = "BEARLUMEN_LOG", fromEnvironment = "BEARLUMEN_LOG"),
  ],
  durableObjectNamespaces = [
    (className = "Organization", uniqueKey = "bearlumen-organization", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "objects"),
);
"#
    )
}
