//! The service's `Sql` over a SQLite file.

use bearlumen_service::{Insert, Param, Row, Sql, SqlError, SqlErrorKind, Value};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql};
use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// An open database.
pub struct Sqlite {
    connection: Connection,
    /// How many transactions are open inside each other.
    depth: Cell<u32>,
}

/// How long another process (`bearlumen keys create`) may hold the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

impl Sqlite {
    /// Opens or creates the file. A commit returns when it is on the disk.
    pub fn open(path: &Path) -> Result<Self, SqlError> {
        Self::prepare(Connection::open(path).map_err(error)?)
    }

    /// A database that is gone with the value.
    pub fn in_memory() -> Result<Self, SqlError> {
        Self::prepare(Connection::open_in_memory().map_err(error)?)
    }

    fn prepare(connection: Connection) -> Result<Self, SqlError> {
        connection.busy_timeout(BUSY_TIMEOUT).map_err(error)?;
        // A file keeps the size of its pages from its making on: half as many calls of the system to write a batch as
        // with SQLite's own 4 KiB, and no more for a single event. 64 MiB of pages: the rollups and the indexes' hot
        // ends of a large ledger. A checkpoint every 64 MiB: pages that many batches write reach the file once.
        connection
            .execute_batch(
                "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; \
                 PRAGMA wal_autocheckpoint = 8000; PRAGMA journal_size_limit = 67108864; \
                 PRAGMA temp_store = MEMORY;",
            )
            .map_err(error)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self {
            connection,
            depth: Cell::new(0),
        })
    }

    /// From here on a commit returns before it is on the disk: whoever waits for that has [`Log::flush`] do it.
    pub(crate) fn leave_flushing(&self, path: &Path) -> Result<Log, SqlError> {
        // What a former process wrote and could not flush is no longer told from what is on the disk, so it is copied
        // to where it belongs, which is flushed. A full disk lost nothing of it.
        if let Err(error) = self.query("PRAGMA wal_checkpoint(PASSIVE)", &[])
            && error.kind != SqlErrorKind::Full
        {
            return Err(error);
        }
        // Checkpoints still flush the log before they copy it, and the file after.
        self.connection
            .execute_batch("PRAGMA synchronous = NORMAL")
            .map_err(error)?;
        // As SQLite does, which puts it beside the file that a link leads to.
        let path = path.canonicalize().map_err(|error| SqlError {
            kind: SqlErrorKind::Other,
            message: error.to_string(),
        })?;
        let mut path = path.into_os_string();
        path.push("-wal");
        Ok(Log {
            path: path.into(),
            file: None,
        })
    }

    /// Leaves the log as it is when the connection is closed: it may say more than is on the disk.
    pub(crate) fn abandon(&self) {
        let way = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        if let Err(error) = self.connection.set_db_config(way, true) {
            tracing::error!(cause = error.to_string(), "a log could not be left");
        }
    }

    /// Grows with every row that is written.
    pub(crate) fn changes(&self) -> u64 {
        self.connection.total_changes()
    }

    fn run(&self, sql: &str) -> Result<(), SqlError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut s| s.execute([]))
            .map(|_| ())
            .map_err(error)
    }
}

/// The file that commits are written to first.
pub(crate) struct Log {
    path: PathBuf,
    file: Option<File>,
}

impl Log {
    /// Returns when everything that was committed before is on the disk.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        let file = match self.file.take() {
            Some(file) => file,
            // To write, because some systems flush nothing that was opened to be read.
            None => OpenOptions::new().write(true).open(&self.path)?,
        };
        self.file.insert(file).sync_data()
    }
}

