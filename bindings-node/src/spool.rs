//! Undelivered events on disk, so that they outlive the process: one file for each client, locked while it lives.
//!
//! What stands in a file is the core's, `bearlumen_core::delivery`. Entries are written, not synced: they survive the
//! death of the process, not of the machine.

use bearlumen_core::delivery::{Delivery, read_spool, spool_entry, spool_label, spool_settled};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// How much of a file may be about settled events before it is written anew.
const MAX_WASTE: u64 = 1024 * 1024;

/// The file of one client.
pub(crate) struct Spool {
    path: PathBuf,
    file: File,
    written: u64,
    /// A write failed in the middle of a line.
    is_torn: bool,
}

/// A file whose client is gone, ours until it is dropped.
pub(crate) struct Left {
    path: PathBuf,
    file: File,
    pub(crate) events: Vec<Vec<u8>>,
    /// Lines that a crash or a disk has damaged.
    pub(crate) damaged: u64,
}

/// Whose events a folder may hold: those of one key at one service.
pub(crate) struct Owner {
    folder: PathBuf,
    label: String,
}

impl Owner {
    pub(crate) fn new(folder: &str, base_url: &str, api_key: &str) -> io::Result<Self> {
        let folder = PathBuf::from(folder);
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(&folder)?;
        let label = spool_label(base_url, api_key);
        Ok(Self { folder, label })
    }

    /// A file of our own. `token` tells it from all others.
    pub(crate) fn open(&self, token: &str) -> io::Result<Spool> {
        let name = format!("{}-{}-{token}.spool", self.label, std::process::id());
        Spool::create(self.folder.join(name))
    }

    /// What clients that are gone have left here, the oldest file first.
    pub(crate) fn left(&self) -> Vec<Left> {
        let mut files: Vec<_> = fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let written = path.metadata().and_then(|file| file.modified()).ok()?;
                self.owns(&path).then_some((written, path))
            })
            .collect();
        files.sort();
        files
            .into_iter()
            .filter_map(|(_, path)| Left::take(path).ok().flatten())
            .collect()
    }

    fn owns(&self, path: &Path) -> bool {
        let is_spool = path.extension().is_some_and(|ending| ending == "spool");
        let name = path.file_stem().and_then(|name| name.to_str());
        let rest = name.and_then(|name| name.strip_prefix(&self.label));
        is_spool && rest.is_some_and(|rest| rest.starts_with('-'))
    }
}

impl Spool {
    fn create(path: PathBuf) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        // Events name users.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.create_new(true).append(true).open(&path)?;
        file.lock()?;
        Ok(Self {
            path,
            file,
            written: 0,
            is_torn: false,
        })
    }

    /// Writes an event down, before it may be sent.
    pub(crate) fn add(&mut self, position: u64, event: &[u8]) -> io::Result<()> {
        self.write(&spool_entry(position, event))
    }

    /// Strikes out what `delivery` settled since the last call.
    pub(crate) fn settle(&mut self, delivery: &mut Delivery) -> io::Result<()> {
        let settled = delivery.take_settled();
        if settled.is_empty() {
            return Ok(());
        }
        let left: u64 = delivery
            .unsettled()
            .map(|(_, event)| event.len() as u64)
            .sum();
        if left == 0 {
            self.file.set_len(0)?;
            self.written = 0;
            self.is_torn = false;
            Ok(())
        } else if self.written > 2 * left + MAX_WASTE {
            self.rewrite(delivery)
        } else {
            self.write(&spool_settled(&settled))
        }
    }

    /// Lets go of the file: of an empty one nothing stays, any other is delivered by a later start.
    pub(crate) fn close(self, is_empty: bool) {
        if is_empty {
            // Should removing fail, a later start finds a file without events and removes it.
            let _ = self.file.set_len(0);
            let _ = fs::remove_file(&self.path);
        }
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.is_torn {
            self.file.write_all(b"\n")?;
        }
        self.is_torn = true;
        self.file.write_all(line)?;
        self.is_torn = false;
        self.written += line.len() as u64;
        Ok(())
    }

    /// The same events in a new file, which takes the old one's place at once or not at all.
    fn rewrite(&mut self, delivery: &Delivery) -> io::Result<()> {
        let beside = self.path.with_extension("rewritten");
        let mut anew = Self::create(beside)?;
        for (position, event) in delivery.unsettled() {
            anew.add(position, event)?;
        }
        fs::rename(&anew.path, &self.path)?;
        anew.path.clone_from(&self.path);
        *self = anew;
        Ok(())
    }
}

impl Left {
    /// `None` for a file whose client lives, and for one without events.
    fn take(path: PathBuf) -> io::Result<Option<Self>> {
        let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let found = read_spool(&bytes);
        let left = Self {
            path,
            file,
            events: found.events,
            damaged: found.damaged,
        };
        if left.events.is_empty() {
            left.remove();
            return Ok(None);
        }
        Ok(Some(left))
    }

    /// Its events stand in another file by now. Somebody who opened this one meanwhile finds it empty.
    pub(crate) fn remove(self) {
        let _ = self.file.set_len(0);
        let _ = fs::remove_file(&self.path);
    }
}
