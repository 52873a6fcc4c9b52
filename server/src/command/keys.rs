//! `bearlumen keys create|list|revoke`

use super::CommandError;
use crate::data::{DataDir, DataError};
use crate::surroundings::{context, now_ms};
use bearlumen_service::{KeyRecord, create_key_as_operator, list_keys, revoke_key_as_operator};
use clap::{Args, Subcommand};
use std::io::{Write, stdout};
use std::path::PathBuf;

/// Arguments of `keys`.
#[derive(Args)]
pub struct Keys {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Make a key and print it; it is not shown again.
    Create {
        #[command(flatten)]
        place: Place,
        /// What the key may do, such as `usage:write,costs:read`; everything when absent.
        #[arg(long, value_delimiter = ',')]
        scopes: Vec<String>,
        /// What you call it.
        #[arg(long, default_value = "key")]
        name: String,
        /// How the key's text begins.
        #[arg(long, default_value = "sk_live_")]
        prefix: String,
    },
    /// List all keys, without their texts.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Make a key useless from now on.
    Revoke {
        #[command(flatten)]
        place: Place,
        /// The key's id, `key_…`.
        id: String,
    },
}

#[derive(Args)]
struct Place {
    /// The data directory.
    #[arg(long, default_value = super::DEFAULT_DATA)]
    data: PathBuf,
    /// The organization, where there are several.
    #[arg(long)]
    org: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Keys {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let mut out = stdout();
        match self.action {
            Action::Create {
                place,
                scopes,
                name,
                prefix,
            } => {
                let data = DataDir::open(&place.data)?;
                let extra = if matches!(prefix.as_str(), "sk_live_" | "sk_test_") {
                    Vec::new()
                } else {
                    vec![prefix.clone()]
                };
                let settings = data.settings(None, extra)?;
                let id = match data.organization(place.org.as_deref()) {
                    // A key is asked for before the first start: the organisation comes with it.
                    Err(DataError::NoOrganization) if place.org.is_none() => {
                        data.create_organization(&settings, "default")?.0
                    }
                    found => found?,
                };
                let sql = data.database(&id)?;
                let ctx = context(&settings).map_err(|_| DataError::Entropy)?;
                let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
                let key = create_key_as_operator(&sql, &ctx, &id, &prefix, &name, &scopes)?;
                if place.json {
                    writeln!(out, "{}", serde_json::to_string(&key)?)?;
                } else {
                    writeln!(out, "{}", key.key)?;
                }
            }
            Action::List { place } => {
                let keys = list_keys(&open(&place)?)?;
                if place.json {
                    writeln!(out, "{}", serde_json::to_string(&keys)?)?;
                } else {
                    for key in keys {
                        writeln!(out, "{}", line(&key))?;
                    }
                }
            }
            Action::Revoke { place, id } => {
                let key = revoke_key_as_operator(&open(&place)?, now_ms(), &id)?;
                if place.json {
                    writeln!(out, "{}", serde_json::to_string(&key)?)?;
                } else {
                    writeln!(out, "{}", line(&key))?;
                }
            }
        }
        Ok(())
    }
}

fn open(place: &Place) -> Result<crate::Sqlite, DataError> {
    let data = DataDir::open(&place.data)?;
    data.database(&data.organization(place.org.as_deref())?)
}

fn line(key: &KeyRecord) -> String {
    let state = key
        .revoked_at
        .as_ref()
        .map_or_else(|| "valid".to_owned(), |at| format!("revoked {at}"));
    format!(
        "{}  {}  {}  {}  {}",
        key.id,
        key.created_at,
        state,
        key.name,
        key.scopes.join(",")
    )
}
