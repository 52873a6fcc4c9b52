//! A spool's file: undelivered events of this process on disk, and those that dead processes left beside it.
//!
//! What stands in the file is the core's. Written, not synced: it survives the process, not the machine.

use crate::entropy::Entropy;
use bearlumen_core::delivery::{read_spool, spool_entry, spool_settled};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;

/// A file is written anew when so much more than what is left stands in it.
const MAX_WASTE: u64 = 1024 * 1024;

/// The folder of one client's spools.
#[derive(Debug)]
pub(crate) struct SpoolFolder {
    folder: PathBuf,
    /// Begins the names of files that hold events for the same key.
    label: String,
}

/// The spool of one process.
#[derive(Debug)]
pub(crate) struct Spool {
    file: File,
    path: PathBuf,
    size: u64,
    /// The last line may not have its end.
    torn: bool,
}

/// What a dead process left. It is locked until it is dropped.
#[derive(Debug)]
pub(crate) struct Orphan {
    file: File,
    path: PathBuf,
    pub(crate) events: Vec<Vec<u8>>,
    pub(crate) damaged: u64,
}

impl SpoolFolder {
    /// The folder, made if need be.
    pub(crate) fn new(folder: PathBuf, label: &str) -> io::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        // Tried here, where it can be said; later there is only the log.
        let this = Self {
            folder,
            label: label.to_owned(),
        };
        this.open(Entropy::new().take())?.close(true);
        Ok(this)
    }

    /// A new spool of this process.
    pub(crate) fn open(&self, entropy: [u8; 8]) -> io::Result<Spool> {
        let id = u64::from_ne_bytes(entropy);
        let name = format!("{}-{}-{id:016x}.spool", self.label, std::process::id());
        Spool::create(self.folder.join(name))
    }

    /// What dead processes left for the same key.
    pub(crate) fn orphans(&self) -> Vec<Orphan> {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return Vec::new();
        };
        let prefix = format!("{}-", self.label);
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| {
                let name = path.file_name().and_then(|name| name.to_str());
                let is_spool = path.extension().is_some_and(|ending| ending == "spool");
                is_spool && name.is_some_and(|name| name.starts_with(&prefix))
            })
            .collect();
        paths.sort();
        paths.into_iter().filter_map(Orphan::adopt).collect()
    }
}

impl Spool {
    fn create(path: PathBuf) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        // Events name users.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        file.lock()?;
        Ok(Self {
            file,
            path,
            size: 0,
            torn: false,
        })
    }

    /// Writes an event down, before it may be sent.
    pub(crate) fn queued(&mut self, position: u64, event: &[u8]) -> io::Result<()> {
        self.append(spool_entry(position, event))
    }

    /// Strikes out settled events. `left` are those that are not, with their whole size.
    pub(crate) fn settled<'e>(
        &mut self,
        positions: &[u64],
        left: impl Iterator<Item = (u64, &'e [u8])> + Clone,
    ) -> io::Result<()> {
        let left_bytes: u64 = left.clone().map(|(_, event)| event.len() as u64).sum();
        if left_bytes == 0 {
            self.file.set_len(0)?;
            (self.size, self.torn) = (0, false);
            return Ok(());
        }
        if self.size > 2 * left_bytes + MAX_WASTE {
            return self.write_anew(left);
        }
        self.append(spool_settled(positions))
    }

    /// Leaves the file to who comes next, or removes it when nothing is left.
    pub(crate) fn close(self, is_empty: bool) {
        if is_empty {
            // A file that stays is empty, and removed by who adopts it.
            let _ = self.file.set_len(0);
            let _ = fs::remove_file(&self.path);
        }
    }

    fn append(&mut self, mut line: Vec<u8>) -> io::Result<()> {
        if self.torn {
            line.insert(0, b'\n');
        }
        self.torn = true;
        self.file.write_all(&line)?;
        self.torn = false;
        self.size += line.len() as u64;
        Ok(())
    }

    fn write_anew<'e>(&mut self, left: impl Iterator<Item = (u64, &'e [u8])>) -> io::Result<()> {
        let beside = self.path.with_extension("new");
        let _ = fs::remove_file(&beside);
        let mut anew = Self::create(beside)?;
        for (position, event) in left {
            anew.queued(position, event)?;
        }
        fs::rename(&anew.path, &self.path)?;
        anew.path = std::mem::take(&mut self.path);
        *self = anew;
        Ok(())
    }
}

impl Orphan {
    /// Takes a spool over that nobody holds any more.
    fn adopt(path: PathBuf) -> Option<Self> {
        let mut file = OpenOptions::new().read(true).write(true).open(&path).ok()?;
        file.try_lock().ok()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).ok()?;
        let left = read_spool(&bytes);
        let orphan = Self {
            file,
            path,
            events: left.events,
            damaged: left.damaged,
        };
        if orphan.events.is_empty() {
            orphan.remove();
            return None;
        }
        Some(orphan)
    }

    /// Its events stand elsewhere now. Who opened the file meanwhile finds it empty.
    pub(crate) fn remove(self) {
        let _ = self.file.set_len(0);
        let _ = fs::remove_file(&self.path);
    }
}
