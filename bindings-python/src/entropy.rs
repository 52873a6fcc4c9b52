//! Random bits from the operating system, fetched in bulk: one system call for many events.

use std::hash::{BuildHasher, RandomState};

const BLOCK: usize = 1024;

/// A block of random bytes, each handed out once.
#[derive(Debug)]
pub(crate) struct Entropy {
    block: Box<[u8; BLOCK]>,
    used: usize,
}

impl Entropy {
    /// Nothing fetched yet. A process that forks starts its child with this: both drawing from one block
    /// would give two events the same key, and the service would take them for one.
    pub(crate) fn new() -> Self {
        Self {
            block: Box::new([0; BLOCK]),
            used: BLOCK,
        }
    }

    pub(crate) fn take<const N: usize>(&mut self) -> [u8; N] {
        if self.used + N > BLOCK {
            self.refill();
        }
        let mut bytes = [0; N];
        for (byte, from) in bytes.iter_mut().zip(self.block.iter().skip(self.used)) {
            *byte = *from;
        }
        self.used += N;
        bytes
    }

    fn refill(&mut self) {
        self.used = 0;
        if getrandom::fill(self.block.as_mut_slice()).is_ok() {
            return;
        }
        // Every supported system has the call. Where a sandbox forbids it, the hasher's keys still differ from
        // process to process, and the count makes each word differ from the last.
        let state = RandomState::new();
        for (count, word) in self.block.chunks_mut(8).enumerate() {
            word.copy_from_slice(
                &state
                    .hash_one((crate::clock::wall_ms(), count))
                    .to_ne_bytes(),
            );
        }
    }
}
