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

/// What glibc lets blocks grow to before it asks the system for each, and half of what it keeps at the end of a heap.
const KEPT_BYTES: usize = 4 << 20;

fn main() -> ExitCode {
    // It learns from the largest block that was given back. A batch takes a few times the memory of its text, which would
    // be fetched from the system and handed back again with every one otherwise.
    drop(std::hint::black_box(Vec::<u8>::with_capacity(KEPT_BYTES)));
    match command::run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing can be said when even standard error is gone.
            let _ = writeln!(std::io::stderr(), "bearlumen: {error}");
            ExitCode::FAILURE
        }
    }
}
