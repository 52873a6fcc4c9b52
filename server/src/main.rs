//! The `bearlumen` command.

use bearlumen_server::command::{self, Command};
use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

/// A batch is read on one thread and given back on another. glibc's heaps, each of a thread, fetch that memory from the
/// system and hand it back over and over; this one keeps it for some seconds. It is built for one size of the system's
/// pages, and elsewhere a machine may have another than the one that it was built on.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What did each AI call cost, for whom, and was it worth it.
#[derive(Parser)]
#[command(name = "bearlumen", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// Elsewhere, what glibc lets blocks grow to before it asks the system for each, and half of what it keeps at the end of a
/// heap.
const KEPT_BYTES: usize = 4 << 20;

fn main() -> ExitCode {
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
        // It learns from the largest block that was given back.
        drop(std::hint::black_box(Vec::<u8>::with_capacity(KEPT_BYTES)));
    }
    match command::run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing can be said when even standard error is gone.
            let _ = writeln!(std::io::stderr(), "bearlumen: {error}");
            ExitCode::FAILURE
        }
    }
}
