//! Beside the starting server: waits until it listens, makes the first organisation, and tells user and programs.

use std::path::Path;

use serde_json::{Value, json};

use super::options::Options;
use super::shown;
use super::vault::{self, Organization, Vault};
use crate::say;
use crate::workerd::{http, wait_for_port};

/// Makes the announcement, once `control` tells the port.
pub(super) fn make(options: &Options, control: &Path) -> Result<(), String> {
    let Some(port) = wait_for_port(control, options.pid) else {
        return Err("workerd has ended or does not listen; its own words stand above".to_owned());
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
    let (status, answer) = http::request(
        "POST",
        address,
        "/admin/organizations",
        &vault.admin_secret,
        &body,
    )?;
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

/// The address to write into a URL: a server that listens everywhere is reached here.
fn reachable_host(addr: &str) -> &str {
    match addr.rsplit_once(':').map_or(addr, |(host, _)| host) {
        "0.0.0.0" | "*" => "127.0.0.1",
        "[::]" => "[::1]",
        host => host,
    }
}
