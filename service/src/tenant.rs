//! What one organisation's thread or object keeps in memory. Losing it at any moment loses nothing.

use crate::sql::{Sql, SqlError};

/// The memory beside an organisation's database: made once when the database is opened, handed to every call.
#[derive(Default)]
pub struct Tenant {}

impl Tenant {
    /// The memory of a database that was just opened.
    pub fn new() -> Self {
        Self::default()
    }

    /// Brings the stored sums up to the last event. Called before anything reads them.
    pub fn settle(&self, _sql: &dyn Sql) -> Result<(), SqlError> {
        Ok(())
    }
}
