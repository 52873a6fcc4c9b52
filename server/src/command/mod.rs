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
    /// Price provider responses: JSON lines in, JSON lines out, or a table on a terminal.
    ///
    /// A line is {"response": the body, or its text} or {"stream": text, or a list of chunks, lines or pieces}, with
    /// optional provider, model, url, headers and at. Each has one answer, an error being one, too.
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
        Command::Cost(cost) => cost::run(&cost),
        Command::Prices(prices) => prices.run(),
    }
}

/// Where the data is when nobody says.
const DEFAULT_DATA: &str = "bearlumen-data";
