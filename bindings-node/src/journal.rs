//! The spool of a client, once it has one.

use crate::spool::Spool;
use bearlumen_core::delivery::Delivery;
use bearlumen_js::Journal;
use std::io;

/// Not open until somebody asks for it.
#[derive(Default)]
pub(crate) struct Disk {
    pub(crate) spool: Option<Spool>,
    /// What went wrong with it, until somebody asks.
    pub(crate) error: Option<io::Error>,
}

impl Journal for Disk {
    fn is_open(&self) -> bool {
        self.spool.is_some()
    }

    fn add(&mut self, position: u64, event: &[u8]) {
        if let Some(spool) = &mut self.spool
            && let Err(error) = spool.add(position, event)
        {
            self.error = Some(error);
        }
    }

    fn settle(&mut self, delivery: &mut Delivery) {
        if let Some(spool) = &mut self.spool
            && let Err(error) = spool.settle(delivery)
        {
            self.error = Some(error);
        }
    }
}
