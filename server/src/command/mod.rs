//! The subcommands.

mod cost;
mod keys;
mod prices;
mod serve;

use clap::Subcommand;
use std::fmt;

/// What `bearlumen` can do.
#[derive(Subcommand)]
pub enum Command {
    /// Serve the API over a local database.
    Serve(serve::Serve),
    /// Create, list and revoke API keys, whether the server runs or not.
    Keys(keys::Keys),
    /// Price provider responses: JSON lines in, JSON lines out.
    Cost(cost::Cost),
    /// Show who sells a model and at what prices.
    Prices(prices::Prices),
}

/// A failed command, in words for a person.
#[derive(Debug)]
pub struct CommandError(String);

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for CommandError {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Runs a subcommand to its end.
pub fn run(command: Command) -> Result<(), CommandError> {
    match command {
        Command::Serve(serve) => serve.run(),
        Command::Keys(keys) => keys.run(),
        Command::Cost(_) => cost::run(),
        Command::Prices(prices) => prices.run(),
    }
}

/// Where the data is when nobody says.
const DEFAULT_DATA: &str = "bearlumen-data";
