//! The options of `cargo xtask edge`.

use std::path::{Path, PathBuf};

use crate::repository;

/// What the user asked for.
#[derive(Debug, PartialEq)]
pub(super) struct Options {
    /// Where to listen.
    pub(super) addr: String,
    /// Where everything is kept, absolute.
    pub(super) data: PathBuf,
    /// A module that stands before the Worker's own, absolute: tests have it make the platform fail.
    pub(super) in_front: Option<PathBuf>,
    /// Where to tell a program that it is ready.
    pub(super) ready_file: Option<PathBuf>,
    /// The server's process, known to the announcement beside it.
    pub(super) pid: Option<u32>,
}

impl Options {
    /// Reads the command line.
    pub(super) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self {
            addr: "127.0.0.1:8787".to_owned(),
            data: repository::root().join(".dev/edge"),
            in_front: None,
            ready_file: None,
            pid: None,
        };
        let mut arguments = arguments.iter();
        while let Some(name) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .ok_or_else(|| format!("{name} needs a value"))
            };
            match name.as_str() {
                "--addr" => options.addr.clone_from(value()?),
                "--data" => options.data = absolute(value()?)?,
                "--in-front" => options.in_front = Some(absolute(value()?)?),
                "--ready-file" => options.ready_file = Some(absolute(value()?)?),
                "--pid" => {
                    let pid = value()?;
                    options.pid = Some(
                        pid.parse()
                            .map_err(|_| format!("--pid {pid} is no process"))?,
                    );
                }
                unknown => return Err(format!("`edge` has no option `{unknown}`")),
            }
        }
        if options
            .addr
            .rsplit_once(':')
            .is_none_or(|(_, port)| port.parse::<u16>().is_err())
        {
            return Err(format!("--addr {} is not HOST:PORT", options.addr));
        }
        Ok(options)
    }
}

fn absolute(path: &str) -> Result<PathBuf, String> {
    std::path::absolute(Path::new(path)).map_err(|error| format!("{path}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn parse(arguments: &[&str]) -> Result<Options, String> {
        Options::parse(
            &arguments
                .iter()
                .map(|&argument| argument.to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn without_options_it_listens_on_the_documented_address() {
        assert_eq!(parse(&[]).unwrap().addr, "127.0.0.1:8787");
    }

    #[test]
    fn a_mistyped_option_is_named() {
        assert_eq!(
            parse(&["--port", "1"]).unwrap_err(),
            "`edge` has no option `--port`"
        );
        assert_eq!(
            parse(&["--addr", "localhost"]).unwrap_err(),
            "--addr localhost is not HOST:PORT"
        );
    }
}
