//! Running other programs: with a time limit, and with a sign of life while one takes long.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::say;

/// How often a long step says that it is still at work.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
/// How often a running program is looked at.
const TICK: Duration = Duration::from_millis(50);
/// How much of a failed program's output is shown, at its beginning and at its end.
const SHOWN_LINES: usize = 30;

/// Runs to the end. Output is kept back and shown only on failure; meanwhile the last line that the
/// program wrote serves as progress.
pub(crate) fn quietly(command: &mut Command) -> Result<(), String> {
    within(command, Duration::MAX)
}

/// As [`quietly`], but ends the program after `limit`.
pub(crate) fn within(command: &mut Command, limit: Duration) -> Result<(), String> {
    let name = name(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("`{name}` cannot be started: {error}"))?;
    let lines = Arc::new(Mutex::new(Vec::new()));
    let readers = [
        child.stdout.take().map(|pipe| collect(pipe, &lines)),
        child.stderr.take().map(|pipe| collect(pipe, &lines)),
    ];
    let started = Instant::now();
    let mut next_sign = SIGN_OF_LIFE;
    let status = loop {
        if let Some(status) = child
            .try_wait()
            .map_err(|error| format!("`{name}`: {error}"))?
        {
            break status;
        }
        let elapsed = started.elapsed();
        if elapsed >= limit {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!(
                "`{name}` did not finish within {} s",
                limit.as_secs()
            ));
        }
        if elapsed >= next_sign {
            next_sign += SIGN_OF_LIFE;
            say::detail(&format!("{} s  {}", elapsed.as_secs(), last(&lines)));
        }
        thread::sleep(TICK);
    };
    for reader in readers.into_iter().flatten() {
        let _ = reader.join();
    }
    if status.success() {
        return Ok(());
    }
    Err(format!("`{name}` failed ({status}):\n{}", shown(&lines)))
}

/// Runs to the end and returns what the program wrote, or nothing if it is missing or failed.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a program of this name can be started.
pub(crate) fn exists(program: &str) -> bool {
    answer(Command::new(program).arg("--version")).is_some()
}

fn collect(
    pipe: impl Read + Send + 'static,
    lines: &Arc<Mutex<Vec<String>>>,
) -> thread::JoinHandle<()> {
    let lines = Arc::clone(lines);
    thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            if let Ok(mut lines) = lines.lock() {
                lines.push(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
        }
    })
}

fn last(lines: &Mutex<Vec<String>>) -> String {
    let Ok(lines) = lines.lock() else {
        return String::new();
    };
    lines
        .iter()
        .rev()
        .find(|line| !line.is_empty())
        .map(|line| line.trim().to_owned())
        .unwrap_or_default()
}

fn shown(lines: &Mutex<Vec<String>>) -> String {
    let Ok(lines) = lines.lock() else {
        return String::new();
    };
    let lines: Vec<&str> = lines
        .iter()
        .map(String::as_str)
        .filter(|line| !is_progress(line))
        .collect();
    let Some(left_out) = lines.len().checked_sub(2 * SHOWN_LINES) else {
        return lines.join("\n");
    };
    format!(
        "{}\n… {left_out} lines …\n{}",
        lines[..SHOWN_LINES].join("\n"),
        lines[lines.len() - SHOWN_LINES..].join("\n")
    )
}

/// What cargo says while all is well.
fn is_progress(line: &str) -> bool {
    let first = line.split_whitespace().next().unwrap_or_default();
    matches!(
        first,
        "Compiling"
            | "Checking"
            | "Downloaded"
            | "Downloading"
            | "Locking"
            | "Adding"
            | "Updating"
            | ""
    )
}

fn name(command: &Command) -> String {
    let arguments = command
        .get_args()
        .take(3)
        .map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(command.get_program().to_string_lossy().into_owned())
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}
