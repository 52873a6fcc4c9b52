//! The data directory: the server's secret and one database file for each organisation.
//!
//! ```text
//! DIR/server-secret        signs API keys; one a line, the first signs, all are accepted; mode 0600
//! DIR/serving              empty; locked by the server that runs
//! DIR/organizations/org_….sqlite
//! ```

use crate::sqlite::{Log, Sqlite};
use crate::surroundings::{context, now_ms};
use bearlumen_service::{
    CreatedKey, KeyError, OrganizationId, Settings, SettingsError, SqlError,
    create_key_as_operator, create_organization, migrate,
};
use std::fmt::{self, Write as _};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What a database grows by: less may find room where that does not.
const PAGE: usize = 4096;

/// A data directory.
#[derive(Debug, Clone)]
pub struct DataDir {
    path: PathBuf,
}

/// Why the data directory could not be used.
#[derive(Debug)]
pub enum DataError {
    /// A file could not be read or written.
    File(PathBuf, io::Error),
    /// An organisation's database could not be opened.
    Database(PathBuf, SqlError),
    /// A database failed.
    Sql(SqlError),
    /// Another server has the directory.
    InUse(PathBuf),
    /// A key could not be made.
    Key(KeyError),
    /// The settings are wrong.
    Settings(SettingsError),
    /// The system has no random source.
    Entropy,
    /// There is no organisation yet, or not the one named.
    NoOrganization,
    /// There are several, and none was named.
    SeveralOrganizations(Vec<String>),
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Database(path, error) => {
                write!(f, "{}: {}", path.display(), error.message)
            }
            Self::InUse(path) => write!(
                f,
                "{}: another `bearlumen serve` uses this data directory",
                path.display()
            ),
            Self::Sql(error) => write!(f, "database: {}", error.message),
            Self::Key(error) => error.fmt(f),
            Self::Settings(error) => error.fmt(f),
            Self::Entropy => f.write_str("the system has no source of random numbers"),
            Self::NoOrganization => f.write_str(
                "no such organization in this data directory; `bearlumen serve` creates the first",
            ),
            Self::SeveralOrganizations(ids) => write!(
                f,
                "several organizations; name one with --org: {}",
                ids.join(", ")
            ),
        }
    }
}

impl std::error::Error for DataError {}

impl From<SqlError> for DataError {
    fn from(error: SqlError) -> Self {
        Self::Sql(error)
    }
}

