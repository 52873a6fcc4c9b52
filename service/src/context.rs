//! What the host hands in with a request: time, randomness and the operator's settings.

use std::fmt;

/// The surroundings of one request. The service has no clock and no randomness of its own.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Milliseconds since 1970 UTC.
    pub now_ms: i64,
    /// Fresh random bytes, never used twice.
    pub entropy: [u8; 32],
    /// The operator's settings.
    pub settings: &'a Settings,
}

/// What the operator sets.
pub struct Settings {
    secrets: Vec<Vec<u8>>,
    admin_secret: Option<String>,
    key_prefixes: Vec<String>,
}

/// Why settings were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsError {
    /// No server secret.
    NoSecret,
    /// A server secret below 32 bytes.
    ShortSecret,
    /// An admin secret below 32 bytes.
    ShortAdminSecret,
    /// A key prefix that is empty or does not end in `_`.
    BadPrefix,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSecret => "at least one server secret is needed",
            Self::ShortSecret => "a server secret has at least 32 bytes",
            Self::ShortAdminSecret => "the admin secret has at least 32 bytes",
            Self::BadPrefix => "a key prefix ends in '_', as in bl_live_",
        })
    }
}

impl std::error::Error for SettingsError {}

/// The shortest secret: 256 bits.
const MIN_SECRET_BYTES: usize = 32;

impl Settings {
    /// Checks the settings. The first of `secrets` signs new keys, all of them are accepted; without an admin
    /// secret there are no admin routes; `extra_key_prefixes` are accepted beside `sk_live_` and `sk_test_`.
    pub fn new(
        secrets: Vec<Vec<u8>>,
        admin_secret: Option<String>,
        extra_key_prefixes: Vec<String>,
    ) -> Result<Self, SettingsError> {
        if secrets.is_empty() {
            return Err(SettingsError::NoSecret);
        }
        if secrets.iter().any(|secret| secret.len() < MIN_SECRET_BYTES) {
            return Err(SettingsError::ShortSecret);
        }
        if admin_secret
            .as_ref()
            .is_some_and(|secret| secret.len() < MIN_SECRET_BYTES)
        {
            return Err(SettingsError::ShortAdminSecret);
        }
        if extra_key_prefixes
            .iter()
            .any(|prefix| prefix.len() < 2 || !prefix.ends_with('_'))
        {
            return Err(SettingsError::BadPrefix);
        }
        let mut key_prefixes = vec!["sk_live_".to_owned(), "sk_test_".to_owned()];
        key_prefixes.extend(extra_key_prefixes);
        Ok(Self {
            secrets,
            admin_secret,
            key_prefixes,
        })
    }

    pub(crate) fn secrets(&self) -> &[Vec<u8>] {
        &self.secrets
    }

    pub(crate) fn admin_secret(&self) -> Option<&str> {
        self.admin_secret.as_deref()
    }

    pub(crate) fn key_prefixes(&self) -> &[String] {
        &self.key_prefixes
    }
}

impl fmt::Debug for Settings {
    /// Never shows a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("secrets", &self.secrets.len())
            .field("admin_secret", &self.admin_secret.is_some())
            .field("key_prefixes", &self.key_prefixes)
            .finish()
    }
}
