//! One meter for all threads of a process.

use super::Meter;
use std::sync::{Mutex, TryLockError};

/// A [`Meter`] that several threads use. Nobody ever waits for it: who finds it in use reads at length.
#[derive(Debug, Default)]
pub struct SharedMeter(Mutex<Meter>);

impl SharedMeter {
    /// A meter that has seen nothing.
    pub const fn new() -> Self {
        Self(Mutex::new(Meter::new()))
    }

    /// Lends the meter, or a new one where another thread has it (or had it when this process was forked off).
    pub fn with<R>(&self, then: impl FnOnce(&mut Meter) -> R) -> R {
        match self.0.try_lock() {
            Ok(mut meter) => then(&mut meter),
            Err(TryLockError::Poisoned(meter)) => then(&mut meter.into_inner()),
            Err(TryLockError::WouldBlock) => then(&mut Meter::new()),
        }
    }
}
