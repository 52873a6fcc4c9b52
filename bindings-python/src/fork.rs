//! Forks that Python does not know of: servers written in C fork their workers by themselves, past Python's hooks.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many forks lie between this process and the one that loaded the module.
static FORKS: AtomicUsize = AtomicUsize::new(0);
/// How many of them the package has started over after.
static SEEN: AtomicUsize = AtomicUsize::new(0);

/// Counts forks from here on.
#[cfg(unix)]
#[expect(unsafe_code, reason = "the system calls back by a function of C's")]
pub(crate) fn watch() {
    extern "C" fn forked() {
        FORKS.fetch_add(1, Ordering::Relaxed);
    }
    // SAFETY: the function is there for as long as the module, which no interpreter unloads, and does nothing but add
    // to a number, which is allowed in a child.
    unsafe { libc::pthread_atfork(None, None, Some(forked)) };
}

/// There are no forks.
#[cfg(not(unix))]
pub(crate) const fn watch() {}

/// Lets the package start over where that is due: once in each child.
pub(crate) fn notice(py: Python<'_>) -> PyResult<()> {
    static START_OVER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    if FORKS.load(Ordering::Relaxed) == SEEN.load(Ordering::Relaxed) {
        return Ok(());
    }
    START_OVER
        .import(py, "bearlumen._lifetime", "start_over_in_child")?
        .call0()
        .map(drop)
}

/// Starts over where the process was forked since.
#[pyfunction]
pub(crate) fn notice_fork(py: Python<'_>) -> PyResult<()> {
    notice(py)
}

/// Says that everything starts over now.
#[pyfunction]
pub(crate) fn fork_noticed() {
    SEEN.store(FORKS.load(Ordering::Relaxed), Ordering::Relaxed);
}
