//! What must survive a restart and nobody else may read: the secrets, and the first key.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// The secrets of one data folder.
pub(super) struct Vault {
    path: PathBuf,
    /// Signs keys.
    pub(super) secret: String,
    /// Opens the admin routes.
    pub(super) admin_secret: String,
    /// The organisation made on the first start.
    pub(super) organization: Option<Organization>,
}

/// An organisation and its first key.
#[derive(Clone)]
pub(super) struct Organization {
    /// Its id.
    pub(super) id: String,
    /// The key, in full.
    pub(super) api_key: String,
}

impl Vault {
    /// Reads the folder's secrets, or invents them.
    pub(super) fn open(data: &Path) -> Result<Self, String> {
        let path = data.join("secrets.json");
        if !path.exists() {
            let vault = Self {
                path,
                secret: random()?,
                admin_secret: random()?,
                organization: None,
            };
            vault.save()?;
            return Ok(vault);
        }
        let unusable = |reason: String| format!("{}: {reason}", path.display());
        let text = fs::read_to_string(&path).map_err(|error| unusable(error.to_string()))?;
        let stored: Value =
            serde_json::from_str(&text).map_err(|error| unusable(error.to_string()))?;
        let field = |name: &str| stored[name].as_str().map(str::to_owned);
        Ok(Self {
            secret: field("secret").ok_or_else(|| unusable("it has no `secret`".to_owned()))?,
            admin_secret: field("admin_secret")
                .ok_or_else(|| unusable("it has no `admin_secret`".to_owned()))?,
            organization: field("organization_id")
                .zip(field("api_key"))
                .map(|(id, api_key)| Organization { id, api_key }),
            path,
        })
    }

    /// Adds the organisation.
    pub(super) fn remember(&mut self, organization: Organization) -> Result<(), String> {
        self.organization = Some(organization);
        self.save()
    }

    fn save(&self) -> Result<(), String> {
        let organization = self.organization.as_ref();
        let stored = json!({
            "secret": self.secret,
            "admin_secret": self.admin_secret,
            "organization_id": organization.map(|organization| &organization.id),
            "api_key": organization.map(|organization| &organization.api_key),
        });
        write_private(&self.path, &stored)
    }
}

/// Writes JSON that only the owner can read, whole or not at all.
pub(super) fn write_private(path: &Path, value: &Value) -> Result<(), String> {
    let unfinished = path.with_extension("tmp");
    let _ = fs::remove_file(&unfinished);
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)
        .and_then(|mut file| writeln!(file, "{value:#}"))
        .and_then(|()| fs::rename(&unfinished, path))
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn random() -> Result<String, String> {
    let mut bytes = [0; 32];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .map_err(|error| format!("/dev/urandom: {error}"))?;
    Ok(bytes
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}")))
}
