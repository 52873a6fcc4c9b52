//! Which port the runtime got.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// workerd listens within a second; a machine under load may take a few.
const PATIENCE: Duration = Duration::from_secs(30);
const TICK: Duration = Duration::from_millis(20);

/// Waits for the port in `control`, as long as the process `pid` lives.
pub(crate) fn wait_for_port(control: &Path, pid: Option<u32>) -> Option<u64> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE && pid.is_none_or(is_alive) {
        if let Some(port) = fs::read_to_string(control)
            .ok()
            .and_then(|text| port(&text))
        {
            return Some(port);
        }
        thread::sleep(TICK);
    }
    None
}

/// One JSON line for each event; the only socket is ours.
fn port(control: &str) -> Option<u64> {
    control
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|event| event["event"] == "listen")
        .and_then(|event| event["port"].as_u64())
}

/// Where there is no `/proc` to ask, patience decides. A process that has ended and waits for its parent to look
/// stands there in the state `Z`.
fn is_alive(pid: u32) -> bool {
    if !Path::new("/proc/self").exists() {
        return true;
    }
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        !stat
            .rsplit_once(')')
            .is_some_and(|(_, state)| state.starts_with(" Z"))
    })
}

#[cfg(test)]
mod tests {
    use super::port;

    #[test]
    fn the_port_is_known_once_the_line_is_whole() {
        assert_eq!(port("{\"event\":\"listen\",\"socket\":\"http\",\"po"), None);
        assert_eq!(
            port("{\"event\":\"listen\",\"socket\":\"http\",\"port\":8787}\n"),
            Some(8787)
        );
    }
}
