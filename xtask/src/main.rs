//! Tasks of this repository that are longer than five shell lines. Run as `cargo xtask <command>`.

mod catalog;
mod edge;
mod lockfile;
mod openapi;
mod probe;
mod repository;
mod run;
mod say;
mod size;
mod toolchain;
mod uniffi;
mod wasm_module;
mod worker_build;
mod workerd;
mod wrangler;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  edge-toolchain      make everything available that building and running the Worker takes
  worker-build        build worker/ to wasm in worker/build/ and print its size
      --if-stale          only where a source is newer than the last build
  wasm-module         build the core as the wasm module inside the npm package, and print its size
  edge [options]      run the Worker on workerd, on this machine, until Ctrl-C
      --addr HOST:PORT    where to listen; port 0 lets the system choose   [127.0.0.1:8787]
      --data DIR          where organisations, secrets and the key are kept [.dev/edge]
      --in-front PATH     a module to put before the Worker's own, for tests of what the platform may do to it
      --ready-file PATH   write base_url, api_key, admin_secret and pid there as JSON once it answers
  edge-probe          check that workerd's SQLite answers what tests/edge/sql-on-workerd.txt records
      --accept            record what it answers now
  edge-hello          build a Worker that only greets, which the bench compares the start of ours with
  catalog             bring core/catalog/prices up to date with the public catalogues, adding only
      --check             change nothing: check form, past, and that what both catalogues agree on is ours
      --pin               only record new prices in core/catalog/prices.digest
      --today DATE        the day to work as of
  uniffi              build the core for Kotlin, Ruby and Swift, and write the face each of them sees
  openapi             write docs/openapi.json and endpoints.md as the route tables say
      --check             change nothing: fail if they are not that
  wrangler-dry-run    check wrangler.toml and the bundle with wrangler, without deploying
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", [].as_slice()),
    };
    let outcome = match command {
        "edge-toolchain" => toolchain::ensure().map(drop),
        "worker-build" => worker_build::build(rest),
        "wasm-module" => wasm_module::build(),
        "edge" => edge::serve(rest),
        "edge-announce" => edge::announce(rest), // by `edge` itself, beside the server
        "edge-probe" => probe::run(rest),
        "edge-hello" => worker_build::build_hello(),
        "catalog" => catalog::run(rest),
        "uniffi" => uniffi::build(),
        "openapi" => openapi::run(rest),
        "wrangler-dry-run" => wrangler::dry_run(),
        "help" | "--help" | "-h" => {
            say::plain(HELP);
            Ok(())
        }
        unknown => Err(format!("there is no command `{unknown}`\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            say::failure(&reason);
            ExitCode::FAILURE
        }
    }
}