struct Bound<'a>(Param<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Param::Null => ValueRef::Null,
            Param::Integer(value) => ValueRef::Integer(value),
            Param::Real(value) => ValueRef::Real(value),
            Param::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl Sql for Sqlite {
    fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<(), SqlError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(error)?;
        let bound = params.iter().map(|param| Bound(*param));
        statement
            .execute(rusqlite::params_from_iter(bound))
            .map(|_| ())
            .map_err(error)
    }

    fn insert(&self, insert: &Insert<'_>, rows: &[Param<'_>]) -> Result<(), SqlError> {
        let mut statement = self
            .connection
            .prepare_cached(&insert.for_one_row())
            .map_err(error)?;
        for row in rows.chunks(insert.values.len().max(1)) {
            let bound = row.iter().map(|param| Bound(*param));
            statement
                .execute(rusqlite::params_from_iter(bound))
                .map_err(error)?;
        }
        Ok(())
    }

    fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(error)?;
        let columns = statement.column_count();
        let bound = params.iter().map(|param| Bound(*param));
        let mut rows = statement
            .query(rusqlite::params_from_iter(bound))
            .map_err(error)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(error)? {
            let values = (0..columns).map(|column| row.get_ref(column).map(value).map_err(error));
            found.push(values.collect::<Result<Row, SqlError>>()?);
        }
        Ok(found)
    }

    fn transaction(&self, body: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError> {
        let depth = self.depth.get();
        let (begin, commit, rollback) = if depth == 0 {
            // Takes the write lock at once: a reader that turns writer could fail half-way.
            ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
        } else {
            ("SAVEPOINT nested", "RELEASE nested", "ROLLBACK TO nested")
        };
        self.run(begin)?;
        self.depth.set(depth + 1);
        let result = body().and_then(|()| self.run(commit));
        self.depth.set(depth);
        if result.is_err() {
            // After a failed commit or a full disk SQLite may have rolled back by itself.
            let _ = self.run(rollback);
            if depth > 0 {
                let _ = self.run(commit);
            }
        }
        result
    }
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => Value::Integer(integer),
        ValueRef::Real(real) => Value::Real(real),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            // Nearly all is UTF-8, and the look at all of it at once is the quicker one.
            Value::Text(match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                Err(_) => String::from_utf8_lossy(bytes).into_owned(),
            })
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn error(error: rusqlite::Error) -> SqlError {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch) => SqlErrorKind::Constraint,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => SqlErrorKind::Busy,
        Some(ErrorCode::DiskFull) => SqlErrorKind::Full,
        _ => SqlErrorKind::Other,
    };
    SqlError {
        kind,
        message: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database() -> Sqlite {
        let sql = Sqlite::in_memory().unwrap();
        sql.execute("CREATE TABLE t (a INTEGER NOT NULL UNIQUE) STRICT", &[])
            .unwrap();
        sql
    }

    fn rows(sql: &Sqlite) -> Vec<Row> {
        sql.query("SELECT a FROM t ORDER BY a", &[]).unwrap()
    }

    fn insert(sql: &Sqlite, a: i64) -> Result<(), SqlError> {
        sql.execute("INSERT INTO t VALUES (?)", &[Param::Integer(a)])
    }

    #[test]
    fn a_failed_transaction_leaves_nothing() {
        let sql = database();
        let result = sql.transaction(&mut || {
            insert(&sql, 1)?;
            insert(&sql, 1)
        });
        assert_eq!(result.unwrap_err().kind, SqlErrorKind::Constraint);
        assert!(rows(&sql).is_empty());
    }

    #[test]
    fn a_failed_inner_transaction_undoes_itself_alone() {
        let sql = database();
        sql.transaction(&mut || {
            insert(&sql, 1)?;
            let inner = sql.transaction(&mut || {
                insert(&sql, 2)?;
                insert(&sql, 2)
            });
            assert!(inner.is_err());
            insert(&sql, 3)
        })
        .unwrap();
        assert_eq!(rows(&sql), [[Value::Integer(1)], [Value::Integer(3)]]);
        sql.transaction(&mut || insert(&sql, 4)).unwrap();
    }

    #[test]
    fn integers_are_exact_and_overflow_is_an_error() {
        let sql = database();
        insert(&sql, i64::MAX).unwrap();
        assert_eq!(rows(&sql), [[Value::Integer(i64::MAX)]]);
        assert_eq!(
            sql.execute("UPDATE t SET a = a + 1", &[]).unwrap_err().kind,
            SqlErrorKind::Constraint
        );
    }

    #[test]
    fn an_abandoned_log_stays_for_whoever_opens_the_file_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.sqlite");
        let log_bytes = || {
            let log = folder.path().join("t.sqlite-wal");
            std::fs::metadata(log).map_or(0, |log| log.len())
        };
        let sql = Sqlite::open(&path).unwrap();
        sql.execute("CREATE TABLE t (a INTEGER NOT NULL UNIQUE) STRICT", &[])
            .unwrap();
        let mut log = sql.leave_flushing(&path).unwrap();
        let before = sql.changes();
        insert(&sql, 1).unwrap();
        assert_eq!(sql.changes(), before + 1);
        log.flush().unwrap();
        sql.abandon();
        drop(sql);
        assert!(log_bytes() > 0);

        let sql = Sqlite::open(&path).unwrap();
        sql.leave_flushing(&path).unwrap();
        // It stands in the file itself now, so that losing the log would lose nothing.
        let without_log = folder.path().join("copy.sqlite");
        std::fs::copy(&path, &without_log).unwrap();
        assert_eq!(rows(&Sqlite::open(&without_log).unwrap()), rows(&sql));
        assert_eq!(rows(&sql).len(), 1);
        drop(sql);
        assert_eq!(log_bytes(), 0);
    }
}
