//! The spool of a tracker, when its user wants one. What goes wrong here is said once and costs no event: it stays in
//! memory.

use crate::errors::invalid_request;
use crate::spool::{Orphan, Spool, SpoolFolder};
use bearlumen_core::delivery::Delivery;
use pyo3::prelude::*;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Nothing, or a folder and the file opened there by the first event.
#[derive(Debug, Default)]
pub(crate) struct Spooling {
    folder: Option<Arc<SpoolFolder>>,
    spool: Option<Spool>,
    trouble: Option<String>,
    was_told: bool,
}

impl Spooling {
    pub(crate) fn new(given: Option<(PathBuf, String)>) -> PyResult<Self> {
        let Some((path, label)) = given else {
            return Ok(Self::default());
        };
        let folder = SpoolFolder::new(path, &label).map_err(|error| {
            let message = format!("spool_dir cannot be written to: {error}");
            Python::attach(|py| invalid_request(py, "validation_error", &message))
        })?;
        Ok(Self {
            folder: Some(Arc::new(folder)),
            ..Self::default()
        })
    }

    /// A forked child has a file of its own. The parent's stays locked by the parent.
    pub(crate) fn of_a_child(&mut self) -> Self {
        self.spool = None;
        Self {
            folder: self.folder.clone(),
            ..Self::default()
        }
    }

    pub(crate) fn is_wanted(&self) -> bool {
        self.folder.is_some()
    }

    pub(crate) fn orphans(&self) -> Vec<Orphan> {
        self.folder
            .as_ref()
            .map_or_else(Vec::new, |folder| folder.orphans())
    }

    pub(crate) fn queued(&mut self, position: u64, event: &[u8], entropy: [u8; 8]) {
        let Some(folder) = &self.folder else { return };
        let opened = match self.spool.take() {
            Some(spool) => Ok(spool),
            None => folder.open(entropy),
        };
        let written = opened.and_then(|spool| self.spool.insert(spool).queued(position, event));
        self.note(written);
    }

    pub(crate) fn settled(&mut self, positions: &[u64], delivery: &Delivery) {
        if let Some(spool) = &mut self.spool {
            let left: Vec<_> = delivery.unsettled().collect();
            let written = spool.settled(positions, left.into_iter());
            self.note(written);
        }
    }

    pub(crate) fn close(&mut self, is_empty: bool) {
        if let Some(spool) = self.spool.take() {
            spool.close(is_empty);
        }
    }

    /// Counts lines that could not be read.
    pub(crate) fn damaged(&mut self, lines: u64) {
        if lines > 0 {
            self.trouble = Some(format!("{lines} entries of a spool could not be read"));
        }
    }

    pub(crate) fn trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    fn note(&mut self, written: io::Result<()>) {
        match written {
            Ok(()) => self.was_told = false,
            Err(error) if !self.was_told => {
                self.was_told = true;
                self.trouble = Some(format!("events are kept in memory alone: {error}"));
            }
            Err(_) => {}
        }
    }
}