impl From<KeyError> for DataError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl DataDir {
    /// Opens or creates the directory. A new one is its owner's alone.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        let folder = path.join("organizations");
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            builder.mode(0o700);
        }
        builder
            .create(&folder)
            .map_err(|error| DataError::File(folder, error))?;
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// Takes the directory for a server, as long as the answer lives: each organisation's file has one writer.
    pub fn lock(&self) -> Result<File, DataError> {
        let path = self.path.join("serving");
        let failed = |error| DataError::File(path.clone(), error);
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false);
        let file = file.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(DataError::InUse(self.path.clone())),
            // Not every network's file system has locks.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                Ok(file)
            }
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// The settings: the secret of this directory, made at first use, and what the operator set beside it.
    pub fn settings(
        &self,
        admin_secret: Option<String>,
        key_prefixes: Vec<String>,
    ) -> Result<Settings, DataError> {
        let text = self.secret()?;
        let secrets = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let secrets = secrets.map(|line| line.as_bytes().to_vec()).collect();
        Settings::new(secrets, admin_secret, key_prefixes).map_err(DataError::Settings)
    }

    fn secret(&self) -> Result<String, DataError> {
        let path = self.path.join("server-secret");
        if !path.exists() {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes).map_err(|_| DataError::Entropy)?;
            let mut text = String::with_capacity(65);
            for byte in bytes {
                // Writing to a String cannot fail.
                let _ = write!(text, "{byte:02x}");
            }
            text.push('\n');
            // Whole under a name of its own first: two first starts at once must agree on one secret.
            let draft = self
                .path
                .join(format!("server-secret.{}", std::process::id()));
            write_private(&draft, &text)?;
            let linked = fs::hard_link(&draft, &path);
            let _ = fs::remove_file(&draft);
            if let Err(error) = linked
                && error.kind() != io::ErrorKind::AlreadyExists
            {
                return Err(DataError::File(path, error));
            }
        }
        fs::read_to_string(&path).map_err(|error| DataError::File(path, error))
    }

    /// Reads and writes a little, down to the disk, to see whether that can be done.
    pub(crate) fn try_out(&self) -> io::Result<()> {
        // An empty directory in place of this one could be written as well.
        fs::read(self.path.join("server-secret"))?;
        let path = self.path.join("organizations").join(".healthz");
        let written = private(&path).and_then(|file| write_synced(file, &[0; PAGE]));
        let removed = fs::remove_file(&path);
        written.and(removed)
    }

    /// The organisations with a database here, by id.
    pub fn organizations(&self) -> Result<Vec<OrganizationId>, DataError> {
        let folder = self.path.join("organizations");
        let entries = fs::read_dir(&folder).map_err(|error| DataError::File(folder, error))?;
        let mut ids: Vec<OrganizationId> = entries
            .filter_map(Result::ok)
            .filter_map(|entry| {
                OrganizationId::parse(entry.file_name().to_str()?.strip_suffix(".sqlite")?)
            })
            .collect();
        ids.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        Ok(ids)
    }

    /// The organisation named, or the only one.
    pub fn organization(&self, named: Option<&str>) -> Result<OrganizationId, DataError> {
        let ids = self.organizations()?;
        if let Some(named) = named {
            return ids
                .into_iter()
                .find(|id| id.as_str() == named)
                .ok_or(DataError::NoOrganization);
        }
        match <[OrganizationId; 1]>::try_from(ids) {
            Ok([only]) => Ok(only),
            Err(ids) if ids.is_empty() => Err(DataError::NoOrganization),
            Err(ids) => Err(DataError::SeveralOrganizations(
                ids.iter().map(ToString::to_string).collect(),
            )),
        }
    }

    /// Where an organisation's database is.
    pub(crate) fn database_path(&self, id: &OrganizationId) -> PathBuf {
        self.path.join("organizations").join(format!("{id}.sqlite"))
    }

    /// Opens an organisation's database, current schema and all; creates it if it is not there.
    pub fn database(&self, id: &OrganizationId) -> Result<Sqlite, DataError> {
        let path = self.database_path(id);
        let open = || {
            let sql = Sqlite::open(&path)?;
            migrate(&sql, now_ms())?;
            Ok(sql)
        };
        open().map_err(|error| DataError::Database(path.clone(), error))
    }

    /// The same, with the log whose flushing is left to the caller.
    pub(crate) fn database_and_log(&self, id: &OrganizationId) -> Result<(Sqlite, Log), DataError> {
        let sql = self.database(id)?;
        let path = self.database_path(id);
        match sql.leave_flushing(&path) {
            Ok(log) => Ok((sql, log)),
            Err(error) => Err(DataError::Database(path, error)),
        }
    }

    /// Creates an organisation and a key with every scope.
    pub fn create_organization(
        &self,
        settings: &Settings,
        name: &str,
    ) -> Result<(OrganizationId, CreatedKey), DataError> {
        let ctx = context(settings).map_err(|_| DataError::Entropy)?;
        let id = ctx.entropy.first_chunk::<8>().ok_or(DataError::Entropy)?;
        let id = OrganizationId::from_bytes(*id);
        let sql = self.database(&id)?;
        create_organization(&sql, &id, name, ctx.now_ms)?;
        let key = create_key_as_operator(&sql, &ctx, &id, "sk_live_", "first key", &[])?;
        Ok((id, key))
    }
}

/// Writes a file that only its owner may read.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<(), DataError> {
    let written = private(path).and_then(|file| write_synced(file, text.as_bytes()));
    written.map_err(|error| DataError::File(path.to_owned(), error))
}

/// An empty file that only its owner may read.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

fn write_synced(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}
