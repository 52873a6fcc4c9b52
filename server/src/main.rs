//! The `bearlumen` command.

use bearlumen_server::command::{self, Command};
use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

/// What did each AI call cost, for whom, and was it worth it.
#[derive(Parser)]
#[command(name = "bearlumen", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    match command::run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing can be said when even standard error is gone.
            let _ = writeln!(std::io::stderr(), "bearlumen: {error}");
            ExitCode::FAILURE
        }
    }
}
