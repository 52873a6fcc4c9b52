//! Beside the starting server: waits until it listens, makes the first organisation, and tells user and programs.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::options::Options;
use super::vault::{self, Organization, Vault};
use super::{http, say_stopped, shown};
use crate::say;

/// workerd listens within a second; a machine under load may take a few.
const PATIENCE: Duration = Duration::from_secs(30);
const TICK: Duration = Duration::from_millis(20);

/// Makes the announcement, once `control` tells the port.
pub(super) fn make(options: &Options, control: &Path) -> Result<(), String> {
    let Some(port) = wait_for_port(control, options.pid) else {
        say_stopped("workerd has ended or does not listen; its own words stand above");
        return Ok(());
    };
    let address = format!("{}:{port}", reachable_host(&options.addr));
    let mut vault = Vault::open(&options.data)?;
    let (organization, is_new) = match vault.organization.clone() {
        Some(organization) => (organization, false),
        None => (create(&address, &mut vault)?, true),
    };
    tell_user(&address, &organization, is_new, &options.data);
    let Some(ready_file) = &options.ready_file else {
        return Ok(());
    };
    let ready = json!({
        "base_url": format!("http://{address}"),
        "organization_id": organization.id,
        "api_key": organization.api_key,
        "admin_secret": vault.admin_secret,
        "pid": options.pid,
    });
    vault::write_private(ready_file, &ready)
}

fn tell_user(address: &str, organization: &Organization, is_new: bool, data: &Path) {
    let kept = if is_new { "made just now" } else { "as before" };
    say::plain(&format!(
        "\nBear Lumen on workerd: http://{address}\n\
         organisation {} ({kept}), data in {}, stop with Ctrl-C\n\n  \
         curl -H 'Authorization: Bearer {}' http://{address}/v1/ping\n",
        organization.id,
        shown(data),
        organization.api_key,
    ));
}

fn create(address: &str, vault: &mut Vault) -> Result<Organization, String> {
    let body = json!({ "name": "Local" }).to_string();
    let (status, answer) = http::post(address, "/admin/organizations", &vault.admin_secret, &body)?;
    let unusable =
        || format!("making the first organisation failed with status {status}: {answer}");
    let parsed: Value = serde_json::from_str(&answer).map_err(|_| unusable())?;
    let field = |pointer: &str| {
        parsed
            .pointer(pointer)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let organization = field("/organization/id")
        .zip(field("/key"))
        .filter(|_| status == 201)
        .map(|(id, api_key)| Organization { id, api_key })
        .ok_or_else(unusable)?;
    vault.remember(organization.clone())?;
    Ok(organization)
}

fn wait_for_port(control: &Path, pid: Option<u32>) -> Option<u64> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE && pid.is_none_or(is_alive) {
        if let Some(port) = fs::read_to_string(control)
            .ok()
            .and_then(|text| port(&text))
        {
            return Some(port);
        }
        thread::sleep(TICK);
    }
    None
}

/// One JSON line for each event; the only socket is ours.
fn port(control: &str) -> Option<u64> {
    control
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|event| event["event"] == "listen")
        .and_then(|event| event["port"].as_u64())
}

/// Where there is no `/proc` to ask, patience decides.
fn is_alive(pid: u32) -> bool {
    !Path::new("/proc/self").exists() || Path::new("/proc").join(pid.to_string()).exists()
}

/// The address to write into a URL: a server that listens everywhere is reached here.
fn reachable_host(addr: &str) -> &str {
    match addr.rsplit_once(':').map_or(addr, |(host, _)| host) {
        "0.0.0.0" | "*" => "127.0.0.1",
        "[::]" => "[::1]",
        host => host,
    }
}
