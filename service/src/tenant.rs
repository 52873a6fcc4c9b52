//! What one organisation's thread or object keeps in memory. Losing it at any moment loses nothing.

use crate::auth::KnownKeys;
use crate::limits::Limits;
use crate::settings::{OwnPrices, Settings, SettingsCache};
use crate::sql::{Sql, SqlError};
use bearlumen_core::pricing::TenantPrices;
use std::rc::Rc;

/// The memory beside an organisation's database: made once when the database is opened, handed to every call.
#[derive(Default)]
pub struct Tenant {
    limits: Limits,
    keys: KnownKeys,
    settings: SettingsCache,
    own_prices: OwnPrices,
}

impl Tenant {
    /// The memory of a database that was just opened.
    pub fn new() -> Self {
        Self::default()
    }

    /// How much of each key's allowance is used up.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The keys that were used.
    pub(crate) fn keys(&self) -> &KnownKeys {
        &self.keys
    }

    /// The organisation's settings.
    pub(crate) fn settings(&self, sql: &dyn Sql) -> Result<Rc<Settings>, SqlError> {
        self.settings.get(sql)
    }

    /// The organisation's own prices, if it has any.
    pub(crate) fn own_prices(&self, sql: &dyn Sql) -> Result<Option<Rc<TenantPrices>>, SqlError> {
        self.own_prices.get(sql)
    }

    /// Has settings, prices and keys read again: they were changed, or a change was undone.
    pub(crate) fn forget_settings(&self) {
        self.keys.forget();
        self.settings.forget();
        self.own_prices.forget();
    }

    /// DEV
    pub(crate) fn set_time_zone(&self, sql: &dyn Sql, name: &str) -> Result<(), SqlError> {
        crate::settings::write(sql, "time_zone", name)
    }

    /// Brings the stored sums up to the last event. Called before anything reads them.
    pub fn settle(&self, _sql: &dyn Sql) -> Result<(), SqlError> {
        Ok(())
    }
}
